/** The hot codec of `tensorflow.TensorProto`: loads no descriptors. */
export { decodeTensorProto, type TensorLimits } from "./decode-tensor-proto.js";
export { encodeTensorProto, type TensorEncoding } from "./encode-tensor-proto.js";
export {
  type NumericTensorData,
  type TensorData,
  type TensorLayout,
  type TensorMessage,
  tensorLayouts,
} from "./tensor-data.js";
export { WireError, type WireErrorReason } from "./wire-error.js";
