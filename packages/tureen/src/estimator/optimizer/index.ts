export { getOptimizer, type OptimizerLike } from "./get-optimizer.js";
export { Adadelta } from "./keras/adadelta.js";
export { Adagrad } from "./keras/adagrad.js";
export { Adam } from "./keras/adam.js";
export { Adamax } from "./keras/adamax.js";
export { Ftrl } from "./keras/ftrl.js";
export { Nadam, type NadamOptions } from "./keras/nadam.js";
export { RMSprop } from "./keras/rmsprop.js";
export { SGD } from "./keras/sgd.js";
export type { LearningRate, LearningRateSchedule } from "./learning-rate.js";
export * from "./learning-rate-schedules.js";
export type { Optimizer } from "./optimizer.js";
export { adadeltaOptimizer } from "./train/adadelta.js";
export { adagradOptimizer, proximalAdagradOptimizer } from "./train/adagrad.js";
export { type AdagradDAOptimizerOptions, adagradDAOptimizer } from "./train/adagrad-da.js";
export { adamOptimizer } from "./train/adam.js";
export { ftrlOptimizer } from "./train/ftrl.js";
export {
  gradientDescentOptimizer,
  momentumOptimizer,
  proximalGradientDescentOptimizer,
} from "./train/gradient-descent.js";
export { rmsPropOptimizer } from "./train/rmsprop.js";
