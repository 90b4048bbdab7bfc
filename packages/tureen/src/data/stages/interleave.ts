import { invalidArgument } from "../../core/status-error.js";
import { type Cursor, closeAll, type MaybePromise, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { peekedPasses, specOnce } from "./source.js";

/** How datasets are interleaved. */
export interface InterleaveOptions {
  /** How many inner datasets are open at a time. */
  readonly cycleLength: number;
  /** How many elements come of one before the next has its turn; 1 unless said. */
  readonly blockLength?: number | undefined;
}

/** The elements of the datasets that `fn` makes of each element, by turns. Semantics and order: `InterleaveDataset`. */
export function interleaveStage(
  source: Stage,
  fn: (element: Structure) => Stage,
  { cycleLength, blockLength = 1 }: InterleaveOptions,
): Stage {
  if (!(cycleLength > 0)) throw invalidArgument("cycle_length must be greater than zero.");
  if (!(blockLength > 0)) throw invalidArgument("block_length must be greater than zero.");
  const passes = peekedPasses(() => source.open());
  const open = (): Cursor => {
    const cursor = passes.open();
    const inner = new Array<Cursor | undefined>(cycleLength).fill(undefined);
    let turn = 0;
    let given = 0;
    let openCount = 0;
    let exhausted = false;
    const nextTurn = (): void => {
      turn = (turn + 1) % cycleLength;
      given = 0;
    };
    // What a pull brought: an element to give, or undefined to go on.
    const accept = (current: Cursor | undefined, pulled: Structure | undefined): Structure | undefined => {
      if (current === undefined) {
        if (pulled === undefined) {
          exhausted = true;
        } else {
          inner[turn] = fn(pulled).open();
          openCount++;
        }
      } else if (pulled === undefined) {
        inner[turn] = undefined;
        openCount--;
        nextTurn();
      } else {
        if (++given === blockLength) nextTurn();
        return pulled;
      }
      return undefined;
    };
    const next = (): MaybePromise<Structure | undefined> => {
      while (!exhausted || openCount > 0) {
        const current = inner[turn];
        if (current === undefined && exhausted) {
          nextTurn();
          continue;
        }
        const pulled = (current ?? cursor).next();
        if (pulled instanceof Promise) return pulled.then((here) => accept(current, here) ?? next());
        const element = accept(current, pulled);
        if (element !== undefined) return element;
      }
      return undefined;
    };
    return { next, close: () => closeAll([...inner, cursor]) };
  };
  // The first inner dataset tells what all give: it knows the sizes that its own elements may have, which one element does not.
  return { open, spec: specOnce(() => whenHere(passes.first(), (first) => fn(first).spec())) };
}
