import type { Attrs } from "../../../graph/attr-value.js";

/** The attributes `l1` and `l2` as weights feel them. */
export interface Regularization {
  readonly l2: number;
  /** So much nearer to zero are weights than they are kept. */
  readonly shrinkage: number;
}

/** Reads `l1` and `l2`; both are float32, and so is what is made of them. */
export function regularizationOf(attrs: Attrs): Regularization {
  const l2 = Math.fround(attrs.float("l2"));
  return { l2, shrinkage: Math.fround(attrs.float("l1") / l2) };
}

/** A weight brought nearer to zero, not beyond it. */
export function shrink(weight: number, shrinkage: number): number {
  return Math.sign(weight) * Math.max(Math.abs(weight) - shrinkage, 0);
}
