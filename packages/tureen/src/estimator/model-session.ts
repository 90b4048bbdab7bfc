import type { Graph, Operation } from "../graph/graph.js";
import { collectionKeys } from "../graph/collections.js";
import type { Variable } from "../graph/variable.js";
import { ortPartitioner } from "../runtime/ort/index.js";
import { Session } from "../runtime/session.js";
import { restoreCheckpoint } from "./checkpoint/checkpoint-store.js";
import { addSaver, type Saver } from "./checkpoint/saver.js";
import { localInitOp, variablesInitializer } from "./export/main-op.js";
import type { RunConfig } from "./run-config.js";
import type { Scaffold } from "./scaffold.js";

/** A model's graph with its saver and initialisers, and the session that runs it (`Scaffold` and `MonitoredSession` in one). */
export class ModelSession {
  readonly session: Session;
  readonly #graph: Graph;
  readonly #scaffold: Scaffold;
  #saver: Saver | undefined;
  #init: Operation | undefined;
  #localInit: Operation | undefined;

  constructor(graph: Graph, scaffold: Scaffold | undefined, config: RunConfig) {
    this.#graph = graph;
    this.#scaffold = scaffold ?? {};
    this.session = new Session(graph, config.useOnnxRuntime ? { partitioner: ortPartitioner() } : {});
  }

  get saver(): Saver {
    return this.#saver!;
  }

  /** Adds what is still missing; the graph is the current one. */
  finalize(): void {
    this.#init = this.#scaffold.initOp ?? variablesInitializer(this.#graph.getCollection<Variable>(collectionKeys.globalVariables));
    this.#localInit = this.#scaffold.localInitOp ?? localInitOp();
    this.#saver = addSaver(this.#graph.getCollection<Variable>(collectionKeys.globalVariables));
  }

  /** Brings variables and tables to life: from a checkpoint, or from their initialisers. */
  start(checkpoint: string | undefined): void {
    // The user's own model: its vocabularies and its checkpoints to start from may lie anywhere.
    const files = { fileRoot: "/" };
    if (checkpoint === undefined) this.session.run([], new Map(), [this.#init!], files);
    else restoreCheckpoint(this.session, this.saver, checkpoint);
    this.session.run([], new Map(), [this.#localInit!], files);
  }

  close(): void {
    this.session.close();
  }
}
