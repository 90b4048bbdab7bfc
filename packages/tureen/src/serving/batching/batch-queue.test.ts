import { create } from "@bufbuild/protobuf";
import { BatchingParametersSchema } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { describe, expect, it } from "vitest";
import { floatValue, stringValue, type TensorValue, toNested } from "../../core/tensor-value.js";
import { silentLog } from "../log.js";
import { servingMetrics } from "../monitoring/serving-metrics.js";
import { directServable, type Servable } from "../servable/servable.js";
import { testModel } from "../testing/test-model.js";
import { batchOptions } from "./batch-options.js";
import { BatchThreads } from "./batch-queue.js";
import { batchedServable } from "./batching-wrapper.js";
import { mergeFeeds } from "./merge-tensors.js";

type Parameters = Omit<
  NonNullable<globalThis.Parameters<typeof create<typeof BatchingParametersSchema>>[1]>,
  "$typeName" | "$unknown"
>;

/** A batched test model and the sizes of the batches that reach it. */
function batched(parameters: Parameters): { servable: Servable; sizes: number[]; rows: number[][] } {
  const sizes: number[] = [];
  const rows: number[][] = [];
  const plain = directServable("m", 1n, testModel());
  const spied: Servable = {
    ...plain,
    run: (feeds, fetches, options) => {
      const [first] = feeds.values();
      sizes.push(first!.shape[0]!);
      if (first!.dtype === "float32") rows.push([...(first!.data as Float32Array)]);
      return plain.run(feeds, fetches, options);
    },
  };
  const options = batchOptions(create(BatchingParametersSchema, parameters));
  const servable = batchedServable(spied, options, new BatchThreads(options.threads), servingMetrics(), silentLog);
  return { servable, sizes, rows };
}

const predict = async (servable: Servable, values: readonly number[], deadline?: number): Promise<number[]> => {
  const feeds = new Map([["x:0", floatValue(values)]]);
  const [y] = await servable.run(feeds, ["y:0"], deadline === undefined ? {} : { deadline });
  return [...(y!.data as Float32Array)];
};

describe("batching", () => {
  it("runs requests that come together in one batch, and gives each its own rows", async () => {
    const { servable, sizes } = batched({ maxBatchSize: 10n, numBatchThreads: 1n });
    const results = await Promise.all([predict(servable, [1]), predict(servable, [2, 3]), predict(servable, [4])]);
    expect(results).toEqual([[2.5], [3, 3.5], [4]]);
    expect(sizes).toEqual([4]);
  });

  it("waits for more until the time is up or the batch is full", async () => {
    const { servable, sizes } = batched({ maxBatchSize: 2n, batchTimeoutMicros: 40_000n, numBatchThreads: 1n });
    const start = performance.now();
    expect(await Promise.all([predict(servable, [1]), predict(servable, [2])])).toEqual([[2.5], [3]]);
    expect(performance.now() - start).toBeLessThan(35);
    expect(await predict(servable, [3])).toEqual([3.5]);
    expect(performance.now() - start).toBeGreaterThan(35);
    expect(sizes).toEqual([2, 1]);
  });

  it("fills up to the next allowed size with the last request's first row", async () => {
    const { servable, rows } = batched({ maxBatchSize: 8n, allowedBatchSizes: [2n, 4n, 8n], numBatchThreads: 1n });
    expect(await Promise.all([predict(servable, [1]), predict(servable, [7, 9])])).toEqual([[2.5], [5.5, 6.5]]);
    expect(rows).toEqual([[1, 7, 9, 7]]);
  });

  it("splits what is larger than a run, where it may", async () => {
    const { servable, sizes } = batched({
      maxBatchSize: 10n,
      enableLargeBatchSplitting: true,
      maxExecutionBatchSize: 3n,
      numBatchThreads: 1n,
    });
    expect(await predict(servable, [0, 2, 4, 6, 8, 10, 12])).toEqual([2, 3, 4, 5, 6, 7, 8]);
    expect(sizes).toEqual([3, 3, 1]);
  });

  it("keeps requests for other outputs apart", async () => {
    const { servable, sizes } = batched({ numBatchThreads: 1n });
    const feeds = new Map([["x:0", floatValue([1])]]);
    await Promise.all([servable.run(feeds, ["y:0"], {}), servable.run(feeds, ["half:0"], {})]);
    expect(sizes).toEqual([1, 1]);
  });

  it("refuses what cannot be batched", async () => {
    const { servable } = batched({ maxBatchSize: 2n, maxEnqueuedBatches: 1n, batchTimeoutMicros: 20_000n });
    const run = (feeds: Readonly<Record<string, TensorValue>>) =>
      servable.run(new Map(Object.entries(feeds)), ["y:0"], {});
    await expect(predict(servable, [1, 2, 3])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "Task size 3 is larger than maximum input batch size 2",
    });
    await expect(run({ "x:0": floatValue([1], []) })).rejects.toThrow(
      "Batching Run() input tensors must have at least one dimension",
    );
    await expect(run({ "x:0": floatValue([1]), "z:0": floatValue([1, 2]) })).rejects.toThrow(
      "Batching Run() input tensors must have equal 0th-dimension size",
    );
    await expect(servable.run(new Map([["x:0", floatValue([1])]]), ["one:0"], {})).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: "Batched output tensor has 0 dimensions",
    });
    const first = predict(servable, [1, 2]);
    await expect(predict(servable, [3])).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "The batch scheduling queue to which this task was submitted is full",
    });
    expect(await first).toEqual([2.5, 3]);
    await expect(predict(servable, [1], performance.now() - 1)).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: "Run() timeout exceeded while waiting in batching queue",
    });
    expect(() =>
      batchOptions(create(BatchingParametersSchema, { maxBatchSize: 8n, allowedBatchSizes: [2n, 4n] })),
    ).toThrow("Last entry in allowed_batch_sizes must match max_batch_size; last entry was 4; expected 8");
  });
});

