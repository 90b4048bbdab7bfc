import { build } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import type { Graph, Operation, Tensor } from "../graph/graph.js";
import type { Variable } from "../graph/variable.js";
import { ortPartitioner } from "../runtime/ort/index.js";
import { Session } from "../runtime/session.js";
import { restoreCheckpoint } from "./checkpoint/checkpoint-store.js";
import { addSaver, type Saver } from "./checkpoint/saver.js";
import { initOp, localInitOp } from "./export/main-op.js";
import type { RunConfig } from "./run-config.js";
import type { Scaffold } from "./scaffold.js";

/** The user's own model: its vocabularies and its checkpoints to start from may lie anywhere. */
const anyFile = { fileRoot: "/" };

/** A model's graph with its saver and initialisers, and the session that runs it (`Scaffold` and `MonitoredSession` in one). */
export class ModelSession {
  readonly session: Session;
  readonly #graph: Graph;
  readonly #scaffold: Scaffold;
  readonly #config: RunConfig;
  #saver: Saver | undefined;
  #init: Operation | undefined;
  #localInit: Operation | undefined;
  #summaryOp: Tensor | undefined;

  constructor(graph: Graph, scaffold: Scaffold | undefined, config: RunConfig) {
    this.#graph = graph;
    this.#scaffold = scaffold ?? {};
    this.#config = config;
    this.session = new Session(graph, config.useOnnxRuntime ? { partitioner: ortPartitioner() } : {});
  }

  get saver(): Saver {
    return this.#saver!;
  }

  /** Everything in the collection of summaries, once the graph is complete; undefined where there is none. */
  get summaryOp(): Tensor | undefined {
    return this.#summaryOp;
  }

  /** Adds what is still missing; the graph is the current one. */
  finalize(): void {
    const variables = this.#graph.getCollection<Variable>(collectionKeys.globalVariables);
    this.#init = this.#scaffold.initOp ?? initOp(variables);
    this.#localInit = this.#scaffold.localInitOp ?? localInitOp();
    const summaries = this.#graph.getCollection<Tensor>(collectionKeys.summaries);
    this.#summaryOp = this.#scaffold.summaryOp;
    if (this.#summaryOp === undefined && summaries.length > 0) {
      this.#summaryOp = build("MergeSummary", [summaries], {}, "Merge/MergeSummary");
    }
    this.#saver = this.#scaffold.saver ?? this.#graph.getCollection<Saver>(collectionKeys.savers)[0];
    if (this.#saver === undefined) {
      const { keepCheckpointMax, keepCheckpointEveryNHours } = this.#config;
      this.#saver = addSaver(variables, { keepMax: keepCheckpointMax, keepEveryNHours: keepCheckpointEveryNHours });
      this.#graph.addToCollection(collectionKeys.savers, this.#saver);
    }
    this.#config.logger.log("INFO", "Graph was finalized.");
  }

  /** Brings variables and tables to life: from a checkpoint, or from their initialisers and then what `warmStart` puts in their place. */
  start(checkpoint: string | undefined, warmStart?: (session: Session) => void): void {
    const { logger } = this.#config;
    if (checkpoint === undefined) {
      this.session.run([], new Map(), [this.#init!], anyFile);
      warmStart?.(this.session);
      this.#scaffold.initFn?.(this.session);
    } else {
      logger.log("INFO", `Restoring parameters from ${checkpoint}`);
      restoreCheckpoint(this.session, this.saver, checkpoint);
    }
    logger.log("INFO", "Running local_init_op.");
    this.session.run([], new Map(), [this.#localInit!], anyFile);
    logger.log("INFO", "Done running local_init_op.");
  }

  /** Sets the local variables, such as those of metrics, back to their initial values. */
  resetLocalVariables(): void {
    const initializers = this.#graph
      .getCollection<Variable>(collectionKeys.localVariables)
      .map((variable) => variable.initializer);
    if (initializers.length > 0) this.session.run([], new Map(), initializers, anyFile);
  }

  close(): void {
    this.session.close();
  }
}
