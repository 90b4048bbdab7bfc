import { failedPrecondition, internal, invalidArgument, StatusError } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { defaultContainer, handleOf, handleValue, type Resource, type ResourceHandle } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import type { ForestInputs } from "./decision-forests/find-leaf.js";
import { type ForestModel, loadForestModel } from "./decision-forests/forest-model.js";
import { leafIndices, predict } from "./decision-forests/predict.js";
import { allowedPath } from "./io/file-access.js";

/** A place for a model: made empty, filled when the model is loaded. */
interface ModelResource extends Resource {
  readonly kind: "YggdrasilModelResource";
  model: ForestModel | undefined;
  /** Whether it was loaded to answer with leaves. */
  hasLeaves: boolean;
}

const kind = "YggdrasilModelResource";
/** The container of models that are known by an identifier, as in TF-DF's kernels. */
const identifierContainer = "simple_ml_model_serving";
/** The inputs of the inference ops, in order. */
const Input = {
  NUMERICAL: 0,
  BOOLEAN: 1,
  CATEGORICAL: 2,
  SET_VALUES: 3,
  SET_SPLITS: 4,
  ROW_SPLITS: 5,
  HANDLE: 6,
} as const;

const emptyResource = (): ModelResource => ({ kind, model: undefined, hasLeaves: false });

const createModelResource: KernelFactory = ({ attrs, name }) => {
  const container = attrs.text("container");
  const shared = attrs.text("shared_name");
  const handle: ResourceHandle = {
    container: container === "" ? defaultContainer : container,
    name: shared === "" ? name : shared,
    kind,
  };
  const outputs = [handleValue(handle)];
  return (_, { resources }) => {
    resources.getOrCreate<ModelResource>(handle, emptyResource);
    return outputs;
  };
};

function modelPath(value: TensorValue): string {
  const data = value.data as readonly Uint8Array[];
  if (data.length !== 1) throw invalidArgument(`The "path" attribute is expected to contains exactly one entry.`);
  return decodeText(data[0]!);
}

const load = (path: TensorValue, prefix: string, context: RunContext): ForestModel =>
  loadForestModel(modelPath(path), prefix, (file) => allowedPath(file, context));

const loadWithHandle: KernelFactory = ({ attrs }) => {
  const types = attrs.texts("output_types");
  const unknown = types.find((type) => type !== "LEAVES");
  if (unknown !== undefined) throw invalidArgument(`Unknown output types: ${unknown}`);
  const prefix = attrs.text("file_prefix");
  return ([handle, path], context) => {
    // The path first, as in TF-DF.
    modelPath(path!);
    const resource = context.resources.get<ModelResource>(handleOf(handle!));
    resource.model = load(path!, prefix, context);
    resource.hasLeaves = types.length > 0;
    return [];
  };
};

const identified = (identifier: string): ResourceHandle => ({ container: identifierContainer, name: identifier, kind });

const loadByIdentifier: KernelFactory = ({ attrs }) => {
  const handle = identified(attrs.text("model_identifier"));
  return ([path], context) => {
    const resource: ModelResource = { kind, model: load(path!, "", context), hasLeaves: false };
    context.resources.set(handle, resource);
    return [];
  };
};

function loaded(resource: ModelResource): ForestModel {
  if (resource.model === undefined) throw failedPrecondition("The model is not loaded");
  return resource.model;
}

/** The op's inputs, checked as TF-DF checks them. */
function forestInputs(inputs: readonly TensorValue[], { forest, banks }: ForestModel): ForestInputs {
  const { sizes, categoricalLimits, setLimits } = banks;
  const matrix = (i: number): TensorValue => {
    const value = inputs[i]!;
    if (value.shape.length !== 2) throw invalidArgument(`Input ${i} must be a matrix`);
    return value;
  };
  const numerical = matrix(Input.NUMERICAL);
  const boolean = matrix(Input.BOOLEAN);
  const categorical = matrix(Input.CATEGORICAL);
  const rowSplits = inputs[Input.ROW_SPLITS]!.data as BigInt64Array;
  const rows = batchSize([numerical.shape[0]!, boolean.shape[0]!, categorical.shape[0]!, rowSplits.length - 1]);
  for (const [value, bank] of [
    [numerical, "numerical"],
    [boolean, "boolean"],
    [categorical, "categorical"],
  ] as const) {
    if (value.shape[1] !== sizes[bank]) {
      const name = bank === "categorical" ? "categorical_int" : bank;
      throw invalidArgument(`Unexpected dimension of ${name}_features bank.`);
    }
    if (sizes[bank] > 0 && value.shape[0] !== rows) throw invalidArgument(`No ${bank} features for a batch of ${rows}`);
  }
  const sets = forest.readsSets ? categoricalSets(inputs, rowSplits, rows, sizes.categoricalSet, setLimits) : noSets;
  return {
    rows,
    numerical: numerical.data as Float32Array,
    boolean: boolean.data as Float32Array,
    categorical: withinLimits(categorical.data as Int32Array, categoricalLimits),
    ...sets,
  };
}

