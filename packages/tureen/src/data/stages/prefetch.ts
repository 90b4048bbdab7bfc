import { invalidArgument } from "../../core/status-error.js";
import { recipeAfter } from "../recipe.js";
import type { Cursor, MaybePromise, Stage } from "../stage.js";
import type { Structure } from "../structure.js";

/** Lets a stage pick a size itself: TensorFlow's `tf.data.AUTOTUNE`. */
export const AUTOTUNE = -1;

/** What AUTOTUNE means for a prefetch: one element in use, one ready, one on its way. */
const autotunedBuffer = 2;

/**
 * Keeps up to `bufferSize` elements ready while the consumer works, where the source has to wait for something.
 *
 * A source that never waits is passed through: pulling it early on the same thread would gain nothing. Semantics: `PrefetchDataset`.
 */
export function prefetchStage(source: Stage, bufferSize: number): Stage {
  if (!(bufferSize >= AUTOTUNE)) {
    throw invalidArgument("buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning");
  }
  if (bufferSize === 0) return source;
  const recipe = recipeAfter(source, (before) => ({ kind: "prefetch", source: before, count: bufferSize }));
  if (source.rows !== undefined) return { ...source, recipe };
  const size = bufferSize === AUTOTUNE ? autotunedBuffer : bufferSize;
  return { open: () => prefetchingCursor(source.open(), size), spec: () => source.spec(), recipe };
}

function prefetchingCursor(cursor: Cursor, size: number): Cursor {
  const ready: Promise<Structure | undefined>[] = [];
  let last: Promise<Structure | undefined> | undefined;
  const ahead = (): Promise<Structure | undefined> => {
    // After the end or an error there is nothing more to ask for; both are passed down the line.
    const following = last!.then((element) => (element === undefined ? undefined : cursor.next()));
    // Whoever comes for the element hears of its error; until then it must not count as unhandled.
    following.catch(() => {});
    last = following;
    return following;
  };
  const next = (): MaybePromise<Structure | undefined> => {
    let element: MaybePromise<Structure | undefined>;
    if (last === undefined) {
      element = cursor.next();
      if (!(element instanceof Promise)) return element;
      last = element;
    } else {
      element = ready.shift() ?? ahead();
    }
    while (ready.length < size) ready.push(ahead());
    return element;
  };
  const close = async (): Promise<void> => {
    await last?.catch(() => {});
    await cursor.close();
  };
  const skip = cursor.skip === undefined ? {} : { skip: (count: number) => cursor.skip!(count) };
  return { next, close: () => (last === undefined ? cursor.close() : close()), ...skip };
}
