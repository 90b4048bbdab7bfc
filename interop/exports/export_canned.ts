/**
 * Trains every canned estimator for a few steps, exports it with every receiver and records what our runtime answers.
 *
 *     node --conditions=@tureen/source --import tsx interop/exports/export_canned.ts OUT_DIR
 *
 * check_canned.py then loads the same folders with TensorFlow and compares. Values are stored as interop/estimator/fixture.py does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeExample, type FeatureValue } from "@tureen/client";
import * as tf from "tureen";
import {
  type CannedModel,
  cannedInput,
  cannedModels,
  cannedReceivers,
} from "../../packages/tureen/src/estimator/testing/canned-models.js";

const out = process.argv[2]!;
const config = tf.estimator.runConfig({ tfRandomSeed: 1, logger: { log() {} } });
type Values = Readonly<Record<string, tf.TensorValue>>;
type Examples = readonly Readonly<Record<string, FeatureValue>>[];

/** Requests in Examples: whole ones, with missing features where the model allows it, with features that no model knows. */
const answered: Readonly<Record<string, Examples>> = {
  table: [
    { x: [0.5, -1], age: 12, c: "a", h: "w1" },
    { x: [2, 3], age: 31, c: "never", h: "w2", colour: "grey" },
    { x: [-1, 0.25], age: 20 },
  ],
  sequences: [
    { ids: [1n, 2n, 3n], context: [0.5, 1] },
    { ids: [6n], context: [-1, 2], colour: 3 },
    { context: [1, 1] },
  ],
  points: [{ x: [0.5, -1] }, { x: [2, 3], colour: "grey" }],
};
/** Requests of which each is refused: a feature of another type, one of another length, one that is missing. */
const refused: Readonly<Record<string, Examples>> = {
  table: [
    { x: ["1", "2"], age: 1, c: "a" },
    { x: [1, 2], age: "old", c: "a" },
    { x: [1, 2], age: 1, c: 7 },
    { x: [1, 2, 3], age: [1, 2], c: "a" },
    {},
  ],
  sequences: [{ ids: [0.5], context: [1, 2] }, { ids: [1n], context: [1] }, { ids: [1n] }],
  points: [{ x: ["1", "2"] }, { x: [1] }, {}],
};

const kindOf = ({ rows }: CannedModel): string => ("ids" in rows ? "sequences" : "age" in rows ? "table" : "points");
const strings = (values: readonly (string | Uint8Array)[], shape: readonly number[]): tf.TensorValue => ({
  dtype: "string",
  shape,
  data: values.map((value) => (typeof value === "string" ? new TextEncoder().encode(value) : value)),
});
const serialized = (examples: Examples): tf.TensorValue => strings(examples.map(encodeExample), [examples.length]);

/** What each input of any signature is fed with. */
function inputs(model: CannedModel): Values {
  const examples = serialized(answered[kindOf(model)]!);
  const labels = model.labels === undefined ? {} : "dtype" in model.labels ? { label: model.labels } : model.labels;
  return {
    ...model.rows,
    ...(labels as Values),
    examples,
    inputs: examples,
    lines: strings(["0.5,-1,12,a,w1", "2,3,31,never,w2"], [2]),
    tokens: { dtype: "int64", shape: [2, 3], data: BigInt64Array.of(2n, 3n, 4n, 7n, 0n, 0n) },
    table: { dtype: "float32", shape: [2, 3], data: Float32Array.of(9, 0.5, -1, 9, 2, 3) },
    points: { dtype: "float32", shape: [2, 2], data: Float32Array.of(0.5, -1, 2, 3) },
    ids_indices: { dtype: "int64", shape: [3, 2], data: BigInt64Array.of(0n, 0n, 0n, 1n, 1n, 0n) },
    ids_values: { dtype: "int64", shape: [3], data: BigInt64Array.of(1n, 2n, 6n) },
    ids_shape: { dtype: "int64", shape: [2], data: BigInt64Array.of(4n, 2n) },
  };
}

/** The values for a signature's inputs, whose names the receivers of bare tensors share. */
function feeds(model: CannedModel, kind: string, key: string, info: tf.SignatureInfo): Values {
  const known = inputs(model);
  return Object.fromEntries(
    [...info.inputs].flatMap(([name, { shape, sparse }]): [string, tf.TensorValue][] => {
      if (sparse !== undefined) return sparseFeeds(name, known[name]!);
      return [dense(name, shape)];
    }),
  );
  function dense(name: string, shape: tf.PartialShape): [string, tf.TensorValue] {
    if (name === "input") {
      if (key.startsWith("bare:")) return [name, known["examples"]!];
      return [name, known[shape?.[1] === 3 ? "table" : "points"]!];
    }
    if (name === "inputs" && kind === "custom") return [name, known["lines"]!];
    // What is parsed from Examples is a column; raw tables are vectors.
    const value = known[name]!;
    if (key.startsWith("parsed:") && value.shape.length === 1 && shape?.length === 2)
      return [name, { ...value, shape: [...value.shape, 1] } as tf.TensorValue];
    return [name, value];
  }
}

