import { scalarShape } from "../../core/shape.js";
import { readTfRecordBatchesSync, type TfRecordCompression } from "../../formats/tf-record-file.js";
import { elementSpecOf } from "../element-spec.js";
import type { Stage } from "../stage.js";
import { listedTexts, type TextCursor, tensorsOfTexts } from "../text-cursor.js";

/** The records of TFRecord files, one file after the other, as string scalars. Semantics: `TFRecordDatasetV2`. */
export function tfRecordStage(files: readonly string[], compression: TfRecordCompression): Stage {
  const lists = function* (): Generator<readonly Uint8Array[]> {
    for (const file of files) yield* readTfRecordBatchesSync(file, { compression });
  };
  const texts = (): TextCursor => listedTexts(lists());
  return {
    open: () => tensorsOfTexts(texts(), scalarShape),
    texts,
    spec: () => elementSpecOf({ dtype: "string", shape: scalarShape }),
    recipe: () => ({ kind: "tfRecord", files, compression }),
  };
}
