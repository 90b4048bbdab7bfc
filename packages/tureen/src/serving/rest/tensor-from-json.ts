import { allocate, type DataOf, type DType, dtypeLabel, dtypeWidth, type NumericArray } from "../../core/dtype.js";
import { toBfloat16, toFloat16 } from "../../core/half-float.js";
import { elementCount, type Shape } from "../../core/shape.js";
import { invalidArgument, type StatusError, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { decodeText } from "../../core/text.js";
import { debugText } from "./json-text.js";
import {
  arrayItems,
  arraySize,
  isArray,
  isNumber,
  isObject,
  isString,
  type JsonNumbers,
  type JsonValue,
  jsonTypeName,
} from "./json-value.js";

/** The shape that a value's nested lists have, by the first element of each. */
export function denseShape(value: JsonValue): number[] {
  const shape: number[] = [];
  let level: JsonValue | undefined = value;
  while (level !== undefined && isArray(level)) {
    const size = arraySize(level);
    shape.push(size);
    level = level.kind === "numbers" ? undefined : level.items[0];
  }
  return shape;
}

/**
 * Room for the elements of one tensor, filled from one JSON value after another.
 *
 * A complex number is a list `[real, imaginary]`: in the shapes here it counts as a last dimension of 2.
 */
export class TensorFiller {
  readonly dtype: DType;
  private readonly data: DataOf[DType];
  private count = 0;

  /** UNIMPLEMENTED is left to the first element: an empty list is fine for any dtype. */
  constructor(dtype: DType, elements: number) {
    this.dtype = dtype;
    this.data = allocate(dtype, Math.ceil(elements / dtypeWidth(dtype)));
  }

  /** Elements so far. */
  get filled(): number {
    return this.count;
  }

  /** The tensor of what was filled in. */
  tensor(shape: Shape): TensorValue {
    return tensorValue(this.dtype, dtypeWidth(this.dtype) === 1 ? shape : shape.slice(0, -1), this.data);
  }

  /**
   * Appends the elements of a value, whose nested lists must have the given shape. INVALID_ARGUMENT where they have not or where an
   * element is not of the dtype, UNIMPLEMENTED for a dtype that JSON cannot give.
   */
  fill(value: JsonValue, shape: Shape): void {
    if (dtypeWidth(this.dtype) === 2 && shape.at(-1) !== 2) {
      throw invalidArgument(
        `JSON Value: ${debugText(value)} is not of expected type: ${dtypeLabel(this.dtype)}, a list [real, imaginary] for each number`,
      );
    }
    // By hand and not by recursion: lists may nest half a million deep.
    const open: { items: readonly JsonValue[]; next: number }[] = [];
    let current: JsonValue = value;
    for (;;) {
      const level = open.length;
      if (!isArray(current)) {
        if (level !== shape.length) {
          throw invalidArgument(
            `JSON Value: ${debugText(current)} found at incorrect level: ${level + 1} in the JSON DOM. Expected at level: ${shape.length}`,
          );
        }
        this.element(current);
      } else {
        this.checkList(arraySize(current), level, shape);
        if (current.kind === "numbers" && level + 1 === shape.length && this.numbers(current)) {
          // All at once.
        } else {
          open.push({ items: arrayItems(current), next: 0 });
        }
      }
      let top = open[open.length - 1];
      while (top !== undefined && top.next === top.items.length) {
        open.pop();
        top = open[open.length - 1];
      }
      if (top === undefined) return;
      current = top.items[top.next++]!;
    }
  }

  private checkList(size: number, level: number, shape: Shape): void {
    if (level >= shape.length) {
      throw invalidArgument(`Encountered list at unexpected level: ${level} expected < ${shape.length}`);
    }
    if (size !== shape[level]) {
      throw invalidArgument(
        `Encountered list at unexpected size: ${size} at level: ${level} expected size: ${shape[level]}`,
      );
    }
  }

  /** Copies a list of numbers into the tensor; false where its elements have to be looked at one by one. */
  private numbers({ values, integers }: JsonNumbers): boolean {
    const { dtype, data, count } = this;
    if (dtype === "float32" || dtype === "float64" || dtype === "complex64" || dtype === "complex128") {
      (data as Float64Array).set(values, count);
    } else if (integers && isSmallInteger(dtype)) {
      if (dtype === "uint32" ? values.some(isNoUint32) : values.some(isNoInt32)) return false;
      (data as NumericArray & { set(values: ArrayLike<number>, offset: number): void }).set(values as never, count);
    } else if (integers && dtype === "int64") {
      const target = data as BigInt64Array;
      for (let i = 0; i < values.length; i++) target[count + i] = BigInt(values[i]!);
    } else {
      return false;
    }
    this.count += values.length;
    return true;
  }

  private element(value: JsonValue): void {
    const data = this.data as unknown as (number | bigint | Uint8Array)[];
    data[this.count] = this.converted(value);
    this.count += 1;
  }

  private converted(value: JsonValue): number | bigint | Uint8Array {
    const { dtype } = this;
    if (isObject(value)) {
      if (dtype === "string") return base64Object(value);
      throw typeError(value, dtype);
    }
    switch (dtype) {
      case "float32":
      case "float64":
      case "complex64":
      case "complex128":
        if (isNumber(value)) return value.value;
        break;
      // TensorFlow Serving has no JSON for 16-bit floats and uint16.
      case "float16":
        if (isNumber(value)) return toFloat16(value.value);
        break;
      case "bfloat16":
        if (isNumber(value)) return toBfloat16(value.value);
        break;
      case "uint16":
        if (isNumber(value) && inRange(value.integer, 0n, uint16Max)) return Number(value.integer);
        break;
      case "int32":
      case "int16":
      case "int8":
      case "uint8":
        // TensorFlow Serving checks 32 bits here; what does not fit 8 or 16 wraps around.
        if (isNumber(value) && inRange(value.integer, int32Min, int32Max)) return Number(value.integer);
        break;
      case "uint32":
        if (isNumber(value) && inRange(value.integer, 0n, uint32Max)) return Number(value.integer);
        break;
      case "int64":
        if (isNumber(value) && inRange(value.integer, int64Min, int64Max)) return value.integer!;
        break;
      case "uint64":
        if (isNumber(value) && inRange(value.integer, 0n, uint64Max)) return value.integer!;
        break;
      case "bool":
        if (typeof value === "boolean") return value ? 1 : 0;
        break;
      case "string":
        if (isString(value)) return value;
        break;
      default:
        throw unimplemented(`Conversion of JSON Value: ${debugText(value)} to type: ${dtypeLabel(dtype)}`);
    }
    throw typeError(value, dtype);
  }
}

const int32Min = -(2n ** 31n);
const int32Max = 2n ** 31n - 1n;
const uint16Max = 2n ** 16n - 1n;
const uint32Max = 2n ** 32n - 1n;
const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

function inRange(value: bigint | undefined, least: bigint, most: bigint): boolean {
  return value !== undefined && value >= least && value <= most;
}

function isNoInt32(value: number): boolean {
  return value !== (value | 0);
}

function isNoUint32(value: number): boolean {
  return value !== value >>> 0;
}

function isSmallInteger(dtype: DType): boolean {
  return dtype === "int32" || dtype === "int16" || dtype === "int8" || dtype === "uint8" || dtype === "uint32";
}

function typeError(value: JsonValue, dtype: DType): StatusError {
  return invalidArgument(
    `JSON Value: ${debugText(value)} Type: ${jsonTypeName(value)} is not of expected type: ${dtypeLabel(dtype)}`,
  );
}

/** Whether the value is `{"b64": "<text>"}`, the form of byte strings. */
export function isBase64Object(value: JsonValue): boolean {
  return isObject(value) && value.keys.length === 1 && value.keys[0] === "b64" && isString(value.values[0]!);
}

/** The bytes that `{"b64": …}` stands for; INVALID_ARGUMENT where it is not of that form or not base64. */
export function base64Object(value: JsonValue): Uint8Array {
  if (!isBase64Object(value) || !isObject(value)) {
    throw invalidArgument(`JSON Value: ${debugText(value)} not formatted correctly for base64 data`);
  }
  return decodeBase64(decodeText(value.values[0] as Uint8Array));
}

/** absl::Base64Unescape: blanks are passed over, padding is optional but must be right where there is some. */
function decodeBase64(text: string): Uint8Array {
  const plain = text.replace(/[ \t\n\v\f\r]/g, "");
  const body = plain.replace(/[=.]+$/, "");
  const padding = plain.length - body.length;
  const rest = body.length % 4;
  const isRight = /^[A-Za-z0-9+/]*$/.test(body) && rest !== 1 && (padding === 0 || padding === (4 - rest) % 4);
  if (!isRight) throw invalidArgument("Unable to base64 decode");
  return new Uint8Array(Buffer.from(body, "base64"));
}

/** A tensor of one value alone, its shape the value's own. */
export function tensorFromJson(value: JsonValue, dtype: DType): TensorValue {
  const shape = denseShape(value);
  const filler = new TensorFiller(dtype, elementsOf(value, shape));
  filler.fill(value, shape);
  return filler.tensor(shape);
}

/** How many elements the tensor of a value has at most: a bound that the request's own size keeps, whatever its shape claims. */
function elementsOf(value: JsonValue, shape: Shape): number {
  return Math.min(elementCount(shape), countLeaves(value));
}

/** The number of scalars in nested lists. */
export function countLeaves(value: JsonValue): number {
  const open: JsonValue[] = [value];
  let count = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!isArray(next)) count += 1;
    else if (next.kind === "numbers") count += next.values.length;
    else for (const item of next.items) open.push(item);
  }
  return count;
}
