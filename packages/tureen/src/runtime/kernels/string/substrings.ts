import { broadcastShapes, elementCount, type Shape, sameShape, shapeText, stridesOf } from "../../../core/shape.js";
import { invalidArgument, unimplemented } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { KernelFactory } from "../../kernel.js";
import { numbersOf } from "../sparse/integers.js";
import { countCharacters } from "./text-kernels.js";

/** Substr: parts of strings by position and length, in bytes or UTF-8 characters; a negative position counts from the end. */
export const substr: KernelFactory = ({ attrs }) => {
  const inCharacters = attrs.text("unit") === "UTF8_CHAR";
  return ([input, position, length]) => {
    if (!sameShape(position!.shape, length!.shape)) {
      throw invalidArgument(
        `pos and len should have the same shape, got: ${shapeText(position!.shape)} vs. ${shapeText(length!.shape)}`,
      );
    }
    const shape = resultShape(input!.shape, position!.shape);
    const count = elementCount(shape);
    const strings = input!.data as readonly Uint8Array[];
    const positions = numbersOf(position!);
    const lengths = numbersOf(length!);
    const stringAt = broadcastIndex(input!.shape, shape);
    const placeAt = broadcastIndex(position!.shape, shape);
    const result = new Array<Uint8Array>(count);
    for (let i = 0; i < count; i++) {
      const text = strings[stringAt(i)]!;
      const place = placeAt(i);
      result[i] = inCharacters
        ? characterRange(text, positions[place]!, lengths[place]!, i)
        : byteRange(text, positions[place]!, lengths[place]!, i);
    }
    return [tensorValue("string", shape, result)];
  };
};

function resultShape(input: Shape, position: Shape): Shape {
  if (position.length === 0 || sameShape(input, position)) return input;
  const rank = Math.max(input.length, position.length);
  const shape = broadcastShapes(input, position);
  if (shape === undefined) {
    throw invalidArgument(`Incompatible shapes: ${shapeText(input)} vs. ${shapeText(position)}`);
  }
  // TensorFlow broadcasts no further than this.
  if (rank > 2) throw unimplemented(`Substr broadcast not implemented for ${rank} dimensions`);
  return shape;
}

/** From an element of the broadcast shape to that of one operand. */
function broadcastIndex(shape: Shape, to: Shape): (i: number) => number {
  if (shape.length === 0) return () => 0;
  if (sameShape(shape, to)) return (i) => i;
  const strides = stridesOf(to);
  const own = stridesOf(shape);
  const offset = to.length - shape.length;
  return (i) => {
    let at = 0;
    for (let d = 0; d < shape.length; d++) {
      if (shape[d] !== 1) at += (Math.floor(i / strides[d + offset]!) % to[d + offset]!) * own[d]!;
    }
    return at;
  };
}

function byteRange(text: Uint8Array, position: number, length: number, i: number): Uint8Array {
  const start = position < 0 ? position + text.length : position;
  if (start < 0 || start > text.length) throw outside(position, i, text);
  // A negative length counts as a huge one, as C++ converts it.
  return length < 0 ? text.subarray(start) : text.subarray(start, Math.min(text.length, start + length));
}

function characterRange(text: Uint8Array, position: number, length: number, i: number): Uint8Array {
  const count = countCharacters(text);
  const first = position < 0 ? position + count : position;
  if (first < 0 || first > count) throw outside(position, i);
  const start = characterStart(text, 0, first);
  return text.subarray(start, characterStart(text, start, length));
}

/** Where the character starts that lies `count` characters behind one that starts at `from`. */
function characterStart(text: Uint8Array, from: number, count: number): number {
  let at = from;
  for (let seen = 0; seen < count && at < text.length; seen++) {
    at++;
    while (at < text.length && (text[at]! & 0xc0) === 0x80) at++;
  }
  return at;
}

function outside(position: number, i: number, text?: Uint8Array): Error {
  const shown = text === undefined ? "" : ` b'${decodeText(text)}'`;
  return invalidArgument(`pos ${position} out of range for string${shown} at index ${i}`);
}
