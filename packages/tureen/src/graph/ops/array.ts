export * from "./array-basic.js";
export * from "./array-diag.js";
export * from "./array-gather.js";
export * from "./array-join.js";
export * from "./array-rearrange.js";
export * from "./array-search.js";
export * from "./array-select.js";
export * from "./array-slice.js";
