import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, buildOp, constant } from "../../graph/build-op.js";
import { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { isCompositeTensor } from "../../graph/structure.js";
import type { EstimatorSpec } from "../estimator-spec.js";
import { type ExportOutput, predictOutput } from "../export/export-output.js";
import type { LossReduction } from "../losses/reduction.js";
import { makeEstimatorSpec } from "../make-estimator-spec.js";
import type { Metric } from "../metric.js";
import { meanMetric } from "../metrics/mean-metric.js";
import { ModeKeys } from "../mode-keys.js";
import type { Features, Labels } from "../model-fn.js";
import { add, mul } from "../nn/arithmetic.js";
import { formatList } from "../nn/python-format.js";
import { concat, onesLike, shapeOf, sliceFirst, zerosLike } from "../nn/tensor-shape.js";
import { anyTensorText } from "../nn/tensor-text.js";
import type { HeadLogits, MetricsArgs, ReducingHead } from "./base-head.js";
import type { HeadSpecArgs } from "./head.js";
import { exportKeys, metricKeys } from "./metric-keys.js";
import { addN, createTrainOp, lossSummaries } from "./train-op.js";
import { withUpdateOps } from "./update-ops.js";

/** Options of MultiHead. */
export interface MultiHeadOptions {
  readonly heads: readonly ReducingHead[];
  /** Factors of the heads' losses; default 1 each. */
  readonly headWeights?: readonly number[] | undefined;
}

type ByHead<T> = Readonly<Record<string, T>>;

const optionTable: OptionTable<MultiHeadOptions> = {
  heads: "required",
  headWeights: "optional",
};

/**
 * Several named heads on one model (`tf.estimator.MultiHead`).
 *
 * Logits: one tensor that is split in the order of the heads, or one tensor a head by its name. Labels: by head name. Predictions, metrics and
 * signatures are named `<head>/<key>`.
 */
export class MultiHead implements ReducingHead {
  readonly logitsDimension: number;
  readonly #heads: readonly (ReducingHead & { readonly name: string })[];
  readonly #weights: readonly number[] | undefined;

  constructor(options: MultiHeadOptions) {
    checkOptions("MultiHead", options, optionTable);
    const { heads, headWeights } = options;
    if (heads === undefined || heads.length === 0)
      throw invalidArgument(`Must specify heads. Given: ${heads === undefined ? "None" : "[]"}`);
    if (headWeights !== undefined && headWeights.length > 0 && headWeights.length !== heads.length) {
      throw invalidArgument(
        `heads and head_weights must have the same size. Given len(heads): ${heads.length}. Given len(head_weights): ${headWeights.length}.`,
      );
    }
    for (const head of heads) {
      if (head.name === undefined) {
        throw invalidArgument(`All given heads must have name specified. Given: ${head.constructor.name}`);
      }
    }
    this.#heads = heads as readonly (ReducingHead & { readonly name: string })[];
    this.#weights = headWeights !== undefined && headWeights.length > 0 ? headWeights : undefined;
    this.logitsDimension = heads.reduce((sum, head) => sum + head.logitsDimension, 0);
  }

  get name(): string {
    return this.#heads.map((head) => head.name).join("_");
  }

  get lossReduction(): LossReduction {
    const reductions = this.#heads.map((head) => head.lossReduction);
    if (new Set(reductions).size > 1) {
      throw invalidArgument(
        `The loss_reduction must be the same for different heads. Given: ${formatList(reductions)}`,
      );
    }
    return reductions[0]!;
  }

  loss(args: Pick<HeadSpecArgs, "features" | "mode" | "logits" | "labels" | "regularizationLosses">): Tensor {
    const logits = this.#split(args.logits);
    const labels = this.#labels(args.labels);
    const losses = this.#heads.map(({ name }, i) =>
      this.#heads[i]!.loss({ features: args.features, mode: args.mode, logits: logits[name]!, labels: labels[name] }),
    );
    return nameScope("merge_losses", () => {
      const weighted =
        this.#weights === undefined ? losses : losses.map((loss, i) => mul(loss, this.#weights![i]!, "Mul"));
      const merged = addN(weighted);
      const { regularizationLosses } = args;
      return regularizationLosses === undefined ? merged : add(merged, addN(regularizationLosses));
    });
  }

  predictions(logits: HeadLogits): ByHead<Tensor> {
    const byHead = this.#split(logits);
    return nameScope("merge_pred", () => {
      const merged: Record<string, Tensor> = {};
      for (const head of this.#heads) {
        for (const [key, value] of Object.entries(head.predictions(byHead[head.name]!)))
          merged[`${head.name}/${key}`] = value;
      }
      return merged;
    });
  }

  metrics(args: MetricsArgs): ByHead<Metric> {
    const { features, regularizationLosses } = args;
    const regularization = regularizationLosses === undefined ? undefined : meanMetric();
    const lossMeans = nameScope("merge_eval", () => this.#heads.map(() => meanMetric()));
    const logits = this.#split(args.logits);
    const labels = this.#labels(args.labels);
    const metrics: Record<string, Metric> = {};
    if (regularization !== undefined) {
      const update = regularization.update(addN(regularizationLosses!));
      metrics[`${metricKeys.regularizationLoss}/${this.name}`] = { value: regularization.value(), update };
    }
    this.#heads.forEach((head, i) => {
      const own = { features, logits: logits[head.name]!, labels: labels[head.name] };
      const mean = lossMeans[i]!;
      const update = mean.update(head.loss({ ...own, mode: ModeKeys.EVAL }));
      metrics[`${metricKeys.loss}/${head.name}`] = { value: mean.value(), update };
      Object.assign(metrics, head.metrics(own));
    });
    return metrics;
  }

  createEstimatorSpec(args: HeadSpecArgs): EstimatorSpec {
    const { features, mode, labels } = args;
    return nameScope(this.name, () => {
      const logits = this.#split(args.logits);
      const ownLabels = labels === undefined ? undefined : this.#labels(labels);
      const specs = this.#heads.map((head) =>
        head.createEstimatorSpec({
          features,
          mode,
          logits: logits[head.name]!,
          labels: ownLabels?.[head.name],
          trainOpFn: () => buildOp("NoOp", [], {}, "NoOp"),
        }),
      );
      const predictions = this.predictions(args.logits);
      if (mode === ModeKeys.PREDICT) {
        return makeEstimatorSpec({ mode, predictions, exportOutputs: this.#exportOutputs(specs) });
      }
      const loss = this.loss(args);
      if (mode === ModeKeys.EVAL)
        return makeEstimatorSpec({ mode, predictions, loss, evalMetricOps: withUpdateOps(this.metrics(args)) });
      const trainOp = createTrainOp(args, loss);
      lossSummaries(loss, args.regularizationLosses, (key) => key);
      return makeEstimatorSpec({ mode, predictions, loss, trainOp });
    });
  }

  #exportOutputs(specs: readonly EstimatorSpec[]): Record<string, ExportOutput> {
    const predictions: Record<string, Tensor> = {};
    const merged: Record<string, ExportOutput> = { [exportKeys.serving]: specs[0]!.exportOutputs[exportKeys.serving]! };
    specs.forEach((spec, i) => {
      const { name } = this.#heads[i]!;
      for (const [key, output] of Object.entries(spec.exportOutputs)) {
        merged[key === exportKeys.serving ? name : `${name}/${key}`] = output;
      }
      for (const [key, value] of Object.entries(spec.predictions as ByHead<Tensor>))
        predictions[`${name}/${key}`] = value;
    });
    return { ...merged, [exportKeys.predict]: predictOutput(predictions) };
  }

  #labels(labels: Labels): Features {
    if (labels === undefined || labels instanceof Tensor || isCompositeTensor(labels)) {
      throw invalidArgument(`labels must be a dict. Given: ${labels === undefined ? "None" : anyTensorText(labels)}`);
    }
    const missing = this.#heads.map((head) => head.name).filter((name) => labels[name] === undefined);
    if (missing.length > 0) throw invalidArgument(`labels has missing values for head(s): ${formatList(missing)}`);
    return labels;
  }

  #split(logits: HeadLogits): ByHead<Tensor> {
    if (!(logits instanceof Tensor)) {
      const missing = this.#heads.map((head) => head.name).filter((name) => logits[name] === undefined);
      if (missing.length > 0) throw invalidArgument(`logits has missing values for head(s): ${formatList(missing)}`);
      return logits;
    }
    return nameScope("split_logits", () => this.#slices(logits));
  }

  #slices(logits: Tensor): ByHead<Tensor> {
    const dimensions = this.#heads.map((head) => head.logitsDimension);
    const last = logits.shape?.at(-1);
    if (last !== undefined && last >= 0 && last !== this.logitsDimension) {
      const shape = logits.shape!.map((size) => (size < 0 ? "None" : String(size))).join(", ");
      // TensorFlow's message has the two numbers this way round.
      throw invalidArgument(
        `Could not split logits of shape [${shape}] among the heads with individual logits dimensions: [${dimensions.join(", ")}]. The last dimension of the logits tensor should equal ${last} but is ${this.logitsDimension}.`,
      );
    }
    const batch = sliceFirst(shapeOf(logits), { end: -1 });
    const zeros = zerosLike(batch);
    const minusOnes = mul(-1, onesLike(batch));
    const parts: Record<string, Tensor> = {};
    let begin = 0;
    this.#heads.forEach((head, i) => {
      const from = concat([zeros, constant([begin], "int32")], 0);
      const size = concat([minusOnes, constant([dimensions[i]!], "int32")], 0);
      const part = build("Slice", [logits, from, size], {}, "Slice");
      if (part.shape === undefined || part.shape.at(-1)! < 0) {
        part.shape = logits.shape === undefined ? undefined : [...logits.shape.slice(0, -1), dimensions[i]!];
      }
      parts[head.name] = part;
      begin += dimensions[i]!;
    });
    return parts;
  }
}
