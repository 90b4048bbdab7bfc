import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { NumericArray } from "../core/dtype.js";
import { StatusError } from "../core/status-error.js";
import type { TensorValue } from "../core/tensor-value.js";

/** The path of a file that real TensorFlow wrote (`interop/formats/make_fixtures.py`). */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** The bytes of a fixture. */
export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixturePath(name)));
}

/** The content of a JSON fixture, whose shape the test states. */
export function fixtureJson<T>(name: string): T {
  return JSON.parse(readFileSync(fixturePath(name), "utf8")) as T;
}

/** The bytes of hexadecimal digits. */
export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

/** The hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

/** A tensor as the fixtures describe it. */
export interface DescribedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes?: string;
  readonly strings?: readonly string[];
}

/** The description of a value, to compare with a fixture's. */
export function describeTensor(value: TensorValue): DescribedTensor {
  const { dtype, shape } = value;
  if (dtype === "string") return { dtype, shape, strings: (value.data as readonly Uint8Array[]).map(toHex) };
  const data = value.data as NumericArray;
  return { dtype, shape, bytes: toHex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) };
}

const pythonErrors: Readonly<Record<string, string>> = {
  InvalidArgumentError: "INVALID_ARGUMENT",
  InternalError: "INTERNAL",
  NotFoundError: "NOT_FOUND",
  DataLossError: "DATA_LOSS",
};

/** What a recorded call gave: a value, or the class and text of Python's error. */
export interface Recorded<T> {
  readonly value?: T;
  readonly code?: string;
  readonly error?: string;
}

/** A recorded error as `CODE: text`, a recorded value as itself. */
export function recordedOutcome<T>(recorded: Recorded<T>): T | string {
  return recorded.code === undefined ? recorded.value! : `${pythonErrors[recorded.code]}: ${recorded.error}`;
}

/** What a call gives, or its StatusError as `CODE: text`; any other error is thrown on. */
export function outcomeOf<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof StatusError) return error.toString();
    throw error;
  }
}

/** A folder that goes when the test is over. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "tureen-formats-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The bytes cut at every length and with every byte changed, each with the offset of the damage. */
export function* damaged(
  bytes: Uint8Array,
): Generator<{ readonly kind: "cut" | "flip"; at: number; bytes: Uint8Array }> {
  for (let at = 0; at < bytes.length; at++) {
    yield { kind: "cut", at, bytes: bytes.slice(0, at) };
    for (const mask of [1, 0x80, 0xff]) {
      const flipped = bytes.slice();
      flipped[at]! ^= mask;
      yield { kind: "flip", at, bytes: flipped };
    }
  }
}
