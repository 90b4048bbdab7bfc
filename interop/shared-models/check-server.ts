/**
 * Loads all shared SavedModels together in one tensorflow_model_server by a models.config and asks for every recorded case over gRPC
 * Predict, REST columns and, where inputs and outputs have rows, REST rows; compares with what TensorFlow answered.
 *
 *     node --conditions=@tureen/source --import tsx interop/shared-models/check-server.ts [--only MODEL] [--batching]
 *
 * Cases that change a model's state, or feed tensors that no signature names, are left to check.ts. What known-failures.json lists may differ.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PredictionClient, ServingError, type TypedTensor } from "../../packages/client/src/index.js";
import { dtypeFromName, type NestedValue, type TensorValue, toTensor } from "../../packages/tureen/src/core/index.js";
import { type ModelServer, startModelServer } from "../../packages/tureen/src/serving/index.js";
import { type Case, difference, type Recording, skippedOutputs } from "./recording.js";
import { readTensor } from "./stored-tensor.js";

const root = join(import.meta.dirname, "../../..", "shared/models");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;

interface Asked {
  readonly model: string;
  readonly signature: string;
  readonly inputs: ReadonlyMap<string, TensorValue>;
}

/** Outputs as one transport gave them, or the code of its refusal. */
type Answer = ReadonlyMap<string, TensorValue> | { readonly code: string; readonly message: string };

async function overGrpc(client: PredictionClient, { model, signature, inputs }: Asked): Promise<Answer> {
  const typed = [...inputs].map(([alias, { dtype, shape, data }]) => [alias, { dtype, shape, data } as TypedTensor]);
  try {
    const outputs = await client.predictTensors({ model, signatureName: signature, inputs: Object.fromEntries(typed) });
    return new Map(
      [...outputs].map(([alias, { dtype, shape, data }]) => {
        const value = { dtype: dtypeNames.get(dtype)!, shape, data } as TensorValue;
        return [alias, value];
      }),
    );
  } catch (error) {
    if (error instanceof ServingError) return { code: error.code, message: error.message };
    throw error;
  }
}

/** Numbers of `tensorflow.DataType` that signatures have. */
const dtypeNames = new Map(
  ["float32", "float64", "int32", "uint8", "int16", "int8", "string", "complex64", "int64", "bool"].map(
    (name, i) => [i + 1, dtypeFromName(name)!] as const,
  ),
);

/** The elements of a value as JSON spells them: bytes in base64, integers and unusual floats as their texts. */
function jsonText(value: TensorValue): string {
  const { shape } = value;
  const data = value.data as ArrayLike<number | bigint | Uint8Array>;
  const element = (i: number): string => {
    const item = data[i]!;
    if (item instanceof Uint8Array) return `{"b64":"${Buffer.from(item).toString("base64")}"}`;
    if (value.dtype === "bool") return item === 0 ? "false" : "true";
    return String(item);
  };
  const level = (depth: number, from: number, size: number): string => {
    if (depth === shape.length) return element(from);
    const part = shape[depth] === 0 ? 0 : size / shape[depth]!;
    return `[${Array.from({ length: shape[depth]! }, (_, i) => level(depth + 1, from + i * part, part)).join(",")}]`;
  };
  return level(0, 0, data.length);
}

/** JSON with what JSON.parse does not know, or would round, as texts. */
function tolerantJson(text: string): unknown {
  return JSON.parse(
    text.replace(/"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b|-?\b\d{16,}\b(?![.eE])/g, (token) =>
      token.startsWith('"') ? token : `"${token}"`,
    ),
  );
}

/** Elements of an output as the recording's dtype has them; TensorFlow Serving prints byte strings raw, here and there as base64. */
function jsonTensor(value: unknown, like: TensorValue): TensorValue {
  const convert = (item: unknown): NestedValue => {
    if (Array.isArray(item)) return item.map(convert);
    if (like.dtype === "string") {
      return typeof item === "string" ? item : Buffer.from((item as { readonly b64: string }).b64, "base64");
    }
    if (like.dtype === "int64" || like.dtype === "uint64") return BigInt(item as string | number);
    return typeof item === "string" ? Number(item) : (item as number | boolean);
  };
  const shape = shapeOf(value);
  return toTensor(convert(value), like.dtype, shape);
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...(value.length === 0 ? [] : shapeOf(value[0]))] : [];
}

