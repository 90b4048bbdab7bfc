export * from "./reduce-axes.js";
export * from "./reduce-segment.js";
