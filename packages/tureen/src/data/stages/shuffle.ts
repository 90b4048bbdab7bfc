import { invalidArgument } from "../../core/status-error.js";
import { drawRandom } from "../random.js";
import { recipeAfter } from "../recipe.js";
import { shuffledOrder } from "../row-order.js";
import { type ShuffleOptions, type ShuffleState, shuffleSeeds } from "../shuffle-seeds.js";
import { type Cursor, pullWhile, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { shuffledTexts } from "../text-cursor.js";
import { rowStage } from "./source.js";

/**
 * Elements drawn at random from a buffer of the next `bufferSize`; each that is drawn makes room for the one that follows.
 *
 * Semantics: `ShuffleDatasetV3`.
 */
export function shuffleStage(source: Stage, bufferSize: number, options: ShuffleOptions | ShuffleState): Stage {
  if (!(bufferSize > 0)) throw invalidArgument("buffer_size must be greater than zero or UNKNOWN_CARDINALITY");
  const seeds = shuffleSeeds(options);
  const recipe = recipeAfter(source, (before) => ({
    kind: "shuffle",
    source: before,
    bufferSize,
    state: seeds.state(),
  }));
  if (source.rows !== undefined) {
    return { ...rowStage(source.rows.table, shuffledOrder(source.rows.order, bufferSize, seeds)), recipe };
  }
  const open = (): Cursor => {
    const bits = seeds();
    const cursor = source.open();
    const buffer: Structure[] = [];
    const hold = (element: Structure): boolean => buffer.push(element) < bufferSize;
    const draw = (): Structure | undefined => drawRandom(buffer, bits);
    return {
      next: () => (buffer.length < bufferSize ? whenHere(pullWhile(cursor, hold), draw) : draw()),
      close: () => cursor.close(),
    };
  };
  const { texts } = source;
  const shuffled =
    texts === undefined
      ? {}
      : {
          texts: () => {
            const bits = seeds();
            return shuffledTexts(texts(), bufferSize, bits);
          },
        };
  return { open, ...shuffled, spec: () => source.spec(), recipe };
}
