import { bytes, encodeExample, type FeatureValue, float, int64 } from "@tureen/protos/example";
import { encodeExamplesRequest, encodePredictRequest } from "@tureen/protos/serving-messages";
import { allocate, type DType, dtypeNumber, isFloatingDType } from "../../core/dtype.js";
import { elementCount } from "../../core/shape.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { encodeTfRecords } from "../../formats/tf-record.js";
import { WireWriter } from "../../formats/wire-format.js";
import type { Graph, Operation, Tensor } from "../../graph/graph.js";
import type { Session } from "../../runtime/session.js";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { methodNames } from "../../saved-model/signature-def.js";
import type { InputFn } from "../input.js";
import type { Logger } from "../log.js";
import { type FeatureBatch, rowValues, visitInputRows } from "./input-rows.js";

/** Where warm-up requests come from. */
export interface WarmupRequestsOptions {
  /** Its first rows become requests; labels are left out. */
  readonly inputFn: InputFn;
  /** Requests for each signature; 4 unless said. TensorFlow Serving takes 1,000 for all of them. */
  readonly requestsPerSignature?: number | undefined;
  /** Rows of a request; 1 unless said. */
  readonly rowsPerRequest?: number | undefined;
  /** The model's name in the requests, which servers do not look at; the name of the export's base folder unless said. */
  readonly modelName?: string | undefined;
}

/** The name of the file below `assets.extra`. */
export const warmupRequestsFile = "tf_serving_warmup_requests";

/** TensorFlow Serving refuses a version with more. */
const maxRecords = 1000;

/** Fields of `PredictionLog`'s oneof; each holds a message whose first field is the request. */
const logField = { classify: 2, regress: 3, predict: 6 } as const;

/** The rows that requests are made of, read before a graph is built; INVALID_ARGUMENT for an input without rows and for bad numbers. */
export async function readWarmupRows(options: WarmupRequestsOptions): Promise<readonly FeatureBatch[]> {
  const { requestsPerSignature = 4, rowsPerRequest = 1 } = options;
  for (const [name, value] of Object.entries({ requestsPerSignature, rowsPerRequest })) {
    if (!(Number.isInteger(value) && value > 0)) throw invalidArgument(`Must specify ${name} > 0, given: ${value}`);
  }
  const batches: FeatureBatch[] = [];
  await visitInputRows(options.inputFn, requestsPerSignature * rowsPerRequest, (batch) => batches.push(batch));
  if (batches.length === 0) throw invalidArgument("The input of `warmupRequests` has no rows");
  return batches;
}

/** What requests are made for. */
export interface WarmupTarget {
  readonly graph: Graph;
  /** With the variables of the export and its tables: each request is run there once. */
  readonly session: Session;
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  readonly modelName: string;
  readonly logger: Logger;
}

/**
 * The TFRecord file of PredictionLogs that a server replays before a version is available: requests for each signature, of real rows.
 *
 * A signature whose inputs the rows have not, by name, is left out with a WARNING. INVALID_ARGUMENT where none is left, where there are more than
 * 1,000 requests, and where a request fails on the exported graph, as that would keep every server from loading the version.
 */
export function warmupRequests(
  rows: readonly FeatureBatch[],
  { requestsPerSignature = 4, rowsPerRequest = 1 }: WarmupRequestsOptions,
  target: WarmupTarget,
): Uint8Array {
  const all = rows.flatMap((batch) => Array.from({ length: batch.rows }, (_, row): Row => ({ batch, row })));
  const records: Uint8Array[] = [];
  for (const [name, signature] of target.signatures) {
    if (apiOf(signature) === undefined) continue;
    const inputs = signatureInputs(target.graph, signature, all);
    if (typeof inputs === "string") {
      target.logger.log("WARNING", `No warm-up requests for signature '${name}': ${inputs}`);
      continue;
    }
    for (let i = 0; i < requestsPerSignature; i++) {
      const rowsHere = all.slice(i * rowsPerRequest, (i + 1) * rowsPerRequest);
      if (rowsHere.length === 0) break;
      records.push(request(name, signature, inputs, rowsHere, target));
    }
  }
  if (records.length === 0) throw invalidArgument("No signature takes the features of `warmupRequests`");
  if (records.length > maxRecords) {
    throw invalidArgument(
      `${records.length} warm-up requests are more than the ${maxRecords} that TensorFlow Serving takes`,
    );
  }
  return encodeTfRecords(records);
}

/** One row of a batch. */
interface Row {
  readonly batch: FeatureBatch;
  readonly row: number;
}

/** What makes the value of each input of a signature, or the reason why that cannot be. */
type InputMakers = ReadonlyMap<string, (rows: readonly Row[]) => TensorValue>;

function apiOf({ methodName }: SignatureInfo): keyof typeof logField | undefined {
  if (methodName === methodNames.classify) return "classify";
  if (methodName === methodNames.regress) return "regress";
  return methodName === methodNames.predict ? "predict" : undefined;
}

