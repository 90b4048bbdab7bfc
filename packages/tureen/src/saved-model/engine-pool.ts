import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { SHARE_ENV, Worker, type WorkerOptions } from "node:worker_threads";
import { currentTensorLimit } from "../core/dtype.js";
import { ReusedMemory } from "../core/reused-memory.js";
import { failedPrecondition, StatusError } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { RestoredTensors } from "../runtime/run-context.js";
import { type FromWorker, packTensors, type ToWorker, unpackTensors } from "./worker-messages.js";

/** A model as workers know it. */
export interface PooledModel {
  readonly directory: string;
  /** `modelStamp` when it was loaded: a worker must not load another. */
  readonly stamp: string;
  readonly tags: readonly string[] | undefined;
  readonly loopLimit: number | undefined;
  readonly warmUp: boolean | undefined;
  /** In how many workers it may be. */
  readonly workers: number;
  /** Its variables, in memory that threads share. */
  readonly weights: RestoredTensors;
}

/** What a worker answered. */
export interface WorkerResult {
  readonly values: readonly TensorValue[];
  /** How long the plan itself took. */
  readonly milliseconds: number;
}

/** Thrown where a worker went away: the request has not been answered, and may run elsewhere. */
export class WorkerGone extends Error {}

interface Call {
  readonly model: PooledModel;
  readonly resolve: (result: WorkerResult) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** A model in a worker. */
interface Place {
  readonly id: number;
  state: "loading" | "loaded" | "failed";
  /** Who waits for the end of loading. */
  readonly waiting: (() => void)[];
}

/** For feeds on their way to workers: those of as many runs as may wait for them. */
const feedMemory = new ReusedMemory(32 * 2 ** 20);

/** One worker thread with the models that are in it. */
class EngineThread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  readonly #models = new Map<PooledModel, Place>();
  readonly #ended: (thread: EngineThread) => void;
  #nextId = 0;

  constructor(ended: (thread: EngineThread) => void) {
    this.#ended = ended;
    this.#worker = startWorker();
    this.#rest();
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (error) => this.#end(error));
    this.#worker.on("exit", () => this.#end(undefined));
  }

  get busy(): number {
    return this.#calls.size;
  }

  stateOf(model: PooledModel): "loading" | "loaded" | "failed" | undefined {
    return this.#models.get(model)?.state;
  }

  load(model: PooledModel): void {
    const id = this.#nextId++;
    this.#models.set(model, { id, state: "loading", waiting: [] });
    const { directory, stamp, tags, loopLimit, warmUp, weights } = model;
    const tensorLimit = currentTensorLimit();
    this.#tell({ kind: "load", model: id, directory, stamp, tags, loopLimit, warmUp, tensorLimit, weights });
  }

  /** Resolves when the model is loaded here or has failed to. */
  loaded(model: PooledModel): Promise<void> {
    const place = this.#models.get(model);
    if (place?.state !== "loading") return Promise.resolve();
    this.#worker.ref();
    return new Promise((resolve) => place.waiting.push(resolve));
  }

  run(
    model: PooledModel,
    feeds: ReadonlyMap<string, TensorValue>,
    fetches: readonly string[],
    deadline: number | undefined,
  ): Promise<WorkerResult> {
    const call = this.#nextId++;
    const { packed, buffers } = packTensors([...feeds.values()], feedMemory);
    const timeout =
      deadline === undefined || deadline === Number.POSITIVE_INFINITY ? undefined : deadline - performance.now();
    return new Promise((resolve, reject) => {
      const timer =
        timeout === undefined
          ? undefined
          : setTimeout(() => this.#take(call)?.reject(timedOut()), Math.max(0, timeout));
      this.#calls.set(call, { model, resolve, reject, timer });
      this.#worker.ref();
      const { id } = this.#models.get(model)!;
      this.#tell({ kind: "run", call, model: id, names: [...feeds.keys()], feeds: packed, fetches, timeout }, buffers);
    });
  }

  /** What is under way is still answered; a thread without models ends. */
  close(model: PooledModel): void {
    const known = this.#models.get(model);
    if (known === undefined) return;
    this.#models.delete(model);
    this.#settle(known, "failed");
    this.#tell({ kind: "close", model: known.id });
    if (this.#models.size === 0) this.#ended(this);
  }

  #tell(message: ToWorker, buffers: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, buffers);
  }

  #take(id: number): Call | undefined {
    const call = this.#calls.get(id);
    if (call === undefined) return undefined;
    clearTimeout(call.timer);
    this.#calls.delete(id);
    this.#rest();
    return call;
  }

  /** The event loop waits for answers, not for the thread. */
  #rest(): void {
    if (this.#calls.size === 0 && ![...this.#models.values()].some(({ waiting }) => waiting.length > 0))
      this.#worker.unref();
  }

