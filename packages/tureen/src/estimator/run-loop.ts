import type { TensorValue } from "../core/tensor-value.js";
import type { Graph, Operation, Tensor } from "../graph/graph.js";
import type { Callable, Session } from "../runtime/session.js";
import { readGlobalStep } from "./global-step.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./hooks/session-run-hook.js";
import type { OpenInput } from "./input.js";

/** One loop over an input: what every step runs, and who looks on. */
export interface LoopOptions {
  readonly session: Session;
  readonly graph: Graph;
  readonly input: OpenInput;
  readonly placeholders: readonly Tensor[];
  readonly fetches: Readonly<Record<string, Tensor>>;
  readonly targets: readonly Operation[];
  readonly hooks: readonly SessionRunHook[];
  /** Called with each step's own fetches; false ends the loop. */
  readonly onStep?: (values: SessionRunValues) => boolean | undefined;
  readonly signal?: AbortSignal;
}

/** Timers and signals get their turn this often, in milliseconds: a loop over an input that never waits would starve them. */
const turnEvery = 50;

class LoopContext implements SessionRunContext {
  readonly session: Session;
  readonly graph: Graph;
  batchSize: number | undefined = undefined;
  stopRequested = false;

  constructor(session: Session, graph: Graph) {
    this.session = session;
    this.graph = graph;
  }

  get globalStep(): number {
    return readGlobalStep(this.session.resources);
  }

  requestStop(): void {
    this.stopRequested = true;
  }
}

/** Runs steps until the input ends, a hook asks to stop or `signal` aborts; ends the hooks and closes the input in any case. */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { session, input, hooks } = options;
  const context = new LoopContext(session, options.graph);
  const requests = new RequestCache(options);
  try {
    for (const hook of hooks) hook.afterCreateSession?.(session);
    let turn = performance.now();
    while (!context.stopRequested && options.signal?.aborted !== true) {
      const pending = input.next();
      const feeds = pending instanceof Promise ? await pending : pending;
      if (feeds === undefined) break;
      context.batchSize = feeds[0]?.shape[0];
      const asked = hooks.map((hook) => hook.beforeRun?.(context));
      const request = requests.of(asked);
      const results = request.run(feeds);
      for (let i = 0; i < hooks.length; i++) {
        const hook = hooks[i]!;
        if (hook.afterRun === undefined) continue;
        const done = hook.afterRun(context, request.values(i, results));
        if (done !== undefined) await done;
      }
      if (options.onStep?.(request.values(-1, results)) === false) break;
      if (performance.now() - turn > turnEvery) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = performance.now();
      }
    }
    for (const hook of hooks) await hook.end?.(session);
  } finally {
    await input.close();
  }
}

interface Request {
  readonly run: Callable;
  /** The values of the `i`th hook's fetches with the loop's own; -1 for the loop's own alone. */
  values(i: number, results: readonly TensorValue[]): SessionRunValues;
}

/** Compiled runs by what the hooks asked for together. */
class RequestCache {
  readonly #options: LoopOptions;
  readonly #ids = new WeakMap<object, number>();
  readonly #requests = new Map<string, Request>();
  #count = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  of(asked: readonly (SessionRunArgs | undefined)[]): Request {
    let key = "";
    for (const args of asked) key += args === undefined ? "-" : `${this.#id(args)},`;
    const known = this.#requests.get(key);
    if (known !== undefined) return known;
    const made = makeRequest(this.#options, asked);
    this.#requests.set(key, made);
    return made;
  }

  #id(args: SessionRunArgs): number {
    let id = this.#ids.get(args);
    if (id === undefined) {
      id = this.#count++;
      this.#ids.set(args, id);
    }
    return id;
  }
}

function makeRequest(options: LoopOptions, asked: readonly (SessionRunArgs | undefined)[]): Request {
  const fetches: Tensor[] = [];
  const position = (tensor: Tensor): number => {
    const known = fetches.indexOf(tensor);
    return known >= 0 ? known : fetches.push(tensor) - 1;
  };
  const places = (record: Readonly<Record<string, Tensor>> = {}): [string, number][] =>
    Object.entries(record).map(([key, tensor]) => [key, position(tensor)]);
  const own = places(options.fetches);
  const extra = asked.map((args) => places(args?.fetches));
  const targets = [...new Set([...options.targets, ...asked.flatMap((args) => args?.targets ?? [])])];
  const run = options.session.callable({ feeds: options.placeholders, fetches, targets });
  return {
    run,
    values: (i, results) => {
      const values: Record<string, TensorValue> = {};
      for (const [key, at] of own) values[key] = results[at]!;
      for (const [key, at] of extra[i] ?? []) values[key] = results[at]!;
      return values;
    },
  };
}
