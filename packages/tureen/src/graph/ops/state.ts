export * from "./state-ref.js";
export * from "./state-train.js";
export * from "./state-train-ref.js";
export * from "./state-train-sparse.js";
export * from "./state-variable.js";
