export { parseExample } from "./estimator/feature-column/parse-example.js";
export {
  type ExampleFeature,
  type FixedLenFeature,
  type FixedLenSequenceFeature,
  fixedLenFeature,
  fixedLenSequenceFeature,
  type ParseExampleSpec,
  type RaggedFeature,
  type RaggedParseExampleSpec,
  raggedFeature,
  type SparseFeature,
  sparseFeature,
  type VarLenFeature,
  varLenFeature,
} from "./estimator/feature-column/parse-spec.js";
