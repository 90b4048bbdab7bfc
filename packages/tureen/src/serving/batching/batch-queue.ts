import { failedPrecondition, invalidArgument, StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { ServingMetrics } from "../monitoring/serving-metrics.js";
import type { RunTensors, ServableRunOptions } from "../servable/servable.js";
import { type BatchOptions, paddedSize } from "./batch-options.js";
import { concat, type Feeds, mergeFeeds, rowsOf } from "./merge-tensors.js";

/** How many batches run at once, over all queues of a server. */
export class BatchThreads {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(threads: number) {
    this.free = Math.max(threads, 1);
  }

  /** Runs `work` once a thread is free. */
  async run(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free -= 1;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free += 1;
      else next();
    }
  }
}

/** What a queue is made of. */
export interface BatchQueueOptions {
  readonly batch: BatchOptions;
  readonly run: RunTensors;
  readonly fetches: readonly string[];
  readonly threads: BatchThreads;
  readonly metrics: ServingMetrics;
  readonly model: string;
}

interface Task {
  readonly feeds: Feeds;
  readonly rows: number;
  readonly deadline: number | undefined;
  readonly enqueued: number;
  readonly record: ServableRunOptions["record"];
  resolve(outputs: readonly TensorValue[]): void;
  reject(error: unknown): void;
}

/** Requests for the same inputs and outputs of one servable, which are run together. */
export class BatchQueue {
  private readonly options: BatchQueueOptions;
  private tasks: Task[] = [];
  private rows = 0;
  private timer: NodeJS.Timeout | undefined;
  private scheduled = false;

  constructor(options: BatchQueueOptions) {
    this.options = options;
  }

  /** Rows that wait. */
  get queuedRows(): number {
    return this.rows;
  }

  /**
   * The outputs for one request's feeds. INVALID_ARGUMENT for feeds without a common first dimension or a request larger than a batch,
   * UNAVAILABLE where too much is waiting, RESOURCE_EXHAUSTED where the deadline passes in the queue; an error of a batch is every request's.
   */
  async submit(feeds: Feeds, options: ServableRunOptions): Promise<readonly TensorValue[]> {
    const { batch, metrics, model } = this.options;
    const rows = batchSize(feeds);
    for (let i = 0; i < feeds.size; i++) metrics.batchingInputSize.observe([model], rows);
    if (rows > batch.maxBatchSize) {
      throw invalidArgument(`Task size ${rows} is larger than maximum input batch size ${batch.maxBatchSize}`);
    }
    const limit = batch.maxExecutionBatchSize;
    if (rows <= limit) return this.enqueue(feeds, rows, options);
    // Larger than what runs at once: in parts, the results put together again.
    const parts: Promise<readonly TensorValue[]>[] = [];
    for (let from = 0; from < rows; from += limit) {
      const to = Math.min(from + limit, rows);
      const part = new Map([...feeds].map(([name, value]) => [name, rowsOf(value, from, to)] as const));
      parts.push(this.enqueue(part, to - from, options));
    }
    const outputs = await Promise.all(parts);
    return outputs[0]!.map((_, i) => concat(outputs.map((values) => values[i]!)));
  }

  private enqueue(
    feeds: Feeds,
    rows: number,
    { deadline, record }: ServableRunOptions,
  ): Promise<readonly TensorValue[]> {
    const { batch } = this.options;
    if (this.rows + rows > batch.maxEnqueuedBatches * batch.maxExecutionBatchSize) {
      throw new StatusError("UNAVAILABLE", "The batch scheduling queue to which this task was submitted is full");
    }
    return new Promise((resolve, reject) => {
      this.tasks.push({ feeds, rows, deadline, record, enqueued: performance.now(), resolve, reject });
      this.rows += rows;
      this.schedule();
    });
  }

  private schedule(): void {
    const { batch } = this.options;
    if (this.tasks.length === 0 || this.scheduled) return;
    const age = performance.now() - this.tasks[0]!.enqueued;
    if (this.rows < batch.maxExecutionBatchSize && age < batch.timeoutMs) {
      this.timer ??= setTimeout(() => {
        this.timer = undefined;
        this.schedule();
      }, batch.timeoutMs - age);
      return;
    }
    this.scheduled = true;
    // A turn of the event loop, so that requests that came in the same packet get into the same batch.
    setImmediate(() => {
      void this.options.threads.run(() => {
        this.scheduled = false;
        const tasks = this.take();
        this.schedule();
        return this.process(tasks);
      });
    });
  }

  /** The oldest requests that make one batch. */
  private take(): Task[] {
    let rows = 0;
    let count = 0;
    for (const task of this.tasks) {
      if (count > 0 && rows + task.rows > this.options.batch.maxExecutionBatchSize) break;
      rows += task.rows;
      count += 1;
    }
    const batch = this.tasks.slice(0, count);
    this.tasks = this.tasks.slice(count);
    this.rows -= rows;
    return batch;
  }

  private async process(tasks: readonly Task[]): Promise<void> {
    if (tasks.length === 0) return;
    try {
      const outputs = await this.runBatch(tasks);
      let row = 0;
      for (const task of tasks) {
        const from = row;
        row += task.rows;
        task.resolve(outputs.map((value) => rowsOf(value, from, from + task.rows)));
      }
    } catch (error) {
      for (const task of tasks) task.reject(error);
    }
  }

  private async runBatch(tasks: readonly Task[]): Promise<readonly TensorValue[]> {
    const { batch, metrics, model, fetches, run } = this.options;
    const now = performance.now();
    for (const { enqueued, record } of tasks) {
      if (record !== undefined) record.queue = now - enqueued;
      metrics.batchingQueueLatency.observe([batch.threadPoolName], Math.round((now - enqueued) * 1000));
    }
    if (tasks.every(({ deadline }) => deadline !== undefined && deadline <= now)) {
      throw new StatusError("RESOURCE_EXHAUSTED", "Run() timeout exceeded while waiting in batching queue");
    }
    const rows = tasks.reduce((sum, task) => sum + task.rows, 0);
    const size = paddedSize(batch, rows);
    metrics.batchingPaddingSize.observe([model], size - rows);
    metrics.batchingProcessedSize.observe([model], size);
    for (const { record } of tasks) if (record !== undefined) record.batchRows = size;
    const feeds = mergeFeeds(
      tasks.map((task) => task.feeds),
      size - rows,
      batch.padVariableLengthInputs,
    );
    const deadlines = tasks.flatMap(({ deadline }) => deadline ?? []);
    const last = deadlines.length === tasks.length ? Math.max(...deadlines) : undefined;
    const outputs = await run(feeds, fetches, last === undefined ? {} : { deadline: last });
    metrics.batchingRunCount.increment([]);
    for (const { shape } of outputs) {
      if (shape.length === 0) throw failedPrecondition("Batched output tensor has 0 dimensions");
      if (shape[0] !== size) {
        throw failedPrecondition(
          "Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors",
        );
      }
    }
    return outputs;
  }
}

function batchSize(feeds: Feeds): number {
  let size: number | undefined;
  for (const { shape } of feeds.values()) {
    if (shape.length === 0) throw invalidArgument("Batching Run() input tensors must have at least one dimension");
    size ??= shape[0]!;
    if (shape[0] !== size) throw invalidArgument("Batching Run() input tensors must have equal 0th-dimension size");
  }
  if (size === undefined) throw invalidArgument("Batching Run() must have at least one input tensor");
  return size;
}