function batchSize(sizes: readonly number[]): number {
  let found = 0;
  for (const size of sizes) {
    if (size <= 0) continue;
    if (found !== 0 && found !== size) {
      throw invalidArgument(`The batch size of the input features are inconsistent: ${found} vs ${size}.`);
    }
    found = size;
  }
  return found;
}

/** Values that the column does not have become 0, out of vocabulary; copied only where there are such. */
function withinLimits(values: Int32Array, limits: Int32Array): Int32Array {
  let result = values;
  const columns = limits.length;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value >= -1 && value < limits[i % columns]!) continue;
    if (result === values) result = values.slice();
    result[i] = 0;
  }
  return result;
}

/** As in TF-DF, sets that no tree looks at are not even checked. */
const noSets: Pick<ForestInputs, "setValues" | "setStarts"> = {
  setValues: new Int32Array(0),
  setStarts: new Int32Array(0),
};

function categoricalSets(
  inputs: readonly TensorValue[],
  rowSplits: BigInt64Array,
  rows: number,
  columns: number,
  limits: Int32Array,
): Pick<ForestInputs, "setValues" | "setStarts"> {
  const values = inputs[Input.SET_VALUES]!.data as Int32Array;
  const splits = inputs[Input.SET_SPLITS]!.data as BigInt64Array;
  for (let row = 0; row < rows; row++) {
    if (Number(rowSplits[row]) !== row * columns) throw internal("Unexpected features_row_splits_dim_2 size.");
  }
  const cells = rows * columns;
  if (cells >= splits.length) throw internal("Unexpected features_row_splits_dim_1 size.");
  const setStarts = Int32Array.from(splits, Number);
  const setValues = values.slice();
  for (let cell = 0; cell < cells; cell++) {
    const [from, to] = [setStarts[cell]!, setStarts[cell + 1]!];
    if (from < 0 || to < from || to > values.length) throw internal("Unexpected features_row_splits_dim_1 size.");
    const limit = limits[cell % columns]!;
    for (let i = from; i < to; i++) if (values[i]! < -1 || values[i]! >= limit) setValues[i] = 0;
  }
  return { setValues, setStarts };
}

type FindModel = (inputs: readonly TensorValue[], context: RunContext) => ModelResource;

const byHandle: FindModel = (inputs, { resources }) => resources.get<ModelResource>(handleOf(inputs[Input.HANDLE]!));

function byIdentifier(identifier: string): FindModel {
  const handle = identified(identifier);
  return (_, { resources }) => {
    try {
      return resources.get<ModelResource>(handle);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      throw new StatusError(
        error.code,
        `${error.message}. This error caused the simpleML model not to be available for inference. This error is likely due to the "LoadModel*" not having been run before.`,
      );
    }
  };
}

function inference(find: FindModel, width: number): ReturnType<KernelFactory> {
  return (inputs, context) => {
    const model = loaded(find(inputs, context));
    const features = forestInputs(inputs, model);
    const { columns } = model;
    if (columns.length !== width) {
      throw invalidArgument(
        `The "dense_output_dim"=${width} attribute does not match the model output dimension=${columns.length}`,
      );
    }
    return [
      tensorValue("float32", [features.rows, width], predict(model, features, width)),
      tensorValue("string", [width], columns),
    ];
  };
}

const leaves: KernelFactory = () => (inputs, context) => {
  const resource = byHandle(inputs, context);
  const model = loaded(resource);
  const features = forestInputs(inputs, model);
  if (!resource.hasLeaves) throw invalidArgument("The model was not loaded with the output type LEAVES");
  return [tensorValue("int32", [features.rows, model.forest.roots.length], leafIndices(model, features))];
};

/** Host kernels of the decision-forests family: the ops of TensorFlow Decision Forests that serve models of Yggdrasil. */
export const decisionForestsKernels: KernelTable = {
  SimpleMLCreateModelResource: createModelResource,
  SimpleMLLoadModelFromPath: loadByIdentifier,
  SimpleMLLoadModelFromPathWithHandle: loadWithHandle,
  SimpleMLInferenceOp: ({ attrs }) =>
    inference(byIdentifier(attrs.text("model_identifier")), attrs.int("dense_output_dim")),
  SimpleMLInferenceOpWithHandle: ({ attrs }) => inference(byHandle, attrs.int("dense_output_dim")),
  SimpleMLInferenceLeafIndexOpWithHandle: leaves,
};
