import { runModelServer } from "./run-model-server.js";

const exitCode = await runModelServer(process.argv[1] ?? "tensorflow_model_server", process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
