import { invalidArgument } from "../../core/status-error.js";
import {
  type ElementSpec,
  elementSpecOf,
  mostSpecificShape,
  specStructure,
  specText,
  withShapes,
} from "../element-spec.js";
import { type Cursor, closeAll, type MaybePromise, type Stage, whenHere } from "../stage.js";
import { type Layout, pack, type Structure, sameLayout } from "../structure.js";

/** Elements of all stages side by side, nested as the stages are; the shortest ends it. Semantics: `ZipDataset`. */
export function zipStage(layout: Layout, stages: readonly Stage[]): Stage {
  const open = (): Cursor => {
    const cursors = stages.map((stage) => stage.open());
    const next = (): MaybePromise<Structure | undefined> => pullAll(cursors, 0, []);
    const pullAll = (from: readonly Cursor[], at: number, parts: Structure[]): MaybePromise<Structure | undefined> => {
      for (let i = at; i < from.length; i++) {
        const part = from[i]!.next();
        if (part instanceof Promise) {
          return part.then((here) => (here === undefined ? undefined : pullAll(from, i + 1, [...parts, here])));
        }
        if (part === undefined) return undefined;
        parts.push(part);
      }
      return pack(layout, parts) as Structure;
    };
    return { next, close: () => closeAll(cursors) };
  };
  const spec = (): MaybePromise<ElementSpec> => {
    const parts = stages.map((stage) => stage.spec());
    const combine = (specs: readonly ElementSpec[]): ElementSpec =>
      elementSpecOf(pack(layout, specs.map(specStructure)));
    return parts.some((part) => part instanceof Promise)
      ? Promise.all(parts).then(combine)
      : combine(parts as readonly ElementSpec[]);
  };
  return { open, spec };
}

/** The elements of `first`, then those of `second`, which must have the same nesting and dtypes. Semantics: `ConcatenateDataset`. */
export function concatenateStage(first: Stage, second: Stage): Stage {
  const open = (): Cursor => {
    let cursor = first.open();
    let inSecond = false;
    const orSecond = (element: Structure | undefined): MaybePromise<Structure | undefined> => {
      if (element !== undefined || inSecond) return element;
      inSecond = true;
      cursor = second.open();
      return cursor.next();
    };
    return { next: () => whenHere(cursor.next(), orSecond), close: () => cursor.close() };
  };
  return { open, spec: () => commonSpecOf([first, second]) };
}

/** The spec that all stages' elements keep to; INVALID_ARGUMENT where they differ in nesting or dtypes. */
export function commonSpecOf([first, ...rest]: readonly Stage[]): MaybePromise<ElementSpec> {
  return rest.reduce<MaybePromise<ElementSpec>>(
    (known, stage) => whenHere(known, (a) => whenHere(stage.spec(), (b) => commonSpec(a, b))),
    first!.spec(),
  );
}

function commonSpec(a: ElementSpec, b: ElementSpec): ElementSpec {
  if (!sameLayout(a.layout, b.layout) || a.leaves.some((leaf, i) => leaf.dtype !== b.leaves[i]!.dtype)) {
    throw invalidArgument(`Incompatible dataset elements:\n  ${specText(a)} vs.   ${specText(b)}`);
  }
  return withShapes(a, (shape, i) => mostSpecificShape(shape, b.leaves[i]!.shape));
}