describe("mergeFeeds", () => {
  const feeds = (value: TensorValue): ReadonlyMap<string, TensorValue> => new Map([["t:0", value]]);

  it("refuses rows of other shapes, or pads them with the tensor's own first value", () => {
    const tasks = [feeds(floatValue([1, 2], [1, 2])), feeds(floatValue([5, 6, 7, 8, 9, 10], [2, 3]))];
    expect(() => mergeFeeds(tasks, 0, false)).toThrow(
      "Tensors with name 't:0' from different tasks have different shapes and padding is turned off. Set pad_variable_length_inputs to true",
    );
    expect(toNested(mergeFeeds(tasks, 0, true).get("t:0")!)).toEqual([
      [1, 2, 1],
      [5, 6, 7],
      [8, 9, 10],
    ]);
    const deep = [feeds(floatValue([1, 2, 3, 4], [1, 2, 2])), feeds(floatValue([9], [1, 1, 1]))];
    expect(toNested(mergeFeeds(deep, 0, true).get("t:0")!)).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [9, 9],
        [9, 9],
      ],
    ]);
  });

  it("puts texts together", () => {
    const merged = mergeFeeds([feeds(stringValue(["a", "b"])), feeds(stringValue(["c"]))], 1, false).get("t:0")!;
    expect((merged.data as readonly Uint8Array[]).map((bytes) => Buffer.from(bytes).toString())).toEqual([
      "a",
      "b",
      "c",
      "c",
    ]);
  });
});

describe("a batch whose model does not keep its rows", () => {
  it("fails all of its requests", async () => {
    const plain = directServable("m", 1n, testModel());
    const shrinking: Servable = { ...plain, run: async () => [floatValue([1], [1])] };
    const options = batchOptions(create(BatchingParametersSchema, { maxBatchSize: 4n }));
    const servable = batchedServable(shrinking, options, new BatchThreads(1), servingMetrics(), silentLog);
    const outcomes = await Promise.allSettled([predict(servable, [1]), predict(servable, [2])]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: {
          code: "FAILED_PRECONDITION",
          message:
            "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
        },
      });
    }
  });
});
