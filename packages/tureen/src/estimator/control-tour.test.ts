import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { toFlatArray } from "../core/tensor-value.js";
import { loadSavedModel } from "../saved-model/index.js";
import { tourFeeds, tourReceiver, trainedTour } from "./testing/control-tour.js";

interface Answer {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What TensorFlow 2.15 answered when it loaded the same exports; made by interop/control-flow/check.py. */
const fixture = JSON.parse(
  gunzipSync(readFileSync(new URL("fixtures/control-tour.json.gz", import.meta.url))).toString(),
) as { readonly exports: Readonly<Record<string, readonly Readonly<Record<string, Answer>>[]>> };

test.each(Object.entries(fixture.exports))(
  "%s: trained, exported and loaded, every kind of control flow answers as in TensorFlow",
  async (name, answers) => {
    const folder = mkdtempSync(join(tmpdir(), "tureen-tour-"));
    const estimator = await trainedTour(join(folder, "model"), name === "switch");
    const path = await estimator.exportSavedModel(join(folder, "export"), tourReceiver);
    const predict = (await loadSavedModel(path)).signature("serving_default");
    for (const [i, feed] of tourFeeds().entries()) {
      const found = await predict.tensors(feed);
      expect(Object.keys(found).sort()).toEqual(Object.keys(answers[i]!));
      for (const [key, { shape, values }] of Object.entries(answers[i]!)) {
        const given = found[key]!;
        expect(given.shape, `${key} ${i}`).toEqual(shape);
        (toFlatArray(given) as number[]).forEach((value, k) => {
          expect(value, `${key} ${i}`).toBeCloseTo(values[k]!, 4);
        });
      }
    }
  },
);
