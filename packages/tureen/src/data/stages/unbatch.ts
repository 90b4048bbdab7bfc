import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { withShapes } from "../element-spec.js";
import { type RowTable, rowAt, rowTable } from "../row-table.js";
import { type Cursor, type MaybePromise, type Stage, whenHere } from "../stage.js";
import { flatten, isTensorValue, layoutOf, type Structure } from "../structure.js";

/** Each element cut along its leading dimension. INVALID_ARGUMENT for scalars. Semantics: `UnbatchDataset`. */
export function unbatchStage(source: Stage): Stage {
  const open = (): Cursor => {
    const cursor = source.open();
    let table: RowTable | undefined;
    let row = 0;
    const cut = (element: Structure): void => {
      const layout = layoutOf(element, isTensorValue);
      const leaves = flatten(layout, element) as TensorValue[];
      if (leaves.some(({ shape }) => shape.length === 0)) {
        throw invalidArgument("Cannot unbatch an input with scalar components.");
      }
      const sizes = leaves.map(({ shape }) => shape[0]);
      const other = sizes.find((size) => size !== sizes[0]);
      if (other !== undefined) {
        throw invalidArgument(
          `\`unbatch()\` is only supported for datasets of elements whose components have a matching leading dimension. Encountered both ${sizes[0]} and ${other}.`,
        );
      }
      table = rowTable(layout, leaves);
      row = 0;
    };
    const cutHere = (element: Structure | undefined): MaybePromise<Structure | undefined> => {
      if (element === undefined) return undefined;
      cut(element);
      return next();
    };
    const next = (): MaybePromise<Structure | undefined> => {
      for (;;) {
        if (table !== undefined && row < table.length) return rowAt(table, row++);
        const element = cursor.next();
        if (element instanceof Promise) return element.then(cutHere);
        if (element === undefined) return undefined;
        cut(element);
      }
    };
    return { next, close: () => cursor.close() };
  };
  return { open, spec: () => whenHere(source.spec(), (spec) => withShapes(spec, (shape) => shape?.slice(1))) };
}
