import type { ReducingHead } from "./base-head.js";
import { BinaryClassHead, type BinaryClassHeadOptions } from "./binary-class-head.js";
import { MultiClassHead } from "./multi-class-head.js";

/** The head for a number of classes: binary for 2, multi-class for more (TensorFlow's `binary_or_multi_class_head`). */
export function binaryOrMultiClassHead(
  nClasses: number,
  options: Omit<BinaryClassHeadOptions, "thresholds">,
): ReducingHead {
  if (nClasses === 2) return new BinaryClassHead(options);
  // A metric of two classes.
  const { prByTrapezoids: _, ...rest } = options;
  return new MultiClassHead({ ...rest, nClasses });
}
