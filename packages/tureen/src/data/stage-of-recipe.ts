import type { TensorValue } from "../core/tensor-value.js";
import { parseExamplesStage } from "./example-features.js";
import type { Recipe } from "./recipe.js";
import { rowTable } from "./row-table.js";
import type { Stage } from "./stage.js";
import { batchStage } from "./stages/batch.js";
import { prefetchStage } from "./stages/prefetch.js";
import { shardStage, skipStage, takeStage } from "./stages/range-of-elements.js";
import { tfRecordStage } from "./stages/records.js";
import { repeatStage } from "./stages/repeat.js";
import { shuffleStage } from "./stages/shuffle.js";
import { rowStage } from "./stages/source.js";
import { flatten, isTensorValue, layoutOf } from "./structure.js";

/** The stage whose next pass is the one that the recipe was taken for. */
export function stageOfRecipe(recipe: Recipe): Stage {
  switch (recipe.kind) {
    case "rows": {
      const layout = layoutOf(recipe.tensors, isTensorValue);
      return rowStage(rowTable(layout, flatten<TensorValue>(layout, recipe.tensors)!));
    }
    case "tfRecord":
      return tfRecordStage(recipe.files, recipe.compression);
    case "shuffle":
      return shuffleStage(stageOfRecipe(recipe.source), recipe.bufferSize, recipe.state);
    case "repeat":
      return repeatStage(stageOfRecipe(recipe.source), recipe.count);
    case "take":
      return takeStage(stageOfRecipe(recipe.source), recipe.count);
    case "skip":
      return skipStage(stageOfRecipe(recipe.source), recipe.count);
    case "shard":
      return shardStage(stageOfRecipe(recipe.source), recipe.shards, recipe.index);
    case "parseExamples":
      return parseExamplesStage(stageOfRecipe(recipe.source), recipe.features, recipe.labelKey);
    case "batch":
      return batchStage(stageOfRecipe(recipe.source), recipe.size, { dropRemainder: recipe.dropRemainder });
    case "prefetch":
      return prefetchStage(stageOfRecipe(recipe.source), recipe.count);
  }
}
