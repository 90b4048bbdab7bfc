import type { PartialShape } from "../../core/shape.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { joinShapes, knownInteger, unknownSizes, withRank } from "./array/partial-shape.js";
import { sameAsInput } from "./array-basic.js";
import { broadcastPartial } from "./array-select.js";
import { randomCandidateShapes } from "./random-candidates.js";

function wanted(node: ShapeNode, input = 0): PartialShape {
  const shape = node.shapeOf(input);
  if (shape !== undefined) return shape;
  const [length] = withRank(node.inputs[input]!.shape, 1);
  return length! < 0 ? undefined : unknownSizes(length!);
}

const shaped: ShapeRule = (node) => [wanted(node)];

/** The shape that input `input` holds. */
function shapedBy(input: number): ShapeRule {
  return (node) => [wanted(node, input)];
}

/** A vector where the index, the seed or the largest index has one entry a row, else a scalar. */
const indexShuffle: ShapeRule = ({ inputs }) => {
  const [index, seed, largest] = inputs.map(({ shape }) => shape);
  if (index === undefined || seed === undefined || largest === undefined) return [undefined];
  const rows = [index, seed.slice(0, -1), largest].filter((shape) => shape.length > 0).map((shape) => shape[0]!);
  return [rows.length === 0 ? [] : [rows.find((size) => size >= 0) ?? -1]];
};

const multinomial: ShapeRule = (node) => {
  const [rows] = withRank(node.inputs[0]!.shape, 2);
  withRank(node.inputs[1]!.shape, 0);
  return [[rows!, knownInteger(node.constant(1)) ?? -1]];
};

/** Shape rules of the random family. */
export const randomShapes: ShapeTable = {
  RandomUniform: shaped,
  RandomStandardNormal: shaped,
  TruncatedNormal: shaped,
  RandomUniformInt: shaped,
  ParameterizedTruncatedNormal: shaped,
  RandomGamma: (node) => [joinShapes(wanted(node), node.inputs[1]!.shape)],
  RandomPoisson: (node) => [joinShapes(wanted(node), node.inputs[1]!.shape)],
  RandomPoissonV2: (node) => [joinShapes(wanted(node), node.inputs[1]!.shape)],
  RandomGammaGrad: ({ inputs }) => [broadcastPartial(inputs[0]!.shape, inputs[1]!.shape)],
  RandomShuffle: sameAsInput,
  StatelessShuffle: sameAsInput,
  RandomIndexShuffle: indexShuffle,
  StatelessRandomGammaV2: shaped,
  StatelessRandomGammaV3: shaped,
  StatelessRandomPoisson: shaped,
  StatelessRandomBinomial: shaped,
  StatelessParameterizedTruncatedNormal: shaped,
  NonDeterministicInts: shaped,
  StatefulUniform: shapedBy(2),
  StatefulStandardNormal: shapedBy(1),
  StatefulStandardNormalV2: shapedBy(2),
  StatefulTruncatedNormal: shapedBy(2),
  StatefulUniformInt: shapedBy(2),
  StatefulUniformFullInt: shapedBy(2),
  StatefulRandomBinomial: shapedBy(2),
  RngReadAndSkip: () => [[3]],
  RngSkip: () => [],
  Multinomial: multinomial,
  StatelessMultinomial: multinomial,
  StatelessRandomUniform: shaped,
  StatelessRandomNormal: shaped,
  StatelessTruncatedNormal: shaped,
  StatelessRandomUniformInt: shaped,
  StatelessRandomUniformFullInt: shaped,
  StatelessRandomUniformV2: shaped,
  StatelessRandomNormalV2: shaped,
  StatelessTruncatedNormalV2: shaped,
  StatelessRandomUniformIntV2: shaped,
  StatelessRandomUniformFullIntV2: shaped,
  StatelessRandomGetKeyCounter: () => [[1], [2]],
  StatelessRandomGetAlg: () => [[]],
  StatelessRandomGetKeyCounterAlg: () => [[1], [2], []],
  ...randomCandidateShapes,
};
