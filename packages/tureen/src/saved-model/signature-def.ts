import { create } from "@bufbuild/protobuf";
import {
  type SignatureDef,
  SignatureDefSchema,
  type TensorInfo_CompositeTensor,
  TensorInfo_CompositeTensorSchema,
  TensorInfo_CooSparseSchema,
  type TensorInfo as TensorInfoProto,
  TensorInfoSchema,
} from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import { dtypeFromNumber, dtypeNumber } from "../core/dtype.js";
import { shapeFromProto, shapeToProto } from "../graph/attr-proto.js";
import { tensorFromProto, tensorToProto } from "../graph/tensor-proto.js";
import { raggedSpecFromProto } from "./composite-info.js";
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
  // It has neither dtype nor shape of its own.
  if (encoding.case === "compositeTensor") return compositeFromProto(encoding.value);
  const base = { dtype: dtypeFromNumber(proto.dtype), shape: shapeFromProto(proto.tensorShape) };
  if (encoding.case === "cooSparse") {
    const { valuesTensorName, indicesTensorName, denseShapeTensorName } = encoding.value;
    const sparse = { values: valuesTensorName, indices: indicesTensorName, denseShape: denseShapeTensorName };
    return { ...base, name: valuesTensorName, sparse };
  }
  return { ...base, name: encoding.value ?? "" };
}

function compositeFromProto({ components: protos, typeSpec }: TensorInfo_CompositeTensor): TensorInfo {
  const components = protos.map(infoFromProto);
  const first = components[0] ?? { name: "", dtype: "variant", shape: undefined };
  const { dtype, shape } = raggedSpecFromProto(typeSpec) ?? first;
  return { name: first.name, dtype, shape, composite: { components, typeSpec } };
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
  const { sparse, composite } = info;
  if (composite !== undefined) {
    const { components, typeSpec } = composite;
    const value = create(TensorInfo_CompositeTensorSchema, { components: components.map(infoToProto), typeSpec });
    return create(TensorInfoSchema, { encoding: { case: "compositeTensor", value } });
  }
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
