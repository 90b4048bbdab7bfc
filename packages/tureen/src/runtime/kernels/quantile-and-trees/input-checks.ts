import { shapeText } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";

/** The sole element of a float tensor that must be a scalar, as TensorFlow checks it. */
export function floatScalar(value: TensorValue, name: string): number {
  if (value.shape.length !== 0) {
    throw invalidArgument(`${name} must be a scalar, got a tensor of shape ${shapeText(value.shape)}`);
  }
  return (value.data as Float32Array)[0]!;
}

/** The same for an integer. */
export function integerScalar(value: TensorValue, name: string): number {
  if (value.shape.length !== 0) {
    throw invalidArgument(`${name} must be a scalar, got a tensor of shape ${shapeText(value.shape)}`);
  }
  return Number((value.data as ArrayLike<number | bigint>)[0]);
}

/** INVALID_ARGUMENT unless a tensor has the rank; `told` begins the text: `node_ids must be a vector, received shape`. */
export function checkRank(value: TensorValue, rank: number, told: string): void {
  if (value.shape.length !== rank) throw invalidArgument(`${told} ${shapeText(value.shape)}`);
}

/** INVALID_ARGUMENT unless a tensor has the rank, for inputs that TensorFlow reads without a check. */
export function requireRank(value: TensorValue, rank: number, name: string): void {
  if (value.shape.length !== rank) {
    throw invalidArgument(`${name} must have rank ${rank}, got a tensor of shape ${shapeText(value.shape)}`);
  }
}

/** The elements of a float tensor. */
export function floats(value: TensorValue): Float32Array {
  return value.data as Float32Array;
}

/** The elements of an int32 tensor. */
export function ints(value: TensorValue): Int32Array {
  return value.data as Int32Array;
}
