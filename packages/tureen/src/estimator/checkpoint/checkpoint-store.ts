import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { toBinary } from "@bufbuild/protobuf";
import { MetaGraphDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import type { Clock } from "../../core/clock.js";
import { writeFileAtomically } from "../../core/file-system.js";
import { scalarValue } from "../../core/tensor-value.js";
import { latestCheckpoint, readCheckpointState, writeCheckpointState } from "../../formats/checkpoint-state.js";
import type { Session } from "../../runtime/session.js";
import { metaGraphToProto } from "../../saved-model/meta-graph.js";
import type { Saver } from "./saver.js";

const basenamePrefix = "model.ckpt";

/** How checkpoints are kept. */
export interface CheckpointStoreOptions {
  /** How many stay; 0 or undefined keeps all. */
  readonly keepMax: number | undefined;
  /** One of them stays for good each time this many hours have passed. */
  readonly keepEveryNHours: number;
  /** Whether a `.meta` file with the graph is written beside each. */
  readonly saveGraph: boolean;
  readonly clock: Clock;
}

interface Kept {
  readonly path: string;
  readonly time: number;
}

/** The checkpoints of one model folder: `model.ckpt-N.*` and the file `checkpoint` that lists them, as `tf.train.Saver` keeps them. */
export class CheckpointStore {
  readonly directory: string;
  readonly #options: CheckpointStoreOptions;
  readonly #kept: Kept[];
  #lastPreserved: number;

  constructor(directory: string, options: CheckpointStoreOptions) {
    this.directory = directory;
    this.#options = options;
    const state = readCheckpointState(directory);
    // Checkpoints of an earlier run count among those to keep.
    this.#kept = (state?.allModelCheckpointPaths ?? []).map((path, i) => ({
      path,
      time: state!.allModelCheckpointTimestamps[i] ?? 0,
    }));
    this.#lastPreserved = state?.lastPreservedTimestamp || options.clock.now() / 1000;
  }

  /** The prefix of the most recent checkpoint. */
  get latest(): string | undefined {
    return latestCheckpoint(this.directory);
  }

  /** Saves the session's variables as `model.ckpt-<step>`; gives the prefix. */
  save(session: Session, saver: Saver, step: number): string {
    const prefix = join(this.directory, `${basenamePrefix}-${step}`);
    session.run([saver.save], new Map([[saver.filename, scalarValue("string", prefix)]]), [], { fileRoot: this.directory });
    if (this.#options.saveGraph) this.#saveGraph(session, saver, prefix);
    const now = this.#options.clock.now() / 1000;
    const again = this.#kept.findIndex((kept) => resolve(kept.path) === resolve(prefix));
    if (again >= 0) this.#kept.splice(again, 1);
    this.#kept.push({ path: prefix, time: now });
    const dropped = this.#retire();
    // The list first, the files after: a crash in between leaves files too many, never a list that names missing ones.
    writeCheckpointState(this.directory, {
      modelCheckpointPath: prefix,
      allModelCheckpointPaths: this.#kept.map((kept) => kept.path),
      allModelCheckpointTimestamps: this.#kept.map((kept) => kept.time),
      lastPreservedTimestamp: this.#lastPreserved,
    });
    for (const { path } of dropped) removeCheckpoint(path);
    return prefix;
  }

  #saveGraph(session: Session, saver: Saver, prefix: string): void {
    const meta = metaGraphToProto({
      graph: session.graph,
      saver: { filename: saver.filename.name, save: saver.save.name, restore: saver.restore.name },
    });
    writeFileAtomically(`${prefix}.meta`, toBinary(MetaGraphDefSchema, meta));
  }

  #retire(): Kept[] {
    const { keepMax, keepEveryNHours } = this.#options;
    if (keepMax === undefined || keepMax === 0) return [];
    const dropped: Kept[] = [];
    while (this.#kept.length > keepMax) {
      const oldest = this.#kept.shift()!;
      if (oldest.time > this.#lastPreserved + keepEveryNHours * 3600) this.#lastPreserved = oldest.time;
      else dropped.push(oldest);
    }
    return dropped;
  }
}

/** Deletes the files of a checkpoint, the index first: without it the rest is nothing. */
export function removeCheckpoint(prefix: string): void {
  rmSync(`${prefix}.index`, { force: true });
  const folder = dirname(prefix);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(`${basename(prefix)}.`)) rmSync(join(folder, name), { force: true });
  }
}

/** Restores a session's variables from a checkpoint. */
export function restoreCheckpoint(session: Session, saver: Saver, prefix: string): void {
  session.run([], new Map([[saver.filename, scalarValue("string", resolve(prefix))]]), [saver.restore], { fileRoot: dirname(resolve(prefix)) });
}
