/** The hot codec of `tensorflow.Example`: loads no descriptors. */
export { bytes, encodeExample, type FeatureValue, float, int64, type TypedFeature } from "./encode-example.js";
export {
  countBytesList,
  countFloatList,
  countInt64List,
  readBytesList,
  readFloatList,
  readInt64List,
} from "./feature-lists.js";
export { type FeatureKind, type FeatureVisitor, featureKind, scanExample, scanFeatures } from "./scan-example.js";
export { WireError, type WireErrorReason } from "./wire-error.js";
