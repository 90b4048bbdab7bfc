import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { type Graph, Tensor } from "../../graph/graph.js";
import { currentGraph } from "../../graph/scope.js";
import type { Session } from "../../runtime/session.js";
import type { Logger } from "../log.js";
import { numpyText } from "../numpy-text.js";
import { type RunServices, runServices } from "../run-services.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunArgs, SessionRunContext, SessionRunHook, SessionRunValues } from "./session-run-hook.js";

/** What is logged, and when. */
export interface LoggingTensorOptions {
  /** Tensors, or their names, by the tag to log them with; a list of names, whose tags they are, keeps its order. */
  readonly tensors: Readonly<Record<string, Tensor | string>> | readonly string[];
  readonly everyNIter?: number;
  readonly everyNSecs?: number;
  /** Logs once more after the last step; alone, only then. */
  readonly atEnd?: boolean;
  /** The line for the values by tag; default `a = 1, b = 2`. */
  readonly formatter?: (values: Readonly<Record<string, TensorValue>>) => string;
}

const optionTable: OptionTable<LoggingTensorOptions> = {
  tensors: "required",
  everyNIter: "optional",
  everyNSecs: "optional",
  atEnd: "optional",
  formatter: "optional",
};

/** Logs values of tensors every so many steps or seconds, or at the end (`tf.estimator.LoggingTensorHook`). */
export class LoggingTensorHook implements SessionRunHook {
  readonly #options: LoggingTensorOptions;
  readonly #tags: readonly string[];
  #services: RunServices | undefined;
  #timer: SecondOrStepTimer | undefined;
  #request: SessionRunArgs = {};
  #iteration = 0;
  #asked = false;

  constructor(options: LoggingTensorOptions) {
    checkOptions("LoggingTensorHook", options, optionTable);
    const { tensors, everyNIter, everyNSecs, atEnd = false } = options;
    const onlyAtEnd = atEnd && everyNIter === undefined && everyNSecs === undefined;
    if (!onlyAtEnd && (everyNIter === undefined) === (everyNSecs === undefined)) {
      throw invalidArgument("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.");
    }
    if (everyNIter !== undefined && !(everyNIter > 0)) throw invalidArgument(`invalid every_n_iter=${everyNIter}.`);
    this.#options = options;
    this.#tags = isList(tensors) ? tensors : Object.keys(tensors).sort();
  }

  begin(): void {
    const { tensors, everyNIter, everyNSecs } = this.#options;
    const graph = currentGraph();
    this.#services = runServices(graph);
    const timed = everyNIter !== undefined || everyNSecs !== undefined;
    this.#timer = timed
      ? new SecondOrStepTimer({ everySteps: everyNIter, everySecs: everyNSecs, clock: this.#services.clock })
      : undefined;
    this.#iteration = 0;
    const given = isList(tensors) ? Object.fromEntries(tensors.map((name) => [name, name])) : tensors;
    this.#request = {
      fetches: Object.fromEntries(Object.entries(given).map(([tag, tensor]) => [tag, graphElement(graph, tensor)])),
    };
  }

  beforeRun(): SessionRunArgs | undefined {
    this.#asked = this.#timer?.shouldTriggerForStep(this.#iteration) ?? false;
    return this.#asked ? this.#request : undefined;
  }

  afterRun(_context: SessionRunContext, values: SessionRunValues): void {
    if (this.#asked) this.#log(values);
    this.#iteration += 1;
  }

  end(session: Session): void {
    if (this.#options.atEnd !== true) return;
    const fetches = Object.entries(this.#request.fetches!);
    const values = session.run(fetches.map(([, tensor]) => tensor));
    this.#log(Object.fromEntries(fetches.map(([tag], i) => [tag, values[i]!])));
  }

  #log(values: SessionRunValues): void {
    const elapsed = this.#timer?.updateLastTriggeredStep(this.#iteration).seconds;
    const { formatter } = this.#options;
    const { logger } = this.#services!;
    if (formatter !== undefined)
      logger.log("INFO", formatter(Object.fromEntries(this.#tags.map((tag) => [tag, values[tag]!]))));
    else
      logStats(
        logger,
        this.#tags.map((tag) => [tag, numpyText(values[tag]!)]),
        elapsed,
      );
  }
}

/** `a = 1, b = 2 (0.123 sec)`. */
export function logStats(
  logger: Logger,
  stats: readonly (readonly [string, string])[],
  seconds: number | undefined,
): void {
  const line = stats.map(([tag, text]) => `${tag} = ${text}`).join(", ");
  logger.log("INFO", seconds === undefined ? line : `${line} (${seconds.toFixed(3)} sec)`);
}

function isList(tensors: LoggingTensorOptions["tensors"]): tensors is readonly string[] {
  return Array.isArray(tensors);
}

/** A tensor of the graph, by itself or by name; the name of an operation is that of its only output. */
function graphElement(graph: Graph, tensor: Tensor | string): Tensor {
  if (typeof tensor === "string") {
    if (tensor.includes(":")) return graph.tensor(tensor);
    const op = graph.findOperation(tensor);
    if (op !== undefined && op.outputs.length > 1) {
      throw invalidArgument(`Name ${tensor} is ambiguous, as this \`Operation\` has multiple outputs (at least 2).`);
    }
    return graph.tensor(`${tensor}:0`);
  }
  if (!(tensor instanceof Tensor) || tensor.graph !== graph) {
    throw invalidArgument(
      `Passed ${String(tensor)} should have graph attribute that is equal to current graph ${String(graph)}.`,
    );
  }
  return tensor;
}
