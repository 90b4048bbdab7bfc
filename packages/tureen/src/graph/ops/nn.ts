export * from "./nn-activation.js";
export * from "./nn-conv.js";
export * from "./nn-loss.js";
export * from "./nn-normalize.js";
export * from "./nn-pool.js";
export * from "./nn-quantize.js";
export * from "./nn-recurrent.js";
