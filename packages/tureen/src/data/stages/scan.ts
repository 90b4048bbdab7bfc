import type { ElementSpec } from "../element-spec.js";
import { type Cursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import type { Structure } from "../structure.js";
import { peekedStage } from "./source.js";

/**
 * Each element through `fn`, which also gets the state that it gave with the element before; every pass begins with `initialState`.
 *
 * `declared` is the spec of what comes out; else the first element tells it. Semantics: `ScanDataset`.
 */
export function scanStage<S>(
  source: Stage,
  initialState: S,
  fn: (state: S, element: Structure) => MaybePromise<readonly [S, Structure]>,
  declared: ElementSpec | undefined,
): Stage {
  const open = (): Cursor => {
    const cursor = source.open();
    let state = initialState;
    const take = ([next, output]: readonly [S, Structure]): Structure => {
      state = next;
      return output;
    };
    const apply = (element: Structure | undefined): MaybePromise<Structure | undefined> =>
      element === undefined ? undefined : whenHere(fn(state, element), take);
    return { next: () => whenHere(cursor.next(), apply), close: () => cursor.close() };
  };
  return declared === undefined ? peekedStage(open) : { open, spec: () => declared };
}
