import { mkdtempSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { floatValue } from "../../core/tensor-value.js";
import { Dataset, tfRecordDataset } from "../../data/index.js";
import { encodeTfRecords } from "../../formats/tf-record.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { collectionKeys } from "../../graph/collections.js";
import { gradients } from "../../graph/gradients.js";
import { Graph, type Operation, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { HookedRun } from "../hooked-run.js";
import { type InputFn, openInput } from "../input.js";
import { indexTableFromTensor } from "../lookup/index-tables.js";
import { runLoop } from "../run-loop.js";
import { packValues, unpackValues } from "./batch-values.js";
import { InputAhead } from "./input-ahead.js";

const words = ["red", "green", "blue", "cyan"];
const rowCount = 97;
const jobs = Array.from({ length: rowCount }, (_, i) => words[(i * 7) % 5] ?? "other");

/** What a training gave: the loss of each step, what some steps were asked for besides, and whether the second thread took part. */
interface Trained {
  readonly losses: number[];
  readonly asked: string[];
  readonly tookOver: boolean;
  readonly error: unknown;
}

/**
 * Trains a weight for each word of a vocabulary. With `ahead` it goes on for `more` steps after the second thread has taken over; else, or where
 * the input ends first, for `steps`.
 */
async function train(
  inputFn: InputFn,
  { ahead, steps = Number.POSITIVE_INFINITY, more = 40 }: { ahead: boolean; steps?: number; more?: number },
): Promise<Trained> {
  const graph = new Graph();
  const input = await openInput(inputFn, graph);
  const { loss, step, job, hot, error, init } = withGraph(graph, () => {
    const { features } = input;
    const job = ("job" in features ? features["job"] : features) as Tensor;
    const ids = indexTableFromTensor(words, { name: "words" }).lookup(job);
    // Numbers in the place of words are errors that only this input's thread sees.
    const bits = build(
      "Cast",
      [build("StringToNumber", [build("RegexReplace", [job, constant("[a-z]+"), constant("1")])])],
      { DstT: "float32" },
    );
    const hot = build("OneHot", [ids, constant(4, "int32"), constant(1), constant(0)]);
    const weights = new Variable({ name: "w", initializer: floatValue([1, 2, 3, 4], [4, 1]) });
    const error = build("Sub", [
      build("MatMul", [hot, weights.read()]),
      build("ExpandDims", [bits, constant(1, "int32")]),
    ]);
    const loss = build("Mean", [build("Square", [error]), constant([0, 1], "int32")]);
    const [gradient] = gradients([loss], [weights.handle]) as [Tensor];
    const step = buildOp("ResourceApplyGradientDescent", [weights.handle, constant(0.05), gradient]);
    return {
      loss,
      step,
      job,
      hot,
      error,
      init: [weights.initializer, ...graph.getCollection<Operation>(collectionKeys.tableInitializers)],
    };
  });
  const session = new Session(graph);
  session.run([], new Map(), init);
  const asked: string[] = [];
  let count = 0;
  const curious = { fetches: { job } };
  // These need nothing of the input itself: one a value that the step has to itself, one what only this request takes of the other thread.
  const others = [{ fetches: { error } }, { fetches: { hot } }];
  const run = new HookedRun({
    session,
    graph,
    placeholders: input.placeholders,
    fetches: { loss },
    targets: [step],
    hooks: [
      {
        beforeRun: () => (++count % 10 === 0 ? curious : others[(count % 10) - 3]),
        afterRun: (_, values) => {
          const texts = values["job"]?.data as readonly Uint8Array[] | undefined;
          for (const key of ["error", "hot"])
            if (values[key] !== undefined) asked.push((values[key].data as Float32Array).join());
          if (texts !== undefined) asked.push(texts.map((text) => Buffer.from(text).toString()).join());
          // The steps of this model are so short that half of the input would be over before the second thread has started.
          if (ahead && !second.isTaking) return new Promise((resolve) => setTimeout(resolve, 2));
          return undefined;
        },
      },
    ],
  });
  const second = new InputAhead(
    { graph, input, run, useOnnxRuntime: false },
    { afterMillis: 0, leastMillis: 0, startMillis: 0 },
  );
  const losses: number[] = [];
  let [left, tookOver] = [more, false];
  let failure: unknown;
  try {
    await runLoop({
      run,
      input,
      ...(ahead ? { ahead: second } : {}),
      onStep: (values) => {
        losses.push((values["loss"]!.data as Float32Array)[0]!);
        tookOver ||= second.isTaking;
        if (tookOver) left--;
        return left > 0 && losses.length < steps;
      },
    });
  } catch (thrown) {
    failure = thrown;
  } finally {
    second.close();
    session.close();
  }
  return { losses, asked, tookOver, error: failure };
}

// With one processor there is no second thread to gain anything by.
describe.skipIf(availableParallelism() < 2)("an input with a second thread", () => {
  const rows = (): Dataset<{ job: never }> =>
    Dataset.fromTensorSlices({ job: jobs }).shuffle(50, { seed: 3 }).repeat().batch(8).prefetch(1) as never;

  it("trains on the same batches with the same results, whatever steps are asked for", async () => {
    const fast = await train(rows as InputFn, { ahead: true });
    expect(fast.tookOver).toBe(true);
    const plain = await train(rows as InputFn, { ahead: false, steps: fast.losses.length });
    expect(fast.losses).toEqual(plain.losses);
    expect(fast.asked.length).toBeGreaterThan(3);
    expect(fast.asked).toEqual(plain.asked);
  });

  it("reads files there, and stops where the input ends", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "tureen-ahead-")), "words.tfrecord");
    writeFileSync(file, encodeTfRecords(jobs.map((job) => Buffer.from(job))));
    const input = ((): Dataset<never> =>
      tfRecordDataset(file).shuffle(20, { seed: 1 }).repeat(3000).batch(16).prefetch(2) as never) as InputFn;
    const fast = await train(input, { ahead: true, more: Number.POSITIVE_INFINITY });
    expect(fast.tookOver).toBe(true);
    expect(fast.losses.length).toBe(Math.ceil((rowCount * 3000) / 16));
    const plain = await train(input, { ahead: false });
    expect(fast.losses).toEqual(plain.losses);
    expect(fast.asked).toEqual(plain.asked);
  });

  it("ends with the error of the batch that has one", async () => {
    const count = 200_000;
    const broken = Array.from({ length: count }, (_, i) => (i === count - 5 ? "?" : words[i % 4]!));
    const input = ((): Dataset<never> =>
      Dataset.fromTensorSlices({ job: broken }).batch(8).prefetch(1) as never) as InputFn;
    const fast = await train(input, { ahead: true, more: Number.POSITIVE_INFINITY });
    const plain = await train(input, { ahead: false });
    expect(fast.tookOver).toBe(true);
    expect(plain.losses.length).toBe(Math.floor((count - 5) / 8));
    expect(fast.losses).toEqual(plain.losses);
    expect((plain.error as Error).message).toContain("StringToNumberOp could not correctly convert string: ?");
    expect((fast.error as Error).message).toBe((plain.error as Error).message);
  });

  it("stays with one thread where the input does not ask for more", async () => {
    const input = (() => rows().map((element) => element)) as unknown as InputFn;
    const { tookOver, losses } = await train(input, { ahead: true, steps: 200 });
    expect(tookOver).toBe(false);
    expect(losses.length).toBe(200);
  });
});

describe("values on their way between threads", () => {
  it("keep dtypes and shapes, and share what they shared", () => {
    const shared = floatValue([1, 2, 3, 4, 5, 6], [2, 3]);
    const values = [
      shared,
      { dtype: "int64", shape: [3], data: BigInt64Array.of(1n, -2n, 3n) } as const,
      { ...shared, shape: [6] },
      { dtype: "bool", shape: [], data: Uint8Array.of(1) } as const,
      { dtype: "int32", shape: [0, 2], data: new Int32Array(0) } as const,
    ];
    const buffer = packValues(values, 2);
    const back = unpackValues(buffer);
    expect(back).toEqual(values);
    expect((back[0]!.data as Float32Array).byteOffset).toBe((back[2]!.data as Float32Array).byteOffset);
  });
});
