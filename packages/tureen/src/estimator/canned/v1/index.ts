export {
  BaselineClassifier,
  BaselineEstimator,
  BaselineRegressor,
  DNNClassifier,
  DNNEstimator,
  DNNLinearCombinedClassifier,
  DNNLinearCombinedEstimator,
  DNNLinearCombinedRegressor,
  DNNRegressor,
  LinearClassifier,
  LinearEstimator,
  LinearRegressor,
} from "./estimators.js";
