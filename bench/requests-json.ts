/**
 * A REST predict of a row of 1,000 floats inside the server, from the body's bytes to the answer's, beside `JSON.parse` and `JSON.stringify`
 * of the same bodies: the least that an answer in JSON can cost in this language.
 *
 * Prints a line of JSON: {"bench": "requests-json", "name", "micros", "reference"}; medians of turns that alternate.
 */
import { join } from "node:path";
import { startModelServer } from "tureen/serving";
import { RequestRecord } from "../packages/tureen/src/serving/monitoring/request-record.js";
import { servingMetrics } from "../packages/tureen/src/serving/monitoring/serving-metrics.js";
import { jsonBytes } from "../packages/tureen/src/serving/rest/json-text.js";
import { answerModelApi } from "../packages/tureen/src/serving/rest/model-api.js";

const turns = 41;
const runs = 100;
const base = join(import.meta.dirname, "../packages/tureen/src/serving/fixtures/half_plus_two");
const server = await startModelServer({
  host: "127.0.0.1",
  restApiPort: false,
  models: [{ name: "half_plus_two", basePath: base }],
});
const context = { core: server.core, metrics: servingMetrics(), checkMethodName: false };
const row = Array.from({ length: 1000 }, (_, i) => Math.fround(Math.sin(i)));
const body = Buffer.from(JSON.stringify({ instances: [row] }));
const path = "/v1/models/half_plus_two:predict";

async function answer(): Promise<Uint8Array> {
  const { code, body: text } = await answerModelApi(context, "POST", path, body, { record: new RequestRecord() });
  if (code !== "OK") throw new Error(`the server answered ${code}: ${text}`);
  return jsonBytes(text);
}

const parsedAnswer: unknown = JSON.parse(Buffer.from(await answer()).toString());

function plain(): Uint8Array {
  const request = JSON.parse(body.toString()) as { readonly instances: readonly unknown[] };
  if (request.instances.length !== 1) throw new Error("JSON.parse read something else");
  return Buffer.from(JSON.stringify(parsedAnswer));
}

async function micros(run: () => Uint8Array | Promise<Uint8Array>): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < runs; i++) await run();
  return ((performance.now() - start) * 1000) / runs;
}

const own: number[] = [];
const reference: number[] = [];
for (let turn = 0; turn < turns; turn++) {
  own.push(await micros(answer));
  reference.push(await micros(plain));
}
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
const bench = "requests-json";
const name = "REST predict of 1000 floats, body to body";
console.log(JSON.stringify({ bench, name, micros: median(own), reference: { micros: median(reference) } }));
await server.close();
