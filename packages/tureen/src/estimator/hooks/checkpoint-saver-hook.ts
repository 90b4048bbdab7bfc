import { join } from "node:path";
import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import type { MaybePromise } from "../../data/index.js";
import type { EventWriter } from "../../formats/events.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Session } from "../../runtime/session.js";
import { CheckpointStore } from "../checkpoint/checkpoint-store.js";
import type { Saver } from "../checkpoint/saver.js";
import { readGlobalStep } from "../global-step.js";
import { graphFiles, writeGraphText } from "../graph-files.js";
import { type RunServices, runServices } from "../run-services.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";

/** Told of each checkpoint (`tf.estimator.CheckpointSaverListener`); `afterSave` may end training by returning true. */
export interface CheckpointSaverListener {
  begin?(): void;
  beforeSave?(session: Session, globalStep: number): MaybePromise<void>;
  afterSave?(session: Session, globalStep: number): MaybePromise<unknown>;
  end?(session: Session, globalStep: number): MaybePromise<void>;
}

/** When and where checkpoints are written. */
export interface CheckpointSaverOptions {
  readonly checkpointDir: string;
  /** Exactly one of both. */
  readonly saveSecs?: number | undefined;
  readonly saveSteps?: number | undefined;
  /** Default the one of the graph, which saves all variables. */
  readonly saver?: Saver;
  readonly scaffold?: { readonly saver?: Saver | undefined };
  /** Default `model.ckpt`. */
  readonly checkpointBasename?: string;
  readonly listeners?: readonly CheckpointSaverListener[];
  /** Whether `graph.pbtxt` and `.meta` files are written; default true. */
  readonly saveGraphDef?: boolean;
}

const optionTable: OptionTable<CheckpointSaverOptions> = {
  checkpointDir: "required",
  saveSecs: "optional",
  saveSteps: "optional",
  saver: "optional",
  scaffold: "optional",
  checkpointBasename: "optional",
  listeners: "optional",
  saveGraphDef: "optional",
};

/** Saves a checkpoint when the session is made, then by steps or seconds, and at the end (`tf.estimator.CheckpointSaverHook`). */
export class CheckpointSaverHook implements SessionRunHook {
  readonly #options: CheckpointSaverOptions;
  readonly #listeners: CheckpointSaverListener[];
  readonly #path: string;
  #services: RunServices | undefined;
  #timer: SecondOrStepTimer | undefined;
  #writer: EventWriter | undefined;
  #store: CheckpointStore | undefined;
  #saver: Saver | undefined;
  #graphText: (() => Promise<void>) | undefined;
  #hasStepped = false;

  constructor(options: CheckpointSaverOptions) {
    checkOptions("CheckpointSaverHook", options, optionTable);
    if (options.saver !== undefined && options.scaffold !== undefined)
      throw invalidArgument("You cannot provide both saver and scaffold.");
    // Checks the two intervals.
    new SecondOrStepTimer({ everySteps: options.saveSteps, everySecs: options.saveSecs });
    this.#options = options;
    this.#listeners = [...(options.listeners ?? [])];
    this.#path = join(options.checkpointDir, options.checkpointBasename ?? "model.ckpt");
  }

  /** Adds those of a `train` call, before it begins. */
  addListeners(listeners: readonly CheckpointSaverListener[]): void {
    for (const listener of listeners) if (!this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  begin(): void {
    this.#services = runServices();
    const { saveSteps, saveSecs, checkpointDir } = this.#options;
    this.#timer = new SecondOrStepTimer({ everySteps: saveSteps, everySecs: saveSecs, clock: this.#services.clock });
    this.#writer = this.#services.writers.get(checkpointDir);
    for (const listener of this.#listeners) listener.begin?.();
  }

  async afterCreateSession(session: Session): Promise<void> {
    const { checkpointDir, saveGraphDef = true, checkpointBasename = "model.ckpt" } = this.#options;
    this.#saver = this.#options.saver ?? this.#options.scaffold?.saver ?? onlySaver(session);
    const files = graphFiles(session.graph, this.#saver);
    // As text a graph takes long to write: the first step need not wait for it.
    if (saveGraphDef) this.#graphText = () => writeGraphText(checkpointDir, files.graphDef);
    this.#writer!.addGraphDef(files.graphDef);
    this.#writer!.addMetaGraphDef(files.metaGraphDef);
    this.#store = new CheckpointStore(checkpointDir, {
      ...this.#saver.keeping,
      basename: checkpointBasename,
      metaGraph: saveGraphDef ? files.metaGraphDef : undefined,
      clock: this.#services!.clock,
    });
    const step = readGlobalStep(session.resources);
    // That a listener asks to stop here is lost, as in TensorFlow: there is no loop yet.
    await this.#save(session, step);
    this.#timer!.updateLastTriggeredStep(step);
  }

  afterRun(context: SessionRunContext): MaybePromise<void> {
    const step = context.globalStep;
    const due = this.#timer!.shouldTriggerForStep(step);
    // Not after the first step either: whoever waits for that one would wait for the text as well.
    const isText = this.#graphText !== undefined && this.#hasStepped;
    this.#hasStepped = true;
    return due || isText ? this.#write(context, step, due) : undefined;
  }

  async #write(context: SessionRunContext, step: number, due: boolean): Promise<void> {
    await this.#writeGraphText();
    if (!due) return;
    this.#timer!.updateLastTriggeredStep(step);
    if (await this.#save(context.session, step)) context.requestStop();
  }

  async #writeGraphText(): Promise<void> {
    const write = this.#graphText;
    this.#graphText = undefined;
    await write?.();
  }

  async end(session: Session): Promise<void> {
    await this.#writeGraphText();
    const step = readGlobalStep(session.resources);
    if (step !== this.#timer!.lastTriggeredStep()) await this.#save(session, step);
    for (const listener of this.#listeners) await listener.end?.(session, step);
    this.#writer!.flush();
  }

  async #save(session: Session, step: number): Promise<boolean> {
    const { logger } = this.#services!;
    logger.log("INFO", `Calling checkpoint listeners before saving checkpoint ${step}...`);
    for (const listener of this.#listeners) await listener.beforeSave?.(session, step);
    logger.log("INFO", `Saving checkpoints for ${step} into ${this.#path}.`);
    this.#store!.save(session, this.#saver!, step);
    this.#writer!.addSessionLog({ status: "CHECKPOINT", checkpointPath: this.#path }, step);
    logger.log("INFO", `Calling checkpoint listeners after saving checkpoint ${step}...`);
    let stop = false;
    for (const listener of this.#listeners) {
      if ((await listener.afterSave?.(session, step)) !== true) continue;
      logger.log(
        "INFO",
        `A CheckpointSaverListener requested that training be stopped. listener: ${listener.constructor.name}`,
      );
      stop = true;
    }
    return stop;
  }
}

function onlySaver(session: Session): Saver {
  const savers = session.graph.getCollection<Saver>(collectionKeys.savers);
  if (savers.length === 1) return savers[0]!;
  if (savers.length === 0) {
    throw failedPrecondition(
      `No items in collection ${collectionKeys.savers}. Please add a saver to the collection or provide a saver or scaffold.`,
    );
  }
  throw failedPrecondition(
    `More than one item in collection ${collectionKeys.savers}. Please indicate which one to use by passing it to the constructor.`,
  );
}