async function overRest(
  port: number,
  { model, signature, inputs }: Asked,
  expected: ReadonlyMap<string, TensorValue>,
  form: "inputs" | "instances",
): Promise<Answer> {
  const name = JSON.stringify(signature);
  let body: string;
  if (form === "inputs") {
    const members = [...inputs].map(([alias, value]) => `${JSON.stringify(alias)}:${jsonText(value)}`);
    body = `{"signature_name":${name},"inputs":{${members.join(",")}}}`;
  } else {
    const rows = rowCount(inputs)!;
    const instances = Array.from({ length: rows }, (_, row) => {
      const members = [...inputs].map(([alias, value]) => `${JSON.stringify(alias)}:${jsonText(rowOf(value, row))}`);
      return `{${members.join(",")}}`;
    });
    body = `{"signature_name":${name},"instances":[${instances.join(",")}]}`;
  }
  const response = await fetch(`http://127.0.0.1:${port}/v1/models/${model}:predict`, { method: "POST", body });
  const answer = tolerantJson(await response.text()) as Readonly<Record<string, unknown>>;
  if (!response.ok) return { code: String(response.status), message: String(answer["error"]) };
  const outputs = (answer["outputs"] ?? answer["predictions"]) as unknown;
  const single = expected.size === 1;
  const of = (alias: string): unknown => {
    if (form === "inputs") return single ? outputs : (outputs as Readonly<Record<string, unknown>>)[alias];
    return single ? outputs : (outputs as readonly Readonly<Record<string, unknown>>[]).map((row) => row[alias]);
  };
  return new Map([...expected].map(([alias, like]) => [alias, jsonTensor(of(alias), like)] as const));
}

/** How many rows all values have; undefined where they have no common number of them. */
function rowCount(values: ReadonlyMap<string, TensorValue>): number | undefined {
  const counts = new Set([...values.values()].map(({ shape }) => shape[0]));
  const [count] = counts;
  return counts.size === 1 && count !== undefined && count > 0 ? count : undefined;
}

function rowOf({ dtype, shape, data }: TensorValue, row: number): TensorValue {
  const size = (data as ArrayLike<unknown>).length / shape[0]!;
  const part = (data as unknown as Float32Array).slice(row * size, (row + 1) * size);
  return { dtype, shape: shape.slice(1), data: part } as unknown as TensorValue;
}

/** What JSON cannot say: text that is no UTF-8 and dimensions that follow an empty one. */
function survivesJson(values: Iterable<TensorValue>): boolean {
  return [...values].every(({ dtype, shape, data }) => {
    if (shape.slice(0, -1).includes(0)) return false;
    if (dtype !== "string") return true;
    return (data as readonly Uint8Array[]).every((text) =>
      Buffer.from(text).equals(Buffer.from(Buffer.from(text).toString())),
    );
  });
}

function compare(answer: Answer, test: Case, expected: ReadonlyMap<string, TensorValue>): string | undefined {
  if (!(answer instanceof Map)) {
    const refusal = answer as { readonly code: string; readonly message: string };
    if (test.error === undefined) return `${refusal.code}: ${refusal.message}`;
    return refusal.code === test.error.code
      ? undefined
      : `${refusal.code} (${refusal.message}), not ${test.error.code}`;
  }
  if (test.error !== undefined) return `gave a result, not ${test.error.code}: ${test.error.message}`;
  if (test.nondeterministic === true) return undefined;
  for (const [alias, value] of expected) {
    const actual = answer.get(alias);
    const found = actual === undefined ? "is missing" : difference(value, actual);
    if (found !== undefined) return `${alias}: ${found}`;
  }
  return undefined;
}

