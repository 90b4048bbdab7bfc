import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { failedPrecondition, internal, type StatusCodeName, StatusError } from "../core/status-error.js";
import { decodeElement, encodeElement } from "./element-bytes.js";
import type { Structure } from "./structure.js";

/** What a worker is told at its start: the module, and the name of its export to apply. */
export interface MapWorkerData {
  readonly module: string;
  readonly functionName: string;
}

/** An element on its way to a worker. */
export interface MapTask {
  readonly id: number;
  readonly element: Uint8Array<ArrayBuffer>;
}

/** What became of it. */
export type MapAnswer =
  | { readonly id: number; readonly element: Uint8Array<ArrayBuffer>; readonly code?: undefined }
  | { readonly id: number; readonly element?: undefined; readonly code: StatusCodeName; readonly message: string };

interface Waiting {
  readonly resolve: (element: Structure) => void;
  readonly reject: (error: Error) => void;
  readonly worker: Worker;
}

/** Worker threads that apply one exported function to elements. */
export class MapPool {
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  constructor(data: MapWorkerData, workers: number) {
    for (let i = 0; i < workers; i++) {
      const worker = startWorker(data);
      // A pass that nobody reads on must not keep the process alive.
      worker.unref();
      worker.on("message", (answer: MapAnswer) => this.#settle(answer));
      worker.on("error", (error) => this.#fail(worker, error));
      worker.on("exit", (code) => this.#fail(worker, internal(`A map worker ended with exit code ${code}`)));
      this.#workers.push(worker);
    }
  }

  /** The element that the function makes of this one, in the worker whose turn it is. */
  run(element: Structure): Promise<Structure> {
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length]!;
    const bytes = encodeElement(element);
    return new Promise((resolve, reject) => {
      worker.ref();
      this.#waiting.set(id, { resolve, reject, worker });
      worker.postMessage({ id, element: bytes } satisfies MapTask, [bytes.buffer]);
    });
  }

  #settle(answer: MapAnswer): void {
    const waiting = this.#take(answer.id);
    if (answer.code === undefined) waiting?.resolve(decodeElement(answer.element));
    else waiting?.reject(new StatusError(answer.code, answer.message));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting !== undefined && ![...this.#waiting.values()].some(({ worker }) => worker === waiting.worker)) {
      waiting.worker.unref();
    }
    return waiting;
  }

  #fail(worker: Worker, error: Error): void {
    for (const [id, waiting] of [...this.#waiting]) {
      if (waiting.worker === worker) this.#take(id)?.reject(error);
    }
  }

  /** Ends the workers; elements under way are lost. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function startWorker(workerData: MapWorkerData): Worker {
  const here = import.meta.url;
  if (here.endsWith(".ts")) {
    // A worker starts without the loader of its parent, which has to be there before the first TypeScript file.
    const tsx = new URL("./dist/esm/api/index.mjs", pathToFileURL(createRequire(here).resolve("tsx/package.json")))
      .href;
    const module = new URL("./map-worker.ts", here).href;
    const start = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(module)}); })`;
    return new Worker(start, { eval: true, workerData, execArgv: ["--conditions=@tureen/source"] });
  }
  const root = here.lastIndexOf("/dist/");
  if (root < 0) throw failedPrecondition(`The map worker's file is not known from ${here}`);
  return new Worker(new URL(`${here.slice(0, root)}/dist/data/map-worker.js`), { workerData, execArgv: [] });
}
