import { checkOptions, type OptionTable } from "../core/check-options.js";
import { dtypeLabel } from "../core/dtype.js";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";
import type { FunctionReference } from "../graph/attr-value.js";
import { type Graph, type Operation, Tensor } from "../graph/graph.js";
import type { FunctionBody } from "../graph/graph-function.js";
import { type CompileOptions, compilePlan, type Partitioner } from "./compile/compile.js";
import { liftBody } from "./compile/inline-calls.js";
import { lift } from "./compile/lift.js";
import { explainPlan, type PlanReport } from "./compile/partition-report.js";
import { isAsAssumed, type Plan, runPlan } from "./compile/plan.js";
import { type Identities, splitPlan } from "./compile/split-plan.js";
import type { FunctionRunner } from "./function-runner.js";
import type { KernelTable } from "./kernel.js";
import { kernelTable } from "./kernels/index.js";
import { type ResourceHandle, ResourceManager } from "./resource-manager.js";
import type { RestoredTensors, RunContext } from "./run-context.js";

/** How a session runs its graph. */
export interface SessionOptions {
  /** State to share with another session; default its own. */
  readonly resources?: ResourceManager;
  /** Variables that nothing assigns any more may become constants of plans compiled from then on. */
  readonly isConstant?: (handle: ResourceHandle) => boolean;
  readonly kernels?: KernelTable;
  /** Takes numeric parts to ONNX Runtime; without one everything runs on the host kernels. */
  readonly partitioner?: () => Partitioner;
  /** How many iterations one while loop of a run may take: RESOURCE_EXHAUSTED beyond. Default unlimited. */
  readonly loopLimit?: number;
  /** Told of each new plan before it is compiled; what it throws is what the run fails with. */
  readonly onNewPlan?: (feeds: readonly Tensor[], fetches: readonly Tensor[]) => void;
  /** Whether plans are simplified, see `CompileOptions`; for comparisons. Default yes. */
  readonly simplify?: boolean;
}

const optionTable: OptionTable<SessionOptions> = {
  resources: "optional",
  isConstant: "optional",
  kernels: "optional",
  partitioner: "optional",
  loopLimit: "optional",
  onNewPlan: "optional",
  simplify: "optional",
};

/** What one run may be told. */
export interface SessionRunOptions {
  /** Milliseconds of `performance.now()` after which the run ends with DEADLINE_EXCEEDED. */
  readonly deadline?: number;
  /** The one folder whose files this run may read and write; default none. */
  readonly fileRoot?: string;
  /** Whether the files of that folder may only be read. */
  readonly filesReadOnly?: boolean;
  /** See `RunContext.restored`. */
  readonly restored?: RestoredTensors;
  /** See `RunContext.entropy`. */
  readonly entropy?: () => number;
}

/** Constant folding of one plan may take this long; what is not folded by then runs with each request. Real graphs take well below a second. */
const foldingMilliseconds = 10_000;

/** A compiled (feeds, fetches, targets): values in the order of the feeds in, values in the order of the fetches out. */
export type Callable = (feeds: readonly TensorValue[], options?: SessionRunOptions) => TensorValue[];

/** A compiled request in two parts, see `splitPlan`. */
export interface SplitCallable {
  /** What the rest needs of the feeds; undefined where their shapes are not as declared, so that another plan is for them. */
  readonly ahead: (feeds: readonly TensorValue[]) => TensorValue[] | undefined;
  /** The request's fetches. */
  readonly rest: (values: readonly TensorValue[]) => TensorValue[];
  /** The same for sessions whose parts fit each other. */
  readonly digest: string;
  /** See `placesIn`. */
  readonly identities: Identities;
}

/** What a session is asked for; tensors and operations by themselves or by name. */
export interface CallableRequest {
  readonly feeds?: readonly (Tensor | string)[];
  readonly fetches?: readonly (Tensor | string)[];
  readonly targets?: readonly (Operation | string)[];
}

/**
 * Runs a graph. Plans are compiled once for each set of feeds, fetches and targets; state lives in the session's resources.
 *
 * Runs are synchronous. The graph may grow between runs.
 */
export class Session {
  readonly graph: Graph;
  readonly resources: ResourceManager;
  readonly #options: SessionOptions;
  readonly #kernels: KernelTable;
  readonly #callables = new Map<string, Callable>();
  readonly #functions: CompilingRunner;
  readonly #partitioners: Partitioner[] = [];
  readonly #plans = new Set<Plan>();
  readonly #planOf = new WeakMap<Callable, Plan>();
  #steps = 0;
  #closed = false;

