import { scalarShape } from "../../core/shape.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { readTfRecordFileSync, type TfRecordCompression } from "../../formats/tf-record-file.js";
import { elementSpecOf } from "../element-spec.js";
import type { Stage } from "../stage.js";
import { iterableCursor } from "./source.js";

/** The records of TFRecord files, one file after the other, as string scalars. Semantics: `TFRecordDatasetV2`. */
export function tfRecordStage(files: readonly string[], compression: TfRecordCompression): Stage {
  const list = function* (): Generator<TensorValue> {
    for (const file of files)
      for (const bytes of readTfRecordFileSync(file, { compression }))
        yield tensorValue("string", scalarShape, [bytes]);
  };
  return {
    open: () => iterableCursor(list()),
    spec: () => elementSpecOf({ dtype: "string", shape: scalarShape }),
    recipe: () => ({ kind: "tfRecord", files, compression }),
  };
}
