import type { TfRecordCompression } from "../formats/tf-record-file.js";
import type { ExampleFeatures } from "./example-features.js";
import type { ShuffleState } from "./shuffle-seeds.js";
import type { Structure } from "./structure.js";

/**
 * The pass that a dataset would open next, as plain data: another thread can make the same elements in the same order of it.
 *
 * Only datasets without functions of the caller have one.
 */
export type Recipe =
  /** Rows of tensors in memory. */
  | { readonly kind: "rows"; readonly tensors: Structure }
  | { readonly kind: "tfRecord"; readonly files: readonly string[]; readonly compression: TfRecordCompression }
  | {
      readonly kind: "shuffle";
      readonly source: Recipe;
      readonly bufferSize: number;
      readonly state: ShuffleState;
    }
  | { readonly kind: "repeat" | "take" | "skip" | "prefetch"; readonly source: Recipe; readonly count: number }
  | { readonly kind: "shard"; readonly source: Recipe; readonly shards: number; readonly index: number }
  | {
      readonly kind: "parseExamples";
      readonly source: Recipe;
      readonly features: ExampleFeatures;
      readonly labelKey: string | undefined;
    }
  | { readonly kind: "batch"; readonly source: Recipe; readonly size: number; readonly dropRemainder: boolean };

/** Gives a stage's recipe; undefined where it has none. */
export type RecipeMaker = () => Recipe | undefined;

/** The recipe of a stage after `source`, where that has one. */
export function recipeAfter(
  source: { readonly recipe?: RecipeMaker | undefined },
  make: (source: Recipe) => Recipe,
): RecipeMaker {
  return () => {
    const before = source.recipe?.();
    return before === undefined ? undefined : make(before);
  };
}
