import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Clock } from "../../core/clock.js";
import { writeFileAtomically } from "../../core/file-system.js";
import { type StatusCodeName, StatusError } from "../../core/status-error.js";
import { scalarValue } from "../../core/tensor-value.js";
import { latestCheckpoint, readCheckpointState, writeCheckpointState } from "../../formats/checkpoint-state.js";
import type { Session } from "../../runtime/session.js";
import type { CheckpointKeeping, Saver } from "./saver.js";

/** How checkpoints are kept. */
export interface CheckpointStoreOptions extends CheckpointKeeping {
  /** What their names begin with. */
  readonly basename: string;
  /** The content of the `.meta` file beside each, a MetaGraphDef of the session's graph; without it there is none. */
  readonly metaGraph?: Uint8Array | undefined;
  readonly clock: Clock;
}

interface Kept {
  readonly path: string;
  readonly time: number;
}

/** The checkpoints of one model folder: `<basename>-N.*` and the file `checkpoint` that lists them, as `tf.train.Saver` keeps them. */
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

  /** Saves the session's variables as `<basename>-<step>`; gives the prefix. */
  save(session: Session, saver: Saver, step: number): string {
    const prefix = join(this.directory, `${this.#options.basename}-${step}`);
    session.run([saver.save], new Map([[saver.filename, scalarValue("string", prefix)]]), [], {
      fileRoot: this.directory,
    });
    if (this.#options.metaGraph !== undefined) writeFileAtomically(`${prefix}.meta`, this.#options.metaGraph);
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

/** Restores a session's variables from a checkpoint; NOT_FOUND and INVALID_ARGUMENT, in the words of TensorFlow's Saver, where it is another graph's. */
export function restoreCheckpoint(session: Session, saver: Saver, prefix: string): void {
  try {
    session.run([], new Map([[saver.filename, scalarValue("string", resolve(prefix))]]), [saver.restore], {
      fileRoot: dirname(resolve(prefix)),
    });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const cause = mismatches[error.code];
    if (cause === undefined) throw error;
    throw new StatusError(
      error.code,
      `Restoring from checkpoint failed. This is most likely due to ${cause} from the checkpoint. Please ensure that you have not altered the graph expected based on the checkpoint. Original error:\n\n${error.message}`,
      { cause: error },
    );
  }
}

const mismatches: Readonly<Partial<Record<StatusCodeName, string>>> = {
  NOT_FOUND: "a Variable name or other graph key that is missing",
  INVALID_ARGUMENT: "a mismatch between the current graph and the graph",
};
