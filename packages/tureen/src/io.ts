export { parseExample } from "./estimator/feature-column/parse-example.js";
export {
  type ExampleFeature,
  type FixedLenFeature,
  fixedLenFeature,
  type FixedLenSequenceFeature,
  fixedLenSequenceFeature,
  type ParseExampleSpec,
  type SparseFeature,
  sparseFeature,
  type VarLenFeature,
  varLenFeature,
} from "./estimator/feature-column/parse-spec.js";
