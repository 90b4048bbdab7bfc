import { checkOptions, type OptionTable } from "../core/check-options.js";
import { invalidArgument } from "../core/status-error.js";
import { stringValue, tensorValue } from "../core/tensor-value.js";
import { encodeMetadata } from "../formats/summary.js";
import { build, constant } from "../graph/build-op.js";
import { collectionKeys } from "../graph/collections.js";
import type { Tensor } from "../graph/graph.js";
import { currentGraph, nameScope } from "../graph/scope.js";

/** TensorBoard's text plugin. */
const textMetadata = encodeMetadata({ pluginName: "text" });

/** How a summary is filed. */
export interface SummaryOptions {
  /** The collections it is added to; default `summaries`, which hooks and `mergeAll` write. */
  readonly collections?: readonly string[] | undefined;
  /** A group that TensorBoard shows it in. */
  readonly family?: string | undefined;
}

/** The same for `checkOptions`. */
const summaryOptionsTable: OptionTable<SummaryOptions> = { collections: "optional", family: "optional" };

/** Adds a scalar to the graph's summaries under a tag (`tf.compat.v1.summary.scalar`). */
export function scalarSummary(tag: string, value: Tensor, options: SummaryOptions = {}): Tensor {
  checkOptions("scalarSummary", options, summaryOptionsTable);
  return filed(tag, options, (full, scope) =>
    build("ScalarSummary", [constant(stringValue([full], []), undefined, "tags"), value], {}, scope),
  );
}

/** Adds a histogram of values to the graph's summaries under a tag (`tf.compat.v1.summary.histogram`). */
export function histogramSummary(tag: string, values: Tensor, options: SummaryOptions = {}): Tensor {
  checkOptions("histogramSummary", options, summaryOptionsTable);
  return filed(tag, options, (full, scope) =>
    build("HistogramSummary", [constant(stringValue([full], []), undefined, "tag"), values], {}, scope),
  );
}

/** Options of summaries of several images or sounds. */
export interface MediaSummaryOptions extends SummaryOptions {
  /** How many of the batch are written; default 3. */
  readonly maxOutputs?: number;
}

/** The same for `checkOptions`. */
const mediaSummaryOptionsTable: OptionTable<MediaSummaryOptions> = {
  maxOutputs: "optional",
  collections: "optional",
  family: "optional",
};

const defaultOutputs = 3;

/**
 * Adds images [batch, height, width, 1, 3 or 4] to the graph's summaries, as PNG files under `<tag>/image/0` and so on (`tf.compat.v1.summary.image`).
 *
 * uint8 as it is; floats are scaled to the image's range, from 0 where none is negative and around 128 otherwise.
 */
export function imageSummary(tag: string, images: Tensor, options: MediaSummaryOptions = {}): Tensor {
  checkOptions("imageSummary", options, mediaSummaryOptionsTable);
  const { maxOutputs = defaultOutputs } = options;
  return filed(tag, options, (full, scope) =>
    build(
      "ImageSummary",
      [constant(stringValue([full], []), undefined, "tag"), images],
      { max_images: maxOutputs },
      scope,
    ),
  );
}

/**
 * Adds sounds [batch, frames] or [batch, frames, channels] of numbers from -1 to 1 to the graph's summaries, as WAV files under `<tag>/audio/0` and
 * so on (`tf.compat.v1.summary.audio`); `sampleRate` in hertz.
 */
export function audioSummary(
  tag: string,
  sounds: Tensor,
  options: MediaSummaryOptions & { readonly sampleRate: number },
): Tensor {
  checkOptions("audioSummary", options, { ...mediaSummaryOptionsTable, sampleRate: "required" });
  const { maxOutputs = defaultOutputs, sampleRate } = options;
  return filed(tag, options, (full, scope) => {
    const inputs = [
      constant(stringValue([full], []), undefined, "tag"),
      sounds,
      constant(sampleRate, "float32", "sample_rate"),
    ];
    return build("AudioSummaryV2", inputs, { max_outputs: maxOutputs }, scope);
  });
}

/** Adds texts of any shape to the graph's summaries (`tf.compat.v1.summary.text`); INVALID_ARGUMENT for other than strings. */
export function textSummary(tag: string, texts: Tensor, options: SummaryOptions = {}): Tensor {
  checkOptions("textSummary", options, summaryOptionsTable);
  if (texts.dtype !== "string") {
    throw invalidArgument(`Expected tensor ${texts.name} to have dtype string, got <dtype: '${texts.dtype}'>`);
  }
  return filed(tag, options, (full, scope) => {
    const inputs = [
      constant(stringValue([full], []), undefined, "tag"),
      texts,
      constant(tensorValue("string", [], [textMetadata]), undefined, "serialized_summary_metadata"),
    ];
    return build("TensorSummaryV2", inputs, {}, scope);
  });
}

/** One Summary, serialized, of several (`tf.compat.v1.summary.merge`). */
export function mergeSummaries(
  inputs: readonly Tensor[],
  options: Pick<SummaryOptions, "collections"> & { readonly name?: string } = {},
): Tensor {
  checkOptions("mergeSummaries", options, { collections: "optional", name: "optional" });
  const merged = nameScope(options.name ?? "Merge", () => build("MergeSummary", [[...inputs]], {}, "MergeSummary"));
  for (const key of options.collections ?? []) currentGraph().addToCollection(key, merged);
  return merged;
}

/** One Summary of all that the graph has in a collection, or undefined where it has none (`tf.compat.v1.summary.merge_all`). */
export function mergeAllSummaries(key: string = collectionKeys.summaries): Tensor | undefined {
  const all = currentGraph().getCollection<Tensor>(key);
  return all.length === 0 ? undefined : mergeSummaries(all);
}

/** A family stands before the tag, and in the scope a second time: TensorFlow's `summary_scope`. */
function filed(
  tag: string,
  { collections, family }: SummaryOptions,
  make: (tag: string, scope: string) => Tensor,
): Tensor {
  return nameScope(family === undefined ? tag : `${family}/${tag}`, (scope) => {
    const own = scope.slice(0, -1);
    const summary = make(family === undefined ? own : `${family}/${own}`, scope);
    for (const key of collections ?? [collectionKeys.summaries]) currentGraph().addToCollection(key, summary);
    return summary;
  });
}

/** Adds the training loss to the summaries, unless the model has done so. */
export function lossSummary(loss: Tensor): void {
  const summaries = currentGraph().getCollection<Tensor>(collectionKeys.summaries);
  if (!summaries.some((summary) => summary.op.name === "loss")) scalarSummary("loss", loss);
}
