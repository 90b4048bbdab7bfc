export * from "./list-array.js";
export * from "./list-tensor.js";
