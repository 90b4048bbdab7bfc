import { decodeElement, encodeElement } from "../../data/element-bytes.js";
import type { Recipe } from "../../data/recipe.js";
import type { PackedRecipe } from "./ahead-protocol.js";

/** Tables above this size are not copied for another thread. */
const mostBytes = 1 << 28;

/** A recipe with its tensors as bytes; undefined where they are too many to be copied, or nothing that has bytes. */
export function packRecipe(recipe: Recipe): PackedRecipe | undefined {
  if (recipe.kind === "rows") {
    try {
      const element = encodeElement(recipe.tensors);
      return element.length > mostBytes ? undefined : { kind: "packedRows", element };
    } catch {
      return undefined;
    }
  }
  if (!("source" in recipe)) return recipe;
  const source = packRecipe(recipe.source);
  return source === undefined ? undefined : ({ ...recipe, source } as PackedRecipe);
}

/** The recipe that was packed. */
export function unpackRecipe(packed: PackedRecipe): Recipe {
  if (packed.kind === "packedRows") return { kind: "rows", tensors: decodeElement(packed.element) };
  if (!("source" in packed)) return packed;
  return { ...packed, source: unpackRecipe(packed.source) } as Recipe;
}

/** The memory of a packed recipe's tensors, to be handed over rather than copied. */
export function buffersOf(packed: PackedRecipe): ArrayBuffer[] {
  if (packed.kind === "packedRows") return [packed.element.buffer];
  return "source" in packed ? buffersOf(packed.source) : [];
}
