import { invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { MaybePromise } from "../data/index.js";
import type { Graph, Operation, Tensor } from "../graph/graph.js";
import { type Identities, placesIn } from "../runtime/compile/split-plan.js";
import type { Callable, Session, SplitCallable } from "../runtime/session.js";
import { readGlobalStep } from "./global-step.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./hooks/session-run-hook.js";

/** What every step of a loop runs, and who looks on. */
export interface HookedRunOptions {
  readonly session: Session;
  readonly graph: Graph;
  readonly placeholders: readonly Tensor[];
  readonly fetches: Readonly<Record<string, Tensor>>;
  readonly targets: readonly Operation[];
  readonly hooks: readonly SessionRunHook[];
}

/** The input of a step of which another thread has done what depends on it alone. */
export interface PreparedStep {
  readonly batchSize: number | undefined;
  /** Of the request that it was done for, see `SplitCallable`. */
  readonly identities: Identities;
  /** What the rest of that request needs. */
  values(): readonly TensorValue[];
  /** The input itself, for other requests. */
  feeds(): readonly TensorValue[];
}

/** A request that can be cut in two. */
export interface MainRequest {
  readonly names: { readonly feeds: string[]; readonly fetches: string[]; readonly targets: string[] };
  readonly parts: SplitCallable;
}

type Input = readonly TensorValue[] | PreparedStep;

type Asked = readonly (SessionRunArgs | undefined)[];

/** Steps of a session between the hooks' `beforeRun` and `afterRun` (what `MonitoredSession.run` does). */
export class HookedRun implements SessionRunContext {
  readonly session: Session;
  readonly graph: Graph;
  batchSize: number | undefined = undefined;
  stopRequested = false;
  readonly #hooks: readonly SessionRunHook[];
  readonly #placeholders: readonly Tensor[];
  readonly #requests: RequestCache;

  constructor(options: HookedRunOptions) {
    this.session = options.session;
    this.graph = options.graph;
    this.#hooks = options.hooks;
    this.#placeholders = options.placeholders;
    this.#requests = new RequestCache(options);
  }

  get globalStep(): number {
    return readGlobalStep(this.session.resources);
  }

  requestStop(): void {
    this.stopRequested = true;
  }

  /** Tells the hooks that the session is there; `next` gives the input's values to one that wants some before the first step. */
  async start(next: () => MaybePromise<readonly TensorValue[] | undefined> = () => undefined): Promise<void> {
    const nextFeeds = async (): Promise<ReadonlyMap<Tensor, TensorValue> | undefined> => {
      const values = await next();
      return values === undefined ? undefined : new Map(values.map((value, i) => [this.#placeholders[i]!, value]));
    };
    for (const hook of this.#hooks) await hook.afterCreateSession?.(this.session, nextFeeds);
  }

  /** One step; the values of the loop's own fetches. A promise only where a hook gave one. */
  run(input: readonly TensorValue[] | PreparedStep): MaybePromise<SessionRunValues> {
    this.batchSize = "batchSize" in input ? input.batchSize : input[0]?.shape[0];
    return this.#ask(input, [], 0);
  }

  /** The request that most steps made so far; undefined where it cannot be cut in two. */
  mainRequest(): MainRequest | undefined {
    return this.#requests.mostRun()?.main();
  }

  /** Tells the hooks that it was the last step. */
  async end(): Promise<void> {
    for (const hook of this.#hooks) await hook.end?.(this.session);
  }

  #ask(input: Input, asked: (SessionRunArgs | undefined)[], from: number): MaybePromise<SessionRunValues> {
    for (let i = from; i < this.#hooks.length; i++) {
      const args = this.#hooks[i]!.beforeRun?.(this);
      if (args instanceof Promise) {
        return args.then((given) => this.#ask(input, [...asked, given], i + 1));
      }
      asked.push(args);
    }
    const request = this.#requests.of(asked);
    return this.#tell(request, request.run(input, asked), 0);
  }

  #tell(request: Request, results: readonly TensorValue[], from: number): MaybePromise<SessionRunValues> {
    const own = request.own(results);
    for (let i = from; i < this.#hooks.length; i++) {
      const hook = this.#hooks[i]!;
      if (hook.afterRun === undefined) continue;
      const done = hook.afterRun(this, request.values(i, own, results));
      if (done instanceof Promise) return done.then(() => this.#tell(request, results, i + 1));
    }
    return own;
  }
}

interface Request {
  /** How often it was made. */
  count: number;
  run(input: Input, asked: Asked): readonly TensorValue[];
  /** The request and its parts, where it can be cut in two. */
  main(): MainRequest | undefined;
  /** The values of the loop's own fetches. */
  own(results: readonly TensorValue[]): SessionRunValues;
  /** Those and the values of the `i`th hook's fetches. */
  values(i: number, own: SessionRunValues, results: readonly TensorValue[]): SessionRunValues;
}

/** Compiled runs by what the hooks asked for together. */
class RequestCache {
  readonly #options: HookedRunOptions;
  readonly #ids = new WeakMap<object, number>();
  readonly #requests = new Map<string, Request>();
  #count = 0;

  constructor(options: HookedRunOptions) {
    this.#options = options;
  }

  of(asked: Asked): Request {
    let key = "";
    for (const args of asked)
      key += args === undefined ? "-" : args.feeds === undefined ? `${this.#id(args)},` : this.#feedKey(args);
    const known = this.#requests.get(key);
    if (known !== undefined) {
      known.count++;
      return known;
    }
    const made = makeRequest(this.#options, asked);
    this.#requests.set(key, made);
    return made;
  }

  mostRun(): Request | undefined {
    return [...this.#requests.values()].sort((a, b) => b.count - a.count)[0];
  }

  /** Feeds come in a new object each step: what counts is which tensors they are for. */
  #feedKey({ feeds, fetches, targets }: SessionRunArgs): string {
    const parts = [fetches, targets].map((part) => (part === undefined ? "-" : this.#id(part)));
    return `[${parts.join(",")}:${[...feeds!.keys()].map((tensor) => tensor.name).join(",")}]`;
  }

  #id(args: object): number {
    let id = this.#ids.get(args);
    if (id === undefined) {
      id = this.#count++;
      this.#ids.set(args, id);
    }
    return id;
  }
}

function makeRequest(options: HookedRunOptions, asked: Asked): Request {
  const { placeholders } = options;
  const fetches: Tensor[] = [];
  const position = (tensor: Tensor): number => {
    // What the input feeds is no result of the run: it stands in front of the results.
    const given = placeholders.indexOf(tensor);
    if (given >= 0) return given;
    const known = fetches.indexOf(tensor);
    return placeholders.length + (known >= 0 ? known : fetches.push(tensor) - 1);
  };
  const positions = (record: Readonly<Record<string, Tensor>> = {}): [string, number][] =>
    Object.entries(record).map(([key, tensor]) => [key, position(tensor)]);
  const own = positions(options.fetches);
  const extra = asked.map((args) => positions(args?.fetches));
  const targets = [...new Set([...options.targets, ...asked.flatMap((args) => args?.targets ?? [])])];
  const fed = hookFeeds(placeholders, asked);
  const nothing = fetches.length === 0 && targets.length === 0;
  const call: Callable = nothing
    ? () => []
    : options.session.callable({ feeds: [...placeholders, ...fed.map(({ tensor }) => tensor)], fetches, targets });
  // The second part of a request knows nothing of its feeds.
  const needsInput = fed.length > 0 || [own, ...extra].flat().some(([, at]) => at < placeholders.length);
  let parts: SplitCallable | undefined | null = nothing || needsInput ? undefined : null;
  const partsOf = (): SplitCallable | undefined => {
    if (parts === null) parts = options.session.split(call);
    return parts;
  };
  // Requests differ in what they fetch, mostly not in what they need of the input.
  let from: Identities | undefined;
  let places: readonly number[] | undefined;
  const ownValues = (input: PreparedStep): readonly TensorValue[] | undefined => {
    const own = partsOf()?.identities;
    if (own === undefined) return undefined;
    if (from !== input.identities) {
      from = input.identities;
      places = placesIn(from, own);
    }
    if (places === undefined) return undefined;
    const values = input.values();
    return places.map((place) => values[place]!);
  };
  const record = (list: readonly [string, number][], results: readonly TensorValue[]): SessionRunValues => {
    const values: Record<string, TensorValue> = {};
    for (const [key, at] of list) values[key] = results[at]!;
    return values;
  };
  return {
    count: 1,
    main: () => {
      const made = partsOf();
      const names = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);
      return (
        made && { names: { feeds: names(placeholders), fetches: names(fetches), targets: names(targets) }, parts: made }
      );
    },
    run: (input, given) => {
      const values = "batchSize" in input ? ownValues(input) : undefined;
      if (values !== undefined) {
        const results = partsOf()!.rest(values);
        // In the places of the input, which nobody looks at.
        return [...placeholders.map(() => results[0]!), ...results];
      }
      const feeds = "batchSize" in input ? input.feeds() : input;
      const all =
        fed.length === 0 ? feeds : [...feeds, ...fed.map(({ hook, tensor }) => given[hook]!.feeds!.get(tensor)!)];
      return [...feeds, ...call(all)];
    },
    own: (results) => record(own, results),
    values: (i, values, results) => (extra[i]!.length === 0 ? values : { ...values, ...record(extra[i]!, results) }),
  };
}

function hookFeeds(
  placeholders: readonly Tensor[],
  asked: Asked,
): { readonly hook: number; readonly tensor: Tensor }[] {
  const fed = asked.flatMap((args, hook) => [...(args?.feeds?.keys() ?? [])].map((tensor) => ({ hook, tensor })));
  const tensors = fed.map(({ tensor }) => tensor);
  if (new Set(tensors).size < tensors.length) throw invalidArgument("Same tensor is fed by two hooks.");
  if (tensors.some((tensor) => placeholders.includes(tensor)))
    throw invalidArgument("Same tensor is fed by a SessionRunHook and user.");
  return fed;
}
