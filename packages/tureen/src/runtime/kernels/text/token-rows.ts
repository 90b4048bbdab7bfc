import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { int64Value, integerValue } from "../sparse/integers.js";

/** Tokens of several texts, with where each lies in its text and where each text's tokens begin. */
export class TokenRows {
  readonly tokens: Uint8Array[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly splits: number[] = [0];

  /** Adds a token that lies at these bytes of its text. */
  add(token: Uint8Array, start: number, end: number): void {
    this.tokens.push(token);
    this.starts.push(start);
    this.ends.push(end);
  }

  /** Ends a text. */
  endRow(): void {
    this.splits.push(this.tokens.length);
  }

  /** The tokens as a string vector. */
  tokenValue(): TensorValue {
    return tensorValue("string", [this.tokens.length], this.tokens);
  }

  /** Starts and ends of tokens. */
  offsetValues(dtype: "int32" | "int64"): TensorValue[] {
    const shape = [this.tokens.length];
    return [integerValue(dtype, shape, this.starts), integerValue(dtype, shape, this.ends)];
  }

  /** Where rows begin, and the end. */
  splitValue(): TensorValue {
    return int64Value([this.splits.length], this.splits);
  }
}