function signatureInputs(graph: Graph, signature: SignatureInfo, rows: readonly Row[]): InputMakers | string {
  const makers = new Map<string, (rows: readonly Row[]) => TensorValue>();
  const { features } = rows[0]!.batch;
  for (const [alias, info] of signature.inputs) {
    const parser = info.dtype === "string" ? parserOf(graph, graph.tensor(info.name)) : undefined;
    if (parser !== undefined || apiOf(signature) !== "predict") {
      const wanted = parser === undefined ? undefined : parsedKeys(parser);
      makers.set(alias, (some) => {
        const examples = some.map((row) => exampleOf(row, wanted));
        return tensorValue("string", [examples.length], examples);
      });
      continue;
    }
    // TensorFlow Serving's Predict cannot feed what is made of several tensors: such a record would keep every server from loading the version.
    if (info.sparse !== undefined) return `input '${alias}' is sparse`;
    if (info.composite !== undefined) return `input '${alias}' is ragged`;
    const feature = features.get(alias);
    if (feature === undefined) return `the input has no feature '${alias}'`;
    if (feature.rowShape === undefined) return `feature '${alias}' has rows of different lengths`;
    if ((feature.dtype === "string") !== (info.dtype === "string")) {
      return `feature '${alias}' is ${feature.dtype}, not ${info.dtype}`;
    }
    makers.set(alias, (some) => stacked(alias, some, info.dtype));
  }
  return makers;
}

/** The operation that parses a placeholder's strings as Examples. */
function parserOf(graph: Graph, examples: Tensor): Operation | undefined {
  return graph.operations.find(
    ({ type, inputs }) => (type === "ParseExampleV2" || type === "ParseExample") && inputs[0] === examples,
  );
}

/** dtypes by key that a ParseExampleV2 looks for; undefined where its keys are not constants. */
function parsedKeys({ type, inputs, attrs }: Operation): ReadonlyMap<string, DType> | undefined {
  if (type !== "ParseExampleV2") return undefined;
  const keys = inputs.slice(2, 5).map(({ op }) => (op.type === "Const" ? op.attrs.tensor("value") : undefined));
  if (keys.some((value) => value === undefined)) return undefined;
  const types = [attrs.types("sparse_types"), attrs.types("Tdense"), attrs.types("ragged_value_types")];
  return new Map(
    keys.flatMap((value, kind) =>
      (value!.data as readonly Uint8Array[]).map((key, i): [string, DType] => [decodeText(key), types[kind]![i]!]),
    ),
  );
}

function exampleOf({ batch, row }: Row, wanted: ReadonlyMap<string, DType> | undefined): Uint8Array {
  const features: Record<string, FeatureValue> = {};
  for (const [name, values] of batch.features) {
    if (wanted !== undefined && !wanted.has(name)) continue;
    features[name] = featureOf(rowValues(values, row), values.dtype, wanted?.get(name) ?? values.dtype);
  }
  return encodeExample(features);
}

function featureOf(values: TensorValue["data"], own: DType, wanted: DType): FeatureValue {
  if (own === "string") return bytes(values as readonly Uint8Array[]);
  const numbers = values as ArrayLike<number | bigint>;
  if (isFloatingDType(wanted)) return float(Array.from(numbers, Number));
  return int64(Array.from(numbers, BigInt));
}

function stacked(name: string, rows: readonly Row[], dtype: DType): TensorValue {
  const { rowShape } = rows[0]!.batch.features.get(name)!;
  const width = elementCount(rowShape!);
  const data = allocate(dtype, rows.length * width);
  const target = data as unknown as unknown[];
  const convert = data instanceof BigInt64Array || data instanceof BigUint64Array ? BigInt : Number;
  rows.forEach(({ batch, row }, i) => {
    const values = rowValues(batch.features.get(name)!, row) as ArrayLike<unknown>;
    if (values.length !== width) throw invalidArgument(`Feature '${name}' has rows of several shapes`);
    for (let j = 0; j < width; j++)
      target[i * width + j] = dtype === "string" ? values[j] : convert(values[j] as number);
  });
  return tensorValue(dtype, [rows.length, ...rowShape!], data);
}

function request(
  name: string,
  signature: SignatureInfo,
  makers: InputMakers,
  rows: readonly Row[],
  { session, modelName }: WarmupTarget,
): Uint8Array {
  const values = new Map([...makers].map(([alias, make]) => [alias, make(rows)]));
  try {
    const feeds = new Map([...values].map(([alias, value]) => [signature.inputs.get(alias)!.name, value]));
    session.run(
      [...signature.outputs.values()].map((output) => output.name),
      feeds,
    );
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw invalidArgument(`A warm-up request for signature '${name}' fails: ${error.message}`);
  }
  const modelSpec = { name: modelName, signatureName: name };
  const api = apiOf(signature)!;
  const encoded =
    api === "predict"
      ? encodePredictRequest({
          modelSpec,
          inputs: new Map(
            [...values].map(([alias, { dtype, shape, data }]) => [
              alias,
              { dtype: dtypeNumber(dtype), shape, data: data as never },
            ]),
          ),
        })
      : encodeExamplesRequest({
          modelSpec,
          input: { examples: [...values.values()][0]!.data as readonly Uint8Array[] },
        });
  return new WireWriter().bytesField(logField[api], new WireWriter().bytesField(1, encoded).finish()).finish();
}
