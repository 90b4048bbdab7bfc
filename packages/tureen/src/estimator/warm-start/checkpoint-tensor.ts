import type { Shape } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import type { BundleReader } from "../../formats/tensor-bundle-reader.js";
import type { Variable } from "../../graph/variable.js";
import { formatList, formatTuple } from "../nn/python-format.js";

/** INVALID_ARGUMENT, in TensorFlow's words, where a checkpoint, which is called `name`, has no tensor of the key. */
export function checkTensor(reader: BundleReader, key: string, name: string): void {
  if (reader.has(key)) return;
  const shapes = reader.keys().map((key) => `'${key}': ${formatList([...reader.entry(key).shape])}`);
  throw invalidArgument(`Tensor ${key} is not found in ${name} checkpoint {${shapes.join(", ")}}`);
}

/** INVALID_ARGUMENT, in TensorFlow's words, where a tensor of a checkpoint has another shape than the variable. */
export function checkVariableShape(variable: Variable, key: string, shape: Shape): void {
  if (variable.shape.join() === shape.join()) return;
  throw invalidArgument(
    `Shape of variable ${variable.name}:0 (${formatTuple([...variable.shape])}) doesn't match with shape of tensor ${key} (${formatList([...shape])}) from checkpoint reader.`,
  );
}
