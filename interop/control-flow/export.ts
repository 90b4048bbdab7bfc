/**
 * Trains and exports models with control flow for check.py: `node … interop/control-flow/export.ts OUT`.
 *
 * OUT/recorded.json tells where each export is, what to feed and what Tureen gives; for the recurrent model also how its training goes on.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  tourFeeds,
  tourInput,
  tourReceiver,
  tourRows,
  trainedTour,
} from "../../packages/tureen/src/estimator/testing/control-tour.js";
import { type WhileModelParams, whileModel } from "../../packages/tureen/src/estimator/testing/while-model.js";
import * as tf from "../../packages/tureen/src/index.js";
import { gatheredEstimator, placeholders, rows } from "./gathered-model.js";

const out = process.argv[2]!;
const fixtures = join(import.meta.dirname, "../../packages/tureen/src/estimator/fixtures");

interface Plain {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly unknown[];
}

interface Export {
  readonly name: string;
  readonly path: string;
  /** Whether TensorFlow 1.15 has the ops. */
  readonly first: boolean;
  readonly cases: readonly { readonly inputs: Record<string, Plain>; readonly outputs: Record<string, Plain> }[];
}

function plain(value: tf.TensorValue): Plain {
  return {
    dtype: value.dtype,
    shape: value.shape,
    values: tf.toFlatArray(value).map((item) => (typeof item === "bigint" ? Number(item) : item)),
  };
}

async function recorded(
  name: string,
  path: string,
  first: boolean,
  feeds: readonly Record<string, tf.TensorValue>[],
): Promise<Export> {
  const predict = (await tf.loadSavedModel(path)).signature("serving_default");
  const cases = [];
  for (const feed of feeds) {
    const answer = await predict.tensors(feed);
    const each = (values: Readonly<Record<string, tf.TensorValue>>): Record<string, Plain> =>
      Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
    cases.push({ inputs: each(feed), outputs: each(answer) });
  }
  return { name, path, first, cases };
}

type Estimator = tf.estimator.Estimator;
type Placeholders = Readonly<Record<string, { readonly dtype: tf.DType; readonly shape: readonly number[] }>>;

interface Training {
  readonly name: string;
  readonly path: string;
  readonly first: boolean;
  /** One batch, the labels as `y`. */
  readonly feed: Readonly<Record<string, Plain>>;
  /** The losses of further steps on that batch. */
  readonly losses: readonly number[];
}

/** Exports a graph for training, and trains on for some steps with one batch. */
async function continued(
  estimator: Estimator,
  model: { readonly name: string; readonly first: boolean; readonly features: Placeholders },
  receiver: () => tf.estimator.export.ServingInput,
  batch: Readonly<Record<string, tf.TensorValue>>,
  input: () => tf.data.Dataset<never>,
): Promise<Training> {
  const label = { dtype: "float32", shape: [-1], name: "y" } as const;
  const supervised = tf.estimator.export.buildRawSupervisedInputReceiverFn(model.features, { y: label });
  const bare = (): ReturnType<typeof supervised> => {
    const made = supervised();
    return { ...made, labels: (made.labels as Record<string, tf.Tensor>)["y"]! };
  };
  const path = await estimator.experimentalExportAllSavedModels(join(out, `${model.name}-all`), {
    train: bare,
    eval: bare,
    infer: receiver,
  });
  const losses: number[] = [];
  const keep: tf.estimator.SessionRunHook = {
    afterRun: (_, values) => void losses.push(tf.toFlatArray(values["loss"]!)[0] as number),
  };
  await estimator.train(input, { steps: 4, hooks: [keep] });
  const feed = Object.fromEntries(Object.entries(batch).map(([key, value]) => [key, plain(value)]));
  return { name: model.name, first: model.first, path, feed, losses };
}

/** The recurrent network of the training fixture. */
async function recurrent(): Promise<readonly [Export, Training]> {
  const fixture = JSON.parse(gunzipSync(readFileSync(join(fixtures, "while-training.json.gz"))).toString()) as {
    readonly batch: number;
    readonly time: number;
    readonly features: number;
    readonly first: WhileModelParams & Readonly<Record<string, unknown>>;
    readonly x: readonly number[];
    readonly lengths: readonly number[];
    readonly labels: readonly number[];
  };
  const { batch, time, features, first: params } = fixture;
  const rows = (n: number): Record<"x" | "lengths" | "y", tf.TensorValue> => ({
    x: tf.toTensor(fixture.x.slice(0, n * time * features), "float32", [n, time, features]),
    lengths: tf.toTensor(fixture.lengths.slice(0, n), "int32"),
    y: tf.toTensor(fixture.labels.slice(0, n), "float32"),
  });
  const input = (n: number) => (): tf.data.Dataset<never> => {
    const { y, ...rest } = rows(n);
    return tf.data.Dataset.fromTensorSlices([rest, y]).batch(batch).repeat() as never;
  };
  const config = tf.estimator.runConfig({ logger: tf.estimator.quietLogger });
  const modelDir = join(out, "recurrent-model");
  const estimator = new tf.estimator.Estimator({ modelFn: whileModel, modelDir, params, config });
  await estimator.train(input(fixture.lengths.length), { steps: 5 });
  const placeholders = {
    x: { dtype: "float32", shape: [-1, -1, features] },
    lengths: { dtype: "int32", shape: [-1] },
  } as const;
  const receiver = tf.estimator.export.buildRawServingInputReceiverFn(placeholders);
  const path = await estimator.exportSavedModel(join(out, "recurrent"), receiver);
  const model = { name: "recurrent", first: true, features: placeholders };
  const training = await continued(estimator, model, receiver, rows(batch), input(batch));
  const { y, ...feed } = rows(batch);
  return [await recorded("recurrent", path, true, [feed]), training];
}

async function toured(name: string, withSwitch: boolean): Promise<readonly [Export, Training]> {
  const estimator = await trainedTour(join(out, `${name}-model`), withSwitch);
  const path = await estimator.exportSavedModel(join(out, name), tourReceiver);
  const features = { x: { dtype: "float32", shape: [-1, 3] }, n: { dtype: "int32", shape: [-1] } } as const;
  const { x, n, labels: y } = tourRows;
  const model = { name, first: !withSwitch, features };
  const training = await continued(estimator, model, tourReceiver, { x, n, y }, tourInput);
  return [await recorded(name, path, !withSwitch, tourFeeds()), training];
}

/** The model of words, with its tables and its list. */
async function gathered(): Promise<readonly [Export, Training]> {
  const input = (): tf.data.Dataset<never> => {
    const { y, ...features } = rows;
    return tf.data.Dataset.fromTensors([features, y] as const).repeat() as never;
  };
  const estimator = gatheredEstimator(out, join(out, "gathered-model"));
  await estimator.train(input, { steps: 5 });
  const receiver = tf.estimator.export.buildRawServingInputReceiverFn(placeholders);
  const path = await estimator.exportSavedModel(join(out, "gathered"), receiver);
  const model = { name: "gathered", first: false, features: placeholders };
  const training = await continued(estimator, model, receiver, rows, input);
  return [await recorded("gathered", path, false, [{ words: rows.words }]), training];
}

const made = [await recurrent(), await toured("tour", false), await toured("switch", true), await gathered()];
const [exports, trainings] = [made.map(([one]) => one), made.map(([, training]) => training)];
writeFileSync(join(out, "recorded.json"), JSON.stringify({ exports, trainings }));
