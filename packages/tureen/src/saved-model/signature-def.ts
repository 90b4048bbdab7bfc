import { create } from "@bufbuild/protobuf";
import {
  type SignatureDef,
  SignatureDefSchema,
  TensorInfo_CooSparseSchema,
  type TensorInfo as TensorInfoProto,
  TensorInfoSchema,
} from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { dtypeFromNumber, dtypeNumber } from "../core/dtype.js";
import { shapeFromProto, shapeToProto } from "../graph/attr-proto.js";
import { tensorFromProto, tensorToProto } from "../graph/tensor-proto.js";
import type { SignatureInfo, TensorInfo } from "./signature.js";

/** The key of the signature that requests get when they name none. */
export const defaultSignatureKey = "serving_default";

/** `SignatureDef.method_name` of the three serving calls and of the supervised modes. */
export const methodNames: Readonly<Record<"predict" | "classify" | "regress" | "train" | "eval", string>> =
  Object.freeze({
    predict: "tensorflow/serving/predict",
    classify: "tensorflow/serving/classify",
    regress: "tensorflow/serving/regress",
    train: "tensorflow/supervised/training",
    eval: "tensorflow/supervised/eval",
  });

/** What a SignatureDef message says. Keys come sorted, as protobuf maps have no order of their own. */
export function signatureFromProto(proto: SignatureDef): SignatureInfo {
  return {
    inputs: infosFromProto(proto.inputs),
    outputs: infosFromProto(proto.outputs),
    methodName: proto.methodName,
    defaults: new Map(
      Object.keys(proto.defaults)
        .sort()
        .map((key) => [key, tensorFromProto(proto.defaults[key]!)] as const),
    ),
  };
}

function infosFromProto(map: { readonly [key: string]: TensorInfoProto }): Map<string, TensorInfo> {
  return new Map(
    Object.keys(map)
      .sort()
      .map((key) => [key, infoFromProto(map[key]!)] as const),
  );
}

function infoFromProto(proto: TensorInfoProto): TensorInfo {
  const { encoding } = proto;
  const base = { dtype: dtypeFromNumber(proto.dtype), shape: shapeFromProto(proto.tensorShape) };
  if (encoding.case === "cooSparse") {
    const { valuesTensorName, indicesTensorName, denseShapeTensorName } = encoding.value;
    const sparse = { values: valuesTensorName, indices: indicesTensorName, denseShape: denseShapeTensorName };
    return { ...base, name: valuesTensorName, sparse };
  }
  if (encoding.case === "compositeTensor") return { ...base, name: firstComponent(encoding.value.components) };
  return { ...base, name: encoding.value ?? "" };
}

function firstComponent(components: readonly TensorInfoProto[]): string {
  const first = components[0]?.encoding;
  return first?.case === "name" ? first.value : "";
}

/** The SignatureDef message of a signature. */
export function signatureToProto(signature: SignatureInfo): SignatureDef {
  return create(SignatureDefSchema, {
    inputs: Object.fromEntries([...signature.inputs].map(([key, info]) => [key, infoToProto(info)])),
    outputs: Object.fromEntries([...signature.outputs].map(([key, info]) => [key, infoToProto(info)])),
    methodName: signature.methodName,
    defaults: Object.fromEntries([...signature.defaults].map(([key, value]) => [key, tensorToProto(value)])),
  });
}

function infoToProto(info: TensorInfo): TensorInfoProto {
  const { sparse } = info;
  return create(TensorInfoSchema, {
    dtype: dtypeNumber(info.dtype),
    tensorShape: shapeToProto(info.shape),
    encoding:
      sparse === undefined
        ? { case: "name", value: info.name }
        : {
            case: "cooSparse",
            value: create(TensorInfo_CooSparseSchema, {
              valuesTensorName: sparse.values,
              indicesTensorName: sparse.indices,
              denseShapeTensorName: sparse.denseShape,
            }),
          },
  });
}
