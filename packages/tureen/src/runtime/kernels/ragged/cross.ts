import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { KernelFactory } from "../../kernel.js";
import { type CrossColumn, cross, crossColumns, halvesOf, hashCrosser, textCrosser } from "../sparse/cross.js";
import { integerValue, numbersOf } from "../sparse/integers.js";

const separator = encodeText("_X_");

/** RaggedCross: the crosses of ragged, sparse and dense columns, in the order of `input_order`'s letters R, S and D. */
export const raggedCross: KernelFactory = ({ attrs }) => {
  const raggedCount = attrs.types("ragged_values_types").length;
  const sparseCount = attrs.int("Nsparse");
  const denseCount = attrs.types("dense_types").length;
  const order = attrs.text("input_order");
  const buckets = attrs.int("num_buckets");
  const hashKey = halvesOf(attrs.bigint("hash_key"));
  const hashed = attrs.type("out_values_type") === "int64";
  const splitsDType = attrs.type("out_row_splits_type") as "int32" | "int64";
  return (inputs) => {
    let at = 0;
    const take = (count: number): TensorValue[] => {
      at += count;
      return inputs.slice(at - count, at);
    };
    const raggedValues = take(raggedCount);
    const raggedSplits = take(raggedCount).map(numbersOf);
    const indices = take(sparseCount);
    const values = take(sparseCount);
    const shapes = take(sparseCount);
    const dense = take(denseCount);
    const others = crossColumns(indices, values, shapes, dense);
    const ragged = raggedValues.map((column, i): CrossColumn => {
      const splits = raggedSplits[i]!;
      return { values: column, starts: Int32Array.from(splits), isSparse: true };
    });
    const batch = ragged.length > 0 ? ragged[0]!.starts.length - 1 : others.batch;
    const queues = {
      R: [...ragged],
      S: others.columns.slice(0, sparseCount),
      D: others.columns.slice(sparseCount),
    };
    const columns = Array.from(order, (letter) => {
      const column = queues[letter as "R" | "S" | "D"]?.shift();
      if (column === undefined) throw invalidArgument("input_order mismatch");
      return column;
    });
    if (columns.some((column) => column.starts.length !== batch + 1)) {
      throw invalidArgument("inputs must all have the same batch dimension size.");
    }
    let result: TensorValue = tensorValue("int64", [0], new BigInt64Array(0));
    const splits = cross(columns, batch, (count) => {
      if (hashed) {
        const data = new BigInt64Array(count);
        result = tensorValue("int64", [count], data);
        return hashCrosser(data, buckets, hashKey);
      }
      const data = new Array<Uint8Array>(count);
      result = tensorValue("string", [count], data);
      return textCrosser(data, separator);
    });
    return [result, integerValue(splitsDType, [splits.length], splits)];
  };
};
