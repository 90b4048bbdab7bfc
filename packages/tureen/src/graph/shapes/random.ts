import type { PartialShape } from "../../core/shape.js";
import type { ShapeNode, ShapeRule, ShapeTable } from "../infer-shapes.js";
import { joinShapes, knownInteger, unknownSizes, withRank } from "./array/partial-shape.js";
import { sameAsInput } from "./array-basic.js";

function wanted(node: ShapeNode): PartialShape {
  const shape = node.shapeOf(0);
  if (shape !== undefined) return shape;
  const [length] = withRank(node.inputs[0]!.shape, 1);
  return length! < 0 ? undefined : unknownSizes(length!);
}

const shaped: ShapeRule = (node) => [wanted(node)];

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
  RandomShuffle: sameAsInput,
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
};
