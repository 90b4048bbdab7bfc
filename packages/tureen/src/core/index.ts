export * from "./clock.js";
export * from "./dtype.js";
export * from "./shape.js";
export * from "./status-error.js";
export * from "./tensor-value.js";
export * from "./text.js";
