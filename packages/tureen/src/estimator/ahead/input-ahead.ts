import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { pathToFileURL } from "node:url";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  SHARE_ENV,
  Worker,
  type WorkerOptions,
} from "node:worker_threads";
import { internal, StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { decodeElement } from "../../data/element-bytes.js";
import type { MaybePromise } from "../../data/index.js";
import type { Structure } from "../../data/structure.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph, Operation } from "../../graph/graph.js";
import { graphToBytes } from "../../graph/graph-def.js";
import type { Identities } from "../../runtime/compile/split-plan.js";
import type { InputElement } from "../graph-iterator.js";
import type { HookedRun, PreparedStep } from "../hooked-run.js";
import type { OpenInput } from "../input.js";
import { leafAt } from "../leaf-at.js";
import { type AheadMessage, type AheadWorkerData, word } from "./ahead-protocol.js";
import { noteOf, unpackValues } from "./batch-values.js";
import { buffersOf, packRecipe } from "./packed-recipe.js";

/** When a training is worth a second thread. */
export interface AheadOptions {
  /** Milliseconds that it has to have taken; most short ones are over by then. */
  readonly afterMillis?: number;
  /** Milliseconds a step that the second thread has to save. */
  readonly leastMillis?: number;
  /** Milliseconds that it has to have been able to save so far. */
  readonly startMillis?: number;
}

/** Below this what it saves is lost to handing over. */
const defaultLeastMillis = 0.05;
const defaultAfterMillis = 300;
/**
 * What its start takes from the training on two cores: it compiles the model and V8 optimizes all the code once more, which slows the training by a
 * fifth for the better part of a second. As with skis that may be hired or bought, the thread is started once it could have saved as much.
 */
const defaultStartMillis = 100;
/** A compiler that has not seen these steps has not seen what they cost either. */
const leastSteps = 20;
/** With fewer batches ready than this the helper has to go on, whatever it said itself. */
const leastReady = 2;
/** The training thread looks this often whether the other is still there, in milliseconds. */
const patience = 1000;

/**
 * The input of a training, with a second thread that makes the batches and runs what of the model depends on them alone (parsing, feature columns)
 * while this thread trains on the batches before.
 *
 * Only for inputs that say so (`prefetch` is their last stage) and that another thread can make as well (`Dataset.recipe`). Until the other thread
 * has compiled the model and found its place in the input, and wherever it cannot help, steps run here as ever; results are the same to the bit.
 */
export class InputAhead {
  readonly #graph: Graph;
  readonly #input: OpenInput;
  readonly #run: HookedRun;
  readonly #useOnnxRuntime: boolean;
  readonly #afterMillis: number;
  readonly #leastMillis: number;
  readonly #startMillis: number;
  readonly #began = performance.now();
  #steps = 0;
  /** Steps since the last look, and the milliseconds that their input took. */
  #seen = 0;
  #inputMillis = 0;
  /** The step at which to look whether it is worth it. */
  #lookAt = leastSteps + 1;
  #helper: Helper | undefined;
  #isSettled = false;
  #start = -1;

  constructor(
    {
      graph,
      input,
      run,
      useOnnxRuntime,
    }: {
      readonly graph: Graph;
      readonly input: OpenInput;
      readonly run: HookedRun;
      readonly useOnnxRuntime: boolean;
    },
    {
      afterMillis = defaultAfterMillis,
      leastMillis = defaultLeastMillis,
      startMillis = defaultStartMillis,
    }: AheadOptions = {},
  ) {
    this.#graph = graph;
    this.#input = input;
    this.#run = run;
    this.#useOnnxRuntime = useOnnxRuntime;
    this.#afterMillis = afterMillis;
    this.#leastMillis = leastMillis;
    this.#startMillis = startMillis;
    this.#isSettled = input.origin === undefined || availableParallelism() < 2;
  }

  /** Whether batches come from the second thread. */
  get isTaking(): boolean {
    return this.#helper?.isTaking === true;
  }

  /** The next step's input; undefined at the end. */
  next(): MaybePromise<readonly TensorValue[] | PreparedStep | undefined> {
    const helper = this.#helper;
    if (helper !== undefined) {
      if (helper.isTaking) return helper.take();
      if (this.#start >= 0 && this.#input.origin!.drawn() === this.#start) {
        helper.isTaking = true;
        const closed = this.#input.close();
        return closed instanceof Promise ? closed.then(() => helper.take()) : helper.take();
      }
      if (this.#start < 0) this.#arrange(helper);
    }
    if (this.#isSettled) return this.#input.next();
    const began = performance.now();
    const values = this.#input.next();
    if (values instanceof Promise || values === undefined) return values;
    this.#inputMillis += performance.now() - began;
    this.#seen++;
    this.#steps++;
    if (this.#steps >= this.#lookAt && performance.now() - this.#began > this.#afterMillis) this.#open(values);
    return values;
  }

  /** Ends the second thread. */
  close(): void {
    this.#isSettled = true;
    this.#helper?.close();
    this.#helper = undefined;
  }

  /** Starts the second thread, where it saves enough. */
  #open(values: readonly TensorValue[]): void {
    this.#isSettled = true;
    const request = this.#run.mainRequest();
    const recipe = this.#input.origin!.recipe;
    if (request === undefined || recipe?.kind !== "prefetch") return;
    const { ahead, digest, identities } = request.parts;
    let cost = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      if (ahead(values) === undefined) return;
      cost = Math.min(cost, performance.now() - began);
    }
    cost += this.#inputMillis / this.#seen;
    this.#seen = 0;
    this.#inputMillis = 0;
    if (cost >= this.#leastMillis && this.#steps * cost < this.#startMillis) {
      // Code that is not optimized yet seems to cost more than it will: it is measured anew by then.
      this.#lookAt = Math.ceil(this.#startMillis / cost);
      this.#isSettled = false;
      return;
    }
    const packed = cost < this.#leastMillis ? undefined : packRecipe(recipe);
    if (packed === undefined) return;
    const tables = this.#graph.getCollection<Operation>(collectionKeys.tableInitializers).map(({ name }) => name);
    const { port1, port2 } = new MessageChannel();
    const words = new Int32Array(new SharedArrayBuffer(4 * word.count));
    const data: AheadWorkerData = {
      port: port2,
      words,
      graph: graphToBytes(this.#graph),
      tables,
      request: request.names,
      digest,
      recipe: packed,
      paths: this.#input.origin!.paths,
      useOnnxRuntime: this.#useOnnxRuntime,
    };
    let worker: Worker | undefined;
    try {
      worker = startWorker(data, [port2, ...buffersOf(packed)]);
    } catch (error) {
      // The input holds what cannot leave this thread, such as a default of a type of its own.
      if (!(error instanceof DOMException)) throw error;
    }
    if (worker === undefined) return;
    this.#helper = new Helper(worker, port1, words, identities, this.#input.origin!.paths);
  }

  /** Agrees with the helper on the batch that it begins with, once it is ready. */
  #arrange(helper: Helper): void {
    const ready = helper.ready();
    if (ready < 0) this.close();
    if (ready <= 0) return;
    const drawn = this.#input.origin!.drawn();
    // It goes through the input up to there, several times as fast as this thread trains on it.
    this.#start = drawn + 8 + (drawn >> 3);
    helper.begin(this.#start);
  }
}

/** The second thread as the training thread sees it. */
class Helper {
  isTaking = false;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #identities: Identities;
  readonly #paths: readonly (readonly (string | number)[])[];
  /** Batches that came while one that was asked for did not. */
  readonly #early: AheadMessage[] = [];
  #received = 0;
  #taken = 0;
  #start = 0;
  #failure: Error | undefined;

  constructor(
    worker: Worker,
    port: MessagePort,
    words: Int32Array<SharedArrayBuffer>,
    identities: Identities,
    paths: readonly (readonly (string | number)[])[],
  ) {
    this.#worker = worker;
    this.#port = port;
    this.#words = words;
    this.#identities = identities;
    this.#paths = paths;
    // A training that is over must not be kept alive by its helper.
    worker.unref();
    worker.on("error", (error) => {
      this.#failure = error;
    });
    worker.on("exit", () => {
      this.#failure ??= internal("The input's thread has ended");
    });
  }

  /** 0 while it starts, -1 where it cannot help, else 1. */
  ready(): number {
    return this.#failure === undefined ? Atomics.load(this.#words, word.ready) : -1;
  }

  begin(start: number): void {
    this.#start = start;
    Atomics.store(this.#words, word.start, start + 1);
    Atomics.notify(this.#words, word.start);
  }

  /** The next batch; a promise only where the other thread may have died and a turn of the event loop has to tell. */
  take(): MaybePromise<PreparedStep | readonly TensorValue[] | undefined> {
    const message = this.#early.shift() ?? this.#receive();
    if (message === undefined) return this.#lookAgain();
    if (!(message instanceof ArrayBuffer)) {
      if ("code" in message) throw new StatusError(message.code, message.message);
      if ("end" in message) {
        this.#early.push(message);
        return undefined;
      }
    }
    const number = this.#start + this.#taken++;
    Atomics.store(this.#words, word.taken, this.#taken);
    // Not for each batch: waking a thread costs more than taking one.
    const low = Math.max(leastReady, Atomics.load(this.#words, word.low));
    if (Atomics.load(this.#words, word.sent) - this.#received < low) this.#wake();
    if (!(message instanceof ArrayBuffer)) return this.#feedsOf(message.element);
    const count = noteOf(message);
    return {
      batchSize: count < 0 ? undefined : count,
      identities: this.#identities,
      values: () => unpackValues(message),
      feeds: () => this.#ask(number),
    };
  }

  close(): void {
    this.#port.close();
    void this.#worker.terminate();
  }

  /** The message that was not received yet; undefined where none came for long. */
  #receive(): AheadMessage | undefined {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { readonly message: AheadMessage } | undefined;
      if (received !== undefined) {
        this.#received++;
        return received.message;
      }
      if (Atomics.wait(this.#words, word.sent, this.#received, patience) === "timed-out") return undefined;
    }
  }

  async #lookAgain(): Promise<PreparedStep | readonly TensorValue[] | undefined> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#failure !== undefined) throw this.#failure;
    return this.take();
  }

  /** The feeds of a batch, for a step that is asked for more than the others. */
  #ask(number: number): TensorValue[] {
    Atomics.store(this.#words, word.wanted, number + 1);
    this.#wake();
    for (;;) {
      const message = this.#receive();
      if (message === undefined) continue;
      if (!(message instanceof ArrayBuffer) && "element" in message) return this.#feedsOf(message.element);
      this.#early.push(message);
    }
  }

  #feedsOf(bytes: Uint8Array): TensorValue[] {
    const element = decodeElement(bytes) as Structure as InputElement;
    return this.#paths.map((path) => leafAt(element, path));
  }

  #wake(): void {
    Atomics.add(this.#words, word.wake, 1);
    // A helper that is about to wait sees that the word has changed.
    if (Atomics.load(this.#words, word.waits) === 1) Atomics.notify(this.#words, word.wake);
  }
}

/** Starts the worker's module: beside this one in the sources, at its place in `dist` wherever a bundle has put this one; undefined where there is none. */
function startWorker(workerData: AheadWorkerData, transferList: (MessagePort | ArrayBuffer)[]): Worker | undefined {
  const here = import.meta.url;
  // The environment is that of the process: what native code is told by it counts in both threads.
  const shared: WorkerOptions = { name: "tureen-input", env: SHARE_ENV, workerData, transferList };
  if (here.endsWith(".ts")) {
    // A worker starts without the loader of its parent, which has to be there before the first TypeScript file.
    const tsx = pathToFileURL(createRequire(here).resolve("tsx/package.json"));
    const loader = new URL("./dist/esm/api/index.mjs", tsx).href;
    const module = new URL("./ahead-worker.ts", here).href;
    const start = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(module)}); })`;
    return new Worker(start, { ...shared, eval: true, execArgv: ["--conditions=@tureen/source"] });
  }
  const root = here.lastIndexOf("/dist/");
  if (root < 0) return undefined;
  return new Worker(new URL(`${here.slice(0, root)}/dist/estimator/ahead/ahead-worker.js`), {
    ...shared,
    execArgv: [],
  });
}
