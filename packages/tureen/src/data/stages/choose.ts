import { invalidArgument } from "../../core/status-error.js";
import { scalarValue, type TensorValue } from "../../core/tensor-value.js";
import { freshSeed, type RandomBits, xoshiro } from "../random.js";
import {
  type Cursor,
  closeAll,
  type MaybePromise,
  nothingYet,
  type Stage,
  type Step,
  stepUntilGiven,
  whenHere,
} from "../stage.js";
import type { Structure } from "../structure.js";
import { commonSpecOf } from "./combine.js";

/** When a choice among datasets ends. */
export interface ChooseOptions {
  /** Whether the pass ends at the first dataset that is chosen when it has nothing more; else it is passed over. */
  readonly stopOnEmptyDataset?: boolean | undefined;
}

/** How datasets are sampled. */
export interface SampleOptions extends ChooseOptions {
  /** How likely each dataset is, in any unit; all alike unless said. */
  readonly weights?: readonly number[] | undefined;
  /** The same seed gives the same choices on each pass; random ones without. */
  readonly seed?: number | undefined;
}

/** INVALID_ARGUMENT where there is nothing to choose among. */
function checkSome(stages: readonly Stage[]): void {
  if (stages.length === 0) throw invalidArgument("Invalid `datasets`. `datasets` should not be empty.");
}

/** Elements of the stages in the order that numbers from `choices` say. Semantics: `DirectedInterleaveDataset`. */
function directedCursor(stages: readonly Stage[], choices: Cursor, stopOnEmpty: boolean): Cursor {
  const cursors: (Cursor | undefined)[] = stages.map((stage) => stage.open());
  const take = (place: number, element: Structure | undefined): Step => {
    if (element !== undefined) return element;
    cursors[place] = undefined;
    return stopOnEmpty || cursors.every((cursor) => cursor === undefined) ? undefined : nothingYet;
  };
  const choose = (choice: Structure | undefined): MaybePromise<Step> => {
    if (choice === undefined) return undefined;
    const place = Number((choice as TensorValue).data[0]);
    if (!(place >= 0 && place < cursors.length)) {
      throw invalidArgument(`Selector index out of range: ${place} >= ${cursors.length}`);
    }
    const cursor = cursors[place];
    return cursor === undefined ? nothingYet : whenHere(cursor.next(), (element) => take(place, element));
  };
  const step = (): MaybePromise<Step> => whenHere(choices.next(), choose);
  return { next: () => stepUntilGiven(step), close: () => closeAll([...cursors, choices]) };
}

/** The elements of the stages, each time of the one whose number the next element of `choices` is. */
export function chooseStage(
  stages: readonly Stage[],
  choices: Stage,
  { stopOnEmptyDataset = true }: ChooseOptions,
): Stage {
  checkSome(stages);
  return {
    open: () => directedCursor(stages, choices.open(), stopOnEmptyDataset),
    spec: () => commonSpecOf(stages),
  };
}

/** The elements of the stages, each time of one drawn at random. The generator is xoshiro128**, so the order is not TensorFlow's. */
export function sampleStage(stages: readonly Stage[], options: SampleOptions): Stage {
  const { weights = stages.map(() => 1), seed, stopOnEmptyDataset = false } = options;
  checkSome(stages);
  if (weights.length !== stages.length) {
    throw invalidArgument(
      `Invalid \`weights\`. \`weights\` should have the same length as \`datasets\` but got \`len(weights)=${weights.length}\` vs. \`len(datasets)=${stages.length}\`.`,
    );
  }
  if (!weights.every((weight) => weight >= 0 && weight < Number.POSITIVE_INFINITY) || weights.every((w) => w === 0)) {
    throw invalidArgument("`weights` must be finite numbers of 0 or more, and not all 0");
  }
  // What has no weight is never drawn: its end need not be waited for.
  const drawn = stages.filter((_, i) => weights[i]! > 0);
  const bounds: number[] = [];
  for (const weight of weights) if (weight > 0) bounds.push((bounds.at(-1) ?? 0) + weight);
  return {
    open: () => directedCursor(drawn, randomChoices(bounds, xoshiro(seed ?? freshSeed(), 0)), stopOnEmptyDataset),
    spec: () => commonSpecOf(stages),
  };
}

/** Numbers without end, each as likely as it is far from its bound to the one before. */
function randomChoices(bounds: readonly number[], bits: RandomBits): Cursor {
  const total = bounds.at(-1)!;
  const draw = (): number => {
    const at = bits() * 2 ** -32 * total;
    return bounds.findIndex((bound) => at < bound);
  };
  return { next: () => scalarValue("int64", draw()), close: () => undefined };
}