/** A matrix as a sparse tensor without what stands for nothing, named as TensorFlow's loader names the parts of an input. */
function sparseFeeds(name: string, { dtype, shape, data }: tf.TensorValue): [string, tf.TensorValue][] {
  const all = data as BigInt64Array | readonly Uint8Array[];
  const kept = Array.from(all.keys()).filter((i) => all[i] !== -1n);
  const width = shape[1]!;
  const indices = BigInt64Array.from(
    kept.flatMap((i) => [Math.floor(i / width), i % width]),
    BigInt,
  );
  const values =
    dtype === "string" ? kept.map((i) => all[i] as Uint8Array) : BigInt64Array.from(kept, (i) => all[i] as bigint);
  return [
    [`${name}_indices`, { dtype: "int64", shape: [kept.length, 2], data: indices }],
    [`${name}_values`, { dtype, shape: [kept.length], data: values } as tf.TensorValue],
    [`${name}_dense_shape`, { dtype: "int64", shape: [2], data: BigInt64Array.from(shape, BigInt) }],
  ];
}

/** The names of the tensors that an input is fed by, under the names that `feeds` gives them. */
function tensorNames([alias, { name, sparse }]: readonly [string, tf.TensorInfo]): [string, string][] {
  if (sparse === undefined) return [[alias, name]];
  return [
    [`${alias}_indices`, sparse.indices],
    [`${alias}_values`, sparse.values],
    [`${alias}_dense_shape`, sparse.denseShape],
  ];
}

function stored(value: tf.TensorValue): unknown {
  const data = value.data as readonly Uint8Array[] | Float32Array;
  const v = Array.isArray(data)
    ? data.map((item: Uint8Array) => Buffer.from(item).toString("base64"))
    : Buffer.from(
        (data as Float32Array).buffer,
        (data as Float32Array).byteOffset,
        (data as Float32Array).byteLength,
      ).toString("base64");
  return { d: value.dtype, s: value.shape, v };
}
const storedAll = (values: Values): unknown =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, stored(value)]));

async function record(model: CannedModel, kind: string, exported: string, tag: string): Promise<unknown> {
  const loaded = await tf.loadSavedModel(exported, { tags: [tag] });
  const run = (info: tf.SignatureInfo, given: Values, keys: readonly string[]): Values => {
    const names = new Map([...info.inputs].flatMap(tensorNames));
    const named = new Map(Object.entries(given).map(([key, value]) => [names.get(key)!, value]));
    const got = loaded.run(
      named,
      keys.map((key) => info.outputs.get(key)!.name),
    );
    return Object.fromEntries(keys.map((key, i) => [key, got[i]!]));
  };
  const signatures: Record<string, unknown> = {};
  const errors: unknown[] = [];
  for (const [key, info] of loaded.signatures) {
    const given = feeds(model, kind, key, info);
    // Metrics depend on what was evaluated before; check_canned.py updates and reads them in TensorFlow alone.
    const wanted = [...info.outputs.keys()].filter((name) => !name.startsWith("metrics/"));
    signatures[key] = { inputs: storedAll(given), outputs: storedAll(run(info, given, wanted)) };
    const [name, ...others] = info.inputs.keys();
    // All signatures parse alike: one that refuses is enough.
    const first = errors.length === 0 && others.length === 0;
    if (kind !== "parsing" || !first || info.inputs.get(name!)!.dtype !== "string") continue;
    for (const example of refused[kindOf(model)]!) {
      const bad = { [name!]: serialized([example]) };
      let message: string | undefined;
      try {
        run(info, bad, wanted);
      } catch (error) {
        message = (error as Error).message;
      }
      errors.push({ key, inputs: storedAll(bad), message: message ?? null });
    }
  }
  return { model: model.name, kind, exported, tag, signatures, errors };
}

mkdirSync(out, { recursive: true });
const recorded: unknown[] = [];
for (const model of cannedModels()) {
  const estimator = model.make({ modelDir: join(out, model.name), config });
  await estimator.train(cannedInput(model), { steps: 1 });
  if (!model.name.startsWith("trees")) await estimator.train(cannedInput(model), { steps: 1 });
  for (const [kind, receivers] of cannedReceivers(model)) {
    const exported = await estimator.experimentalExportAllSavedModels(join(out, `${model.name}-${kind}`), receivers);
    for (const mode of Object.keys(receivers))
      recorded.push(await record(model, kind, exported, mode === "infer" ? "serve" : mode));
  }
}
writeFileSync(join(out, "recorded.json"), JSON.stringify(recorded));
