import { PredictionClient, RestClient } from "@tureen/client";

const client = new PredictionClient("localhost:9000");
const [classes] = await client.classify({ model: "iris", examples: [{ sepal: [5.0, 3.4] }] });
console.log(classes); // [{ label: "0", score: 0.99… }, { label: "1", score: 0.00… }]
client.close();

const rest = new RestClient("http://localhost:8501");
console.log(await rest.classify({ model: "iris", examples: [{ sepal: [5.5, 3.4] }] }));