function startServer(names: readonly string[], folder: string): Promise<ModelServer> {
  const configs = names.map((name) => {
    mkdirSync(join(folder, name));
    symlinkSync(join(root, name), join(folder, name, "1"));
    return `  config { name: "${name}" base_path: "${join(folder, name)}" model_platform: "tensorflow" }`;
  });
  const file = join(folder, "models.config");
  writeFileSync(file, `model_config_list {\n${configs.join("\n")}\n}\n`);
  return startModelServer({ host: "127.0.0.1", modelConfigFile: file, maxNumLoadRetries: 0 });
}

async function main(): Promise<void> {
  if (!existsSync(root)) {
    console.log("skipped: the folder of shared models is not there\n0 passed, 0 failed");
    return;
  }
  const known = Object.keys(
    JSON.parse(readFileSync(join(import.meta.dirname, "known-failures.json"), "utf8")) as object,
  );
  const names = readdirSync(join(root, "expected"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name)))
    .map(({ name }) => name)
    .filter((name) => only === undefined || name === only);
  const folder = mkdtempSync(join(tmpdir(), "shared-models-"));
  const server = await startServer(names, folder);
  const client = new PredictionClient(`127.0.0.1:${server.grpcPort}`);
  const counts = { passed: 0, failed: 0 };
  const report = (id: string, problem: string | undefined): void => {
    const isListed = known.some((pattern) => id.startsWith(`${pattern}/`));
    if (problem === undefined) counts.passed += 1;
    else if (!isListed) {
      counts.failed += 1;
      console.log(`FAILED ${id}: ${problem}`);
    }
  };
  for (const model of names) {
    const recordings = join(root, "expected", model);
    for (const file of readdirSync(recordings).filter((name) => name.endsWith(".json"))) {
      const recording = JSON.parse(readFileSync(join(recordings, file), "utf8")) as Recording;
      // Runs of a model that changes its state cannot share one server.
      if (isStateful(recordings)) continue;
      for (const test of recording.cases) {
        if (test.extra_feeds !== undefined) continue;
        await checkCase(test, recording.signature, model, recordings, client, server.restPort!, report);
      }
    }
  }
  client.close();
  await server.close();
  rmSync(folder, { recursive: true });
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed === 0 ? 0 : 1;
}

function isStateful(folder: string): boolean {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Recording)
    .some(
      ({ cases, sequences }) => sequences !== undefined || cases.some((test) => test.outputs_second_run !== undefined),
    );
}

async function checkCase(
  test: Case,
  signature: string,
  model: string,
  recordings: string,
  client: PredictionClient,
  restPort: number,
  report: (id: string, problem: string | undefined) => void,
): Promise<void> {
  const id = `${model}/${signature}/${test.name}`;
  const read = (tensors: Case["inputs"]): Map<string, TensorValue> =>
    new Map(Object.entries(tensors).map(([alias, stored]) => [alias, readTensor(stored, recordings)]));
  const skipped = skippedOutputs(test);
  const expected = new Map([...read(test.outputs ?? {})].filter(([alias]) => !skipped.includes(alias)));
  const asked = { model, signature, inputs: read(test.inputs) };
  report(`${id}/grpc`, compare(await overGrpc(client, asked), test, expected));
  const everything = [...asked.inputs.values(), ...expected.values()];
  // JSON takes a tensor's dtype from the signature, so a wrong one is no error; TensorFlow Serving's REST knows no defaults.
  // Its REST refuses signatures without inputs, too.
  const isJson =
    test.error === undefined && asked.inputs.size > 0 && expected.size > 0 && test.defaults_fed === undefined;
  if (!isJson || skipped.length > 0 || !survivesJson(everything)) return;
  report(`${id}/columns`, compare(await overRest(restPort, asked, expected, "inputs"), test, expected));
  const rows = rowCount(asked.inputs);
  if (rows === undefined || rowCount(expected) !== rows) return;
  report(`${id}/rows`, compare(await overRest(restPort, asked, expected, "instances"), test, expected));
}

await main();