  constructor(graph: Graph, options: SessionOptions = {}) {
    checkOptions("Session", options, optionTable);
    this.graph = graph;
    this.resources = options.resources ?? new ResourceManager();
    this.#options = options;
    this.#kernels = options.kernels ?? kernelTable;
    this.#functions = makeFunctionRunner(
      graph,
      () => this.#compileOptions(),
      (plan) => this.#plans.add(plan),
    );
  }

  /** Runs what the fetches and targets need; values in the order of `fetches`. */
  run(
    fetches: readonly (Tensor | string)[],
    feeds: ReadonlyMap<Tensor | string, TensorValue> = new Map(),
    targets: readonly (Operation | string)[] = [],
    options: SessionRunOptions = {},
  ): TensorValue[] {
    const callable = this.callable({ feeds: [...feeds.keys()], fetches, targets });
    return callable([...feeds.values()], options);
  }

  /** Compiles what `run` would, once, for calls that repeat. */
  callable(request: CallableRequest): Callable {
    if (this.#closed) throw failedPrecondition("Session has been closed.");
    const feeds = (request.feeds ?? []).map((feed) => this.#tensor(feed));
    const fetches = (request.fetches ?? []).map((fetch) => this.#tensor(fetch));
    const targets = (request.targets ?? []).map((target) =>
      typeof target === "string" ? this.graph.operation(target) : target,
    );
    const key = [feeds, fetches, targets].map((list) => list.map((item) => item.name).join("\0")).join("\0\0");
    const known = this.#callables.get(key);
    if (known !== undefined) return known;
    if (fetches.length === 0 && targets.length === 0)
      throw invalidArgument("Must specify at least one target to fetch or execute.");
    for (const feed of feeds)
      if (fetches.includes(feed)) throw invalidArgument(`${feed.name} is both fed and fetched.`);
    this.#options.onNewPlan?.(feeds, fetches);
    const compile = (trustFeeds: boolean): Plan =>
      compilePlan(lift({ feeds, fetches, targets }), { ...this.#compileOptions(), trustFeeds });
    const plan = compile(true);
    const callable = this.#makeCallable(plan, feeds, () => compile(false));
    this.#planOf.set(callable, plan);
    this.#callables.set(key, callable);
    return callable;
  }

  /** A callable of this session in two parts; undefined where nothing in it depends on its feeds alone. */
  split(callable: Callable): SplitCallable | undefined {
    const plan = this.#planOf.get(callable);
    const parts = plan && splitPlan(plan);
    if (parts === undefined) return undefined;
    const { ahead, rest, digest, identities } = parts;
    return {
      ahead: (feeds) => (isAsAssumed(ahead, feeds) ? runPlan(ahead, feeds, this.context()) : undefined),
      rest: (values) => runPlan(rest, values, this.context()),
      digest,
      identities,
    };
  }

  /** What the plan of a request does, where each step runs and why; runs nothing. */
  explain(request: CallableRequest): PlanReport {
    const feeds = (request.feeds ?? []).map((feed) => this.#tensor(feed));
    const fetches = (request.fetches ?? []).map((fetch) => this.#tensor(fetch));
    const targets = (request.targets ?? []).map((target) =>
      typeof target === "string" ? this.graph.operation(target) : target,
    );
    return explainPlan({ feeds, fetches, targets }, { ...this.#compileOptions(), trustFeeds: true });
  }

  /** Compiles a branch or loop body that runs call by name, so that no run is the first to. */
  precompile(reference: FunctionReference): void {
    this.#functions.compile(reference);
  }

  /** Forgets compiled plans, so that the next ones see what became constant since. */
  forgetPlans(): void {
    this.#callables.clear();
    this.#plans.clear();
    this.#functions.forget();
    // Callables may still be held; what no one holds is collected.
    this.#partitioners.length = 0;
  }

  /** The constants of the graph and of the plans compiled so far; many share their data. */
  *constants(): Generator<TensorValue, void> {
    yield* constantsOf(this.graph);
    for (const plan of this.#plans) for (const value of plan.template) if (value !== undefined) yield value;
  }

  /** Bytes that compiled plans hold outside of JavaScript's heap. */
  get nativeBytes(): number {
    return this.#partitioners.reduce((sum, { nativeBytes = 0 }) => sum + nativeBytes, 0);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Releases what the session holds; runs after it fail. */
  close(): void {
    this.#closed = true;
    this.#callables.clear();
    this.#plans.clear();
    for (const partitioner of this.#partitioners.splice(0)) partitioner.close?.();
  }

  /** What kernels see during one run. */
  context(options: SessionRunOptions = {}): RunContext {
    this.#steps += 1;
    return {
      resources: this.resources,
      functions: this.#functions,
      stepId: this.#steps,
      deadline: options.deadline ?? Number.POSITIVE_INFINITY,
      fileRoot: options.fileRoot,
      filesReadOnly: options.filesReadOnly ?? false,
      ...(options.restored === undefined ? {} : { restored: options.restored }),
      ...(options.entropy === undefined ? {} : { entropy: options.entropy }),
      loopLimit: this.#options.loopLimit ?? Number.POSITIVE_INFINITY,
    };
  }

  #tensor(tensor: Tensor | string): Tensor {
    if (tensor instanceof Tensor) return tensor;
    return this.graph.tensor(tensor);
  }

  #compileOptions(): CompileOptions {
    const { isConstant } = this.#options;
    const partitioner = this.#options.partitioner?.();
    if (partitioner !== undefined) this.#partitioners.push(partitioner);
    return {
      kernels: this.#kernels,
      library: this.graph.functions,
      context: {
        resources: new ResourceManager(),
        functions: this.#functions,
        stepId: 0,
        deadline: performance.now() + foldingMilliseconds,
        fileRoot: undefined,
        loopLimit: this.#options.loopLimit ?? Number.POSITIVE_INFINITY,
      },
      ...(isConstant === undefined ? {} : { freeze: { resources: this.resources, isConstant } }),
      ...(partitioner === undefined ? {} : { partitioner }),
      ...(this.#options.simplify === undefined ? {} : { simplify: this.#options.simplify }),
    };
  }

  /** `general` compiles a plan for feeds whose shapes are not as declared. */
  #makeCallable(plan: Plan, feeds: readonly Tensor[], general: () => Plan): Callable {
    let other: Plan | undefined;
    this.#plans.add(plan);
    // The message counts feeds by the order of their sorted names.
    const sorted = feeds.map((feed) => feed.name).sort();
    const position = feeds.map((feed) => sorted.indexOf(feed.name));
    return (values, options) => {
      for (let i = 0; i < feeds.length; i++) {
        const { dtype } = feeds[i]!;
        const value = values[i];
        if (value === undefined)
          throw invalidArgument(`${feeds.length} values must be fed, ${values.length} were given`);
        if (value.dtype !== dtype) {
          throw invalidArgument(
            `Expects arg[${position[i]}] to be ${dtypeLabel(dtype)} but ${dtypeLabel(value.dtype)} is provided`,
          );
        }
      }
      if (this.#closed) throw failedPrecondition("Session has been closed.");
      if (isAsAssumed(plan, values)) return runPlan(plan, values, this.context(options));
      if (other === undefined) {
        other = general();
        this.#plans.add(other);
      }
      return runPlan(other, values, this.context(options));
    };
  }
}

/** Runs functions, and compiles them before anyone calls them. */
interface CompilingRunner extends FunctionRunner {
  compile(reference: FunctionReference): void;
  forget(): void;
}

/** The tensors in the attributes of a graph's operations. */
function* constantsOf(graph: Graph): Generator<TensorValue, void> {
  for (const { attrs } of graph.operations)
    for (const attr of attrs.map.values()) if (attr.kind === "tensor") yield attr.value;
}

function makeFunctionRunner(graph: Graph, options: () => CompileOptions, made: (plan: Plan) => void): CompilingRunner {
  let plans = new WeakMap<FunctionBody, Plan>();
  const bodyOf = (reference: FunctionReference): FunctionBody => {
    const fn = graph.functions.get(reference.name);
    if (fn === undefined) throw invalidArgument(`Function ${reference.name} is not defined.`);
    return fn.body(reference.attrs);
  };
  const planOf = (body: FunctionBody): Plan => {
    let plan = plans.get(body);
    if (plan === undefined) {
      plan = compilePlan(liftBody(body, ""), options());
      plans.set(body, plan);
      made(plan);
    }
    return plan;
  };
  return {
    prepare(reference) {
      const body = bodyOf(reference);
      // Compiled on the first call: a function that calls itself must not be compiled while it is being compiled.
      return (args, context) => {
        return runPlan(planOf(body), args, context);
      };
    },
    compile: (reference) => void planOf(bodyOf(reference)),
    forget: () => {
      plans = new WeakMap();
    },
  };
}
