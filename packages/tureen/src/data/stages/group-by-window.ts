import { invalidArgument } from "../../core/status-error.js";
import {
  type Cursor,
  closeAll,
  type MaybePromise,
  nothingYet,
  type Stage,
  type Step,
  stepUntilGiven,
  whenHere,
} from "../stage.js";
import type { Structure } from "../structure.js";
import { listCursor } from "./cache.js";
import { peekedPasses, specOnce } from "./source.js";

/** What groups are made of. */
export interface Grouping {
  /** An element's group, a whole number. */
  readonly key: (element: Structure) => MaybePromise<number>;
  /** How many elements a group of a key has when it is full. */
  readonly size: (key: number) => number;
  /** What comes of a group. */
  readonly reduce: (key: number, group: Stage) => Stage;
}

/**
 * Elements gathered by key; what `reduce` makes of a group comes when it is full, or at the end, the lowest keys first. Semantics:
 * `GroupByWindowDataset`.
 */
export function groupByWindowStage(source: Stage, { key, size, reduce }: Grouping): Stage {
  const passes = peekedPasses(() => source.open());
  const reduced = (of: number, elements: readonly Structure[]): Stage =>
    reduce(of, { open: () => listCursor(elements), spec: () => source.spec() });
  const open = (): Cursor => {
    const cursor = passes.open();
    const groups = new Map<number, { readonly size: number; readonly elements: Structure[] }>();
    let current: Cursor | undefined;
    let isAtEnd = false;
    const finish = (of: number): void => {
      current = reduced(of, groups.get(of)!.elements).open();
      groups.delete(of);
    };
    const add = (of: number, element: Structure): typeof nothingYet => {
      let group = groups.get(of);
      if (group === undefined) {
        group = { size: windowSize(size, of), elements: [] };
        groups.set(of, group);
      }
      if (group.elements.push(element) === group.size) finish(of);
      return nothingYet;
    };
    const fromGroup = (element: Structure | undefined): Step => {
      if (element !== undefined) return element;
      current = undefined;
      return nothingYet;
    };
    const fromSource = (element: Structure | undefined): MaybePromise<Step> => {
      if (element !== undefined) return whenHere(key(element), (of) => add(of, element));
      isAtEnd = true;
      return nothingYet;
    };
    const step = (): MaybePromise<Step> => {
      if (current !== undefined) return whenHere(current.next(), fromGroup);
      if (!isAtEnd) return whenHere(cursor.next(), fromSource);
      if (groups.size === 0) return undefined;
      finish(Math.min(...groups.keys()));
      return nothingYet;
    };
    return { next: () => stepUntilGiven(step), close: () => closeAll([current, cursor]) };
  };
  const spec = specOnce(() =>
    whenHere(passes.first(), (first) => whenHere(key(first), (of) => reduced(of, [first]).spec())),
  );
  return { open, spec };
}

function windowSize(size: (key: number) => number, key: number): number {
  const value = size(key);
  if (!(value > 0)) throw invalidArgument(`Window size must be greater than zero, but got ${value}.`);
  return value;
}
