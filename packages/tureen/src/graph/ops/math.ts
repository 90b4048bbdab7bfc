export * from "./math-binary.js";
export * from "./math-misc.js";
export * from "./math-special.js";
export * from "./math-unary.js";
