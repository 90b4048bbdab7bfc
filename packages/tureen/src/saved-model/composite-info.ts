import { create } from "@bufbuild/protobuf";
import {
  type StructuredValue,
  StructuredValueSchema,
  TupleValueSchema,
  type TypeSpecProto,
  TypeSpecProto_TypeSpecClass,
  TypeSpecProtoSchema,
} from "@tureen/protos/gen/tensorflow/core/protobuf/struct_pb";
import { type DType, dtypeFromNumber, dtypeNumber } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { shapeFromProto, shapeToProto } from "../graph/attr-proto.js";
import type { Graph, Tensor } from "../graph/graph.js";
import type { TensorInfo } from "./signature.js";

/** What the type of a ragged tensor is (`tf.RaggedTensorSpec`). */
export interface RaggedSpec {
  readonly dtype: DType;
  readonly shape: PartialShape;
  /** How many of the dimensions are ragged. */
  readonly raggedRank: number;
  readonly rowSplitsDtype: DType;
}

/** The message of a ragged tensor's type. */
export function raggedSpecToProto({ dtype, shape, raggedRank, rowSplitsDtype }: RaggedSpec): TypeSpecProto {
  const values: StructuredValue["kind"][] = [
    { case: "tensorShapeValue", value: shapeToProto(shape) },
    { case: "tensorDtypeValue", value: dtypeNumber(dtype) },
    { case: "int64Value", value: BigInt(raggedRank) },
    { case: "tensorDtypeValue", value: dtypeNumber(rowSplitsDtype) },
  ];
  const tuple = create(TupleValueSchema, { values: values.map((kind) => create(StructuredValueSchema, { kind })) });
  return create(TypeSpecProtoSchema, {
    typeSpecClass: TypeSpecProto_TypeSpecClass.RAGGED_TENSOR_SPEC,
    typeState: create(StructuredValueSchema, { kind: { case: "tupleValue", value: tuple } }),
    typeSpecClassName: "RaggedTensorSpec",
    numFlatComponents: raggedRank + 1,
  });
}

/** What a type's message says of ragged tensors; undefined for other types, and for what no TensorFlow writes. */
export function raggedSpecFromProto(proto: TypeSpecProto | undefined): RaggedSpec | undefined {
  if (proto?.typeSpecClass !== TypeSpecProto_TypeSpecClass.RAGGED_TENSOR_SPEC) return undefined;
  const state = proto.typeState?.kind;
  if (state?.case !== "tupleValue") return undefined;
  const [shape, dtype, rank, splits] = state.value.values.map(({ kind }) => kind);
  if (shape?.case !== "tensorShapeValue" || dtype?.case !== "tensorDtypeValue" || rank?.case !== "int64Value") {
    return undefined;
  }
  return {
    shape: shapeFromProto(shape.value),
    dtype: dtypeFromNumber(dtype.value),
    raggedRank: Number(rank.value),
    rowSplitsDtype: splits?.case === "tensorDtypeValue" ? dtypeFromNumber(splits.value) : "int64",
  };
}

/** The names of the tensors that an input or output is made of: its own, the three of a sparse one, the components of a composite one. */
export function componentNames({ name, sparse, composite }: TensorInfo): readonly string[] {
  if (sparse !== undefined) return [sparse.indices, sparse.values, sparse.denseShape];
  return composite === undefined ? [name] : composite.components.flatMap(componentNames);
}

/** The tensors that inputs or outputs are made of. */
export function componentTensors(graph: Graph, infos: ReadonlyMap<string, TensorInfo>): Tensor[] {
  return [...infos.values()].flatMap(componentNames).map((name) => graph.tensor(name));
}
