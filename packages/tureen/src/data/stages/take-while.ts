import { type Cursor, emptyCursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";

/** The elements before the first that `predicate` answers false for. Semantics: `TakeWhileDataset`. */
export function takeWhileStage(source: Stage, predicate: (element: Structure) => MaybePromise<boolean>): Stage {
  const open = (): Cursor => {
    let cursor = source.open();
    const end = (): MaybePromise<undefined> => {
      const ended = cursor;
      cursor = emptyCursor;
      return whenHere(ended.close(), () => undefined);
    };
    const judge = (element: Structure | undefined): MaybePromise<Structure | undefined> =>
      element === undefined ? undefined : whenHere(predicate(element), (goesOn) => (goesOn ? element : end()));
    return { next: () => whenHere(cursor.next(), judge), close: () => cursor.close() };
  };
  return { open, spec: () => source.spec() };
}
