export * from "./quantile-and-trees-ensemble.js";
export * from "./quantile-and-trees-quantiles.js";
export * from "./quantile-and-trees-stats.js";
