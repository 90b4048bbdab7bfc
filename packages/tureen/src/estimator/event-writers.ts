import type { Clock } from "../core/clock.js";
import { EventWriter } from "../formats/events.js";

/**
 * The event files of an Estimator, one for each folder (`tf.compat.v1.summary.FileWriterCache`).
 *
 * A file is open while a run uses it; the next run in this process goes on where the last one ended, as TensorFlow's cache of writers does.
 */
export class EventWriters {
  readonly #clock: Clock;
  readonly #open = new Map<string, { readonly writer: EventWriter; users: number }>();
  readonly #paths = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The folder's writer; each `acquire` needs a `release`. */
  acquire(directory: string): EventWriter {
    const known = this.#open.get(directory);
    if (known !== undefined) {
      known.users += 1;
      return known.writer;
    }
    const path = this.#paths.get(directory);
    const writer = new EventWriter(directory, {
      clock: this.#clock,
      ...(path === undefined ? {} : { continueFile: path }),
    });
    this.#paths.set(directory, writer.path);
    this.#open.set(directory, { writer, users: 1 });
    return writer;
  }

  /** Flushes, and closes the file when no one else has it. */
  release(directory: string): void {
    const known = this.#open.get(directory);
    if (known === undefined) return;
    known.users -= 1;
    if (known.users > 0) {
      known.writer.flush();
      return;
    }
    this.#open.delete(directory);
    known.writer.close();
  }
}

/** The event files that one run uses: hooks take them by folder, the run's end closes them all. */
export class RunEventWriters {
  readonly #shared: EventWriters;
  readonly #mine = new Map<string, EventWriter>();

  constructor(shared: EventWriters) {
    this.#shared = shared;
  }

  /** The folder's writer, the same for every hook of the run. */
  get(directory: string): EventWriter {
    let writer = this.#mine.get(directory);
    if (writer === undefined) {
      writer = this.#shared.acquire(directory);
      this.#mine.set(directory, writer);
    }
    return writer;
  }

  /** Gives all of them back. */
  close(): void {
    for (const directory of this.#mine.keys()) this.#shared.release(directory);
    this.#mine.clear();
  }
}
