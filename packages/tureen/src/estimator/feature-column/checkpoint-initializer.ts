import { tensorValue } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { build } from "../../graph/build-op.js";
import type { Initializer } from "../../graph/variable.js";

/** The value of a tensor in a checkpoint; NOT_FOUND at initialisation where the checkpoint has none of that name. */
export function checkpointInitializer(prefix: string, tensorName: string): Initializer {
  return (shape, dtype) => {
    const text = (value: string): ReturnType<typeof tensorValue<"string">> =>
      tensorValue("string", [1], [encodeText(value)]);
    const path = tensorValue("string", [], [encodeText(prefix)]);
    const restored = build(
      "RestoreV2",
      [path, text(tensorName), text("")],
      { dtypes: [dtype] },
      "checkpoint_initializer",
    );
    restored.shape = shape;
    return restored;
  };
}
