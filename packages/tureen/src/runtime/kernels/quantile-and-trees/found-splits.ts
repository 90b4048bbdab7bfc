import { floatValue, intValue, stringValue, type TensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { SplitChoice } from "./best-split.js";

/** Types of splits as bytes, which are many and alike. */
const typeBytes = new Map<string, Uint8Array>();

function bytesOf(type: string): Uint8Array {
  let bytes = typeBytes.get(type);
  if (bytes === undefined) {
    bytes = encodeText(type);
    typeBytes.set(type, bytes);
  }
  return bytes;
}

/** Splits found for nodes, as the ops give them out. */
export class FoundSplits {
  readonly nodes: number[] = [];
  readonly gains: number[] = [];
  readonly features: number[] = [];
  readonly splits: SplitChoice[] = [];

  /** `gain` is over not splitting; a tree's complexity is a price on each split. */
  add(node: number, gain: number, complexity: number, split: SplitChoice, feature = 0): void {
    this.nodes.push(node);
    this.gains.push(Math.fround(gain - complexity));
    this.features.push(feature);
    this.splits.push(split);
  }

  /** What the leaves on a side get, a row a split. */
  contributions(side: "left" | "right", logits: number): TensorValue {
    const data = new Float32Array(this.splits.length * logits);
    for (let i = 0; i < this.splits.length; i++) {
      const own = this.splits[i]![side];
      for (let k = 0; k < logits; k++) data[i * logits + k] = own[k]!;
    }
    return floatValue(data, [this.splits.length, logits]);
  }

  /** Nodes, gains, dimensions, buckets, both sides' contributions and types. */
  outputs(logits: number): TensorValue[] {
    return [
      intValue(this.nodes),
      floatValue(this.gains),
      intValue(this.splits.map((split) => split.dimension)),
      intValue(this.splits.map((split) => split.bucket)),
      this.contributions("left", logits),
      this.contributions("right", logits),
      stringValue(this.splits.map((split) => bytesOf(split.type))),
    ];
  }
}