  #settle(place: Place, state: "loaded" | "failed"): void {
    place.state = state;
    for (const resolve of place.waiting.splice(0)) resolve();
    this.#rest();
  }

  #hear(message: FromWorker): void {
    if (message.kind !== "loaded") for (const buffer of message.spent) feedMemory.give(buffer);
    if (message.kind === "loaded") {
      for (const known of this.#models.values()) {
        if (known.id !== message.model) continue;
        this.#settle(known, message.problem === undefined ? "loaded" : "failed");
        if (message.problem !== undefined) warnOnce(`a model stays on the main thread: ${message.problem}`);
      }
    } else if (message.kind === "result") {
      this.#take(message.call)?.resolve({ values: unpackTensors(message.values), milliseconds: message.milliseconds });
    } else {
      this.#take(message.call)?.reject(new StatusError(message.code, message.message));
    }
  }

  #end(error: Error | undefined): void {
    if (error !== undefined) warnOnce(`models run on the main thread: ${error.message}`);
    this.#ended(this);
    for (const known of this.#models.values()) this.#settle(known, "failed");
    for (const id of [...this.#calls.keys()]) this.#take(id)?.reject(new WorkerGone("The engine worker has ended"));
  }
}

function timedOut(): StatusError {
  return new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
}

/** V8's 48 would stay taken after the loading of the model, in each worker; a run makes few objects. */
const youngMegabytes = 12;

/** Starts the worker's module: beside this one in the sources, at its place in the build's folder wherever a bundle has put this one. */
function startWorker(): Worker {
  const here = import.meta.url;
  // Shared, so that what the worker says to native libraries by its environment reaches them.
  const resourceLimits = { maxYoungGenerationSizeMb: youngMegabytes };
  const shared: WorkerOptions = { name: "tureen-engine", env: SHARE_ENV, resourceLimits };
  if (here.endsWith(".ts")) {
    // A worker starts without the loader of its parent, which has to be there before the first TypeScript file.
    const tsx = pathToFileURL(createRequire(here).resolve("tsx/package.json"));
    const loader = new URL("./dist/esm/api/index.mjs", tsx).href;
    const module = new URL("./engine-worker.ts", here).href;
    const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(module)}); })`;
    return new Worker(start, { eval: true, execArgv: ["--conditions=@tureen/source"], ...shared });
  }
  const folder = /^.*\/dist(?:-server)?\//.exec(here)?.[0];
  if (folder === undefined) throw failedPrecondition(`The engine worker's file is not known from ${here}`);
  return new Worker(new URL(`${folder}saved-model/engine-worker.js`), { execArgv: [], ...shared });
}

let warned = false;

function warnOnce(text: string): void {
  if (warned) return;
  warned = true;
  process.emitWarning(`No engine worker: ${text}`, { code: "TUREEN_NO_ENGINE_WORKER" });
}

const threads: EngineThread[] = [];
/** Once a worker could not be started none is tried again. */
let unavailable = false;

/**
 * A worker that has the model, the least busy one; undefined where none has it yet.
 *
 * Asking makes the model be loaded in a worker where it may be and is not: the next one who asks finds it.
 */
export function engineThread(model: PooledModel): Pick<EngineThread, "run"> | undefined {
  const loaded = threads.filter((thread) => thread.stateOf(model) === "loaded").sort((a, b) => a.busy - b.busy);
  const [best] = loaded;
  if (best !== undefined && best.busy === 0) return best;
  const tried = threads.filter((thread) => thread.stateOf(model) !== undefined);
  if (tried.length < model.workers && !tried.some((thread) => thread.stateOf(model) !== "loaded")) loadInAnother(model);
  return best;
}

/** The same where the model may still be on its way into a worker, which is waited for. */
export async function engineThreadSoon(model: PooledModel): Promise<Pick<EngineThread, "run"> | undefined> {
  const now = engineThread(model);
  if (now !== undefined) return now;
  await threads.find((thread) => thread.stateOf(model) === "loading")?.loaded(model);
  return engineThread(model);
}

function loadInAnother(model: PooledModel): void {
  const free = threads.find((thread) => thread.stateOf(model) === undefined);
  if (free !== undefined) {
    free.load(model);
    return;
  }
  if (unavailable) return;
  try {
    const thread = new EngineThread(forget);
    threads.push(thread);
    thread.load(model);
  } catch (error) {
    unavailable = true;
    warnOnce(`models run on the main thread: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function forget(thread: EngineThread): void {
  const at = threads.indexOf(thread);
  if (at >= 0) threads.splice(at, 1);
}

/** Takes a model out of the workers. */
export function closeInWorkers(model: PooledModel): void {
  for (const thread of [...threads]) thread.close(model);
}
