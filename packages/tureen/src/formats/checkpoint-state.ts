import { existsSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { readWholeFile, writeFileAtomically } from "../core/file-system.js";
import { dataLoss, invalidArgument, StatusError } from "../core/status-error.js";
import { decodeText, encodeText } from "../core/text.js";
import { bundleIndexPath } from "./tensor-bundle-reader.js";

/** `tensorflow.CheckpointState`: the content of the file `checkpoint` beside the checkpoints of a model. */
export interface CheckpointState {
  /** The most recent checkpoint. */
  readonly modelCheckpointPath: string;
  /** All that are kept, the oldest first and the most recent last. */
  readonly allModelCheckpointPaths: readonly string[];
  /** When each of them was made, in seconds since the epoch; as many as paths, or none. */
  readonly allModelCheckpointTimestamps: readonly number[];
  /** When a checkpoint was last kept for good (`keep_checkpoint_every_n_hours`); 0 for never. */
  readonly lastPreservedTimestamp: number;
}

/** The name of the file, unless someone chose another. */
export const checkpointStateFile = "checkpoint";

const namedEscapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 };

/** A string literal as protobuf's text format writes it: everything but printable ASCII escaped. */
function quoteText(text: string): string {
  let result = '"';
  for (const byte of encodeText(text)) {
    const char = String.fromCharCode(byte);
    if (char === "\n") result += "\\n";
    else if (char === "\r") result += "\\r";
    else if (char === "\t") result += "\\t";
    else if (char === '"' || char === "'" || char === "\\") result += `\\${char}`;
    else if (byte < 0x20 || byte >= 0x7f) result += `\\${byte.toString(8).padStart(3, "0")}`;
    else result += char;
  }
  return `${result}"`;
}

/** A double as Python prints it, which is how TensorFlow's file has it: a point or an exponent always, exponents from 1e16 and below 1e-4. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (size >= 1e-4 && size < 1e16) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits, exponent] = value.toExponential().split("e") as [string, string];
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** The text of a state, in protobuf's text format, as TensorFlow writes it. */
export function formatCheckpointState(state: CheckpointState): string {
  const lines: string[] = [];
  if (state.modelCheckpointPath !== "") lines.push(`model_checkpoint_path: ${quoteText(state.modelCheckpointPath)}`);
  for (const path of state.allModelCheckpointPaths) lines.push(`all_model_checkpoint_paths: ${quoteText(path)}`);
  for (const time of state.allModelCheckpointTimestamps) {
    lines.push(`all_model_checkpoint_timestamps: ${doubleText(time)}`);
  }
  if (state.lastPreservedTimestamp !== 0) {
    lines.push(`last_preserved_timestamp: ${doubleText(state.lastPreservedTimestamp)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Names, literals and punctuation of the text format; blanks and comments match nothing. */
const token =
  /\s+|#[^\n]*|([A-Za-z_]\w*)|("(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')|([+-]?[.\d][\w.+-]*)|([-:;,[\]])/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (match === null) throw badState(`unexpected character at ${at}`);
    const found = match[1] ?? match[2] ?? match[3] ?? match[4];
    if (found !== undefined) tokens.push(found);
  }
  return tokens;
}

function badState(detail: string): StatusError {
  return dataLoss(`Could not parse the checkpoint state: ${detail}`);
}

function unquote(literal: string): Uint8Array {
  if (!/^["']/.test(literal)) throw badState(`expected a string, found ${literal}`);
  const bytes: number[] = [];
  const escapes = /\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|[^\\]+/gsu;
  for (const [all, octal, hex, short, long, char] of literal.slice(1, -1).matchAll(escapes)) {
    const point = short ?? long;
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 255);
    else if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (point !== undefined) {
      const code = Number.parseInt(point, 16);
      if (code > 0x10ffff) throw badState(`bad escape ${all}`);
      bytes.push(...encodeText(String.fromCodePoint(code)));
    } else if (char === undefined) bytes.push(...encodeText(all));
    else if (Object.hasOwn(namedEscapes, char)) bytes.push(namedEscapes[char]!);
    else if (/["'\\?]/.test(char)) bytes.push(char.charCodeAt(0));
    else throw badState(`bad escape ${all}`);
  }
  return Uint8Array.from(bytes);
}

function toDouble(literal: string): number {
  const named: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: NaN };
  const negative = literal.startsWith("-");
  const plain = literal.replace(/^[-+]/, "").toLowerCase();
  const value = Object.hasOwn(named, plain) ? named[plain]! : Number(plain.replace(/f$/, ""));
  if (Number.isNaN(value) && plain !== "nan") throw badState(`expected a number, found ${literal}`);
  return negative ? -value : value;
}

/** The state of a text in protobuf's text format; DATA_LOSS for what is none or has other fields. */
export function parseCheckpointState(text: string): CheckpointState {
  const tokens = tokenize(text);
  let modelCheckpointPath = "";
  let lastPreservedTimestamp = 0;
  const paths: string[] = [];
  const timestamps: number[] = [];
  let i = 0;
  const next = (): string => {
    const found = tokens[i++];
    if (found === undefined) throw badState("it ends too early");
    return found;
  };
  const path = (): string => {
    let bytes = Buffer.from(unquote(next()));
    // Adjacent literals are one string.
    while (/^["']/.test(tokens[i] ?? "")) bytes = Buffer.concat([bytes, unquote(next())]);
    return decodeText(bytes);
  };
  const double = (): number => {
    const literal = next();
    return toDouble(literal === "-" ? `-${next()}` : literal);
  };
  /** One value, or a list of them in brackets. */
  const each = <T>(read: () => T, take: (value: T) => void): void => {
    if (tokens[i] !== "[") {
      take(read());
      return;
    }
    i += 1;
    while (tokens[i] !== "]") {
      take(read());
      if (tokens[i] === ",") i += 1;
      else if (tokens[i] !== "]") throw badState("a list is not closed");
    }
    i += 1;
  };
  while (i < tokens.length) {
    const field = next();
    if (next() !== ":") throw badState(`expected a colon after ${field}`);
    if (field === "model_checkpoint_path") modelCheckpointPath = path();
    else if (field === "all_model_checkpoint_paths") each(path, (value) => paths.push(value));
    else if (field === "all_model_checkpoint_timestamps") each(double, (value) => timestamps.push(value));
    else if (field === "last_preserved_timestamp") lastPreservedTimestamp = double();
    else throw badState(`it has no field ${field}`);
    if (tokens[i] === ";" || tokens[i] === ",") i += 1;
  }
  return {
    modelCheckpointPath,
    allModelCheckpointPaths: paths,
    allModelCheckpointTimestamps: timestamps,
    lastPreservedTimestamp,
  };
}

/**
 * The state of a folder with its paths resolved against the folder, as `tf.train.get_checkpoint_state` gives it; undefined where there is no
 * state file. DATA_LOSS for a file that cannot be parsed or names no checkpoint.
 */
export function readCheckpointState(
  directory: string,
  file: string = checkpointStateFile,
): CheckpointState | undefined {
  let text: string;
  try {
    text = decodeText(readWholeFile(join(directory, file)));
  } catch (error) {
    if (error instanceof StatusError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
  const state = parseCheckpointState(text);
  if (state.modelCheckpointPath === "") throw badState(`no model_checkpoint_path present in ${join(directory, file)}`);
  const resolved = (path: string): string => (isAbsolute(path) ? path : join(directory, path));
  return {
    ...state,
    modelCheckpointPath: resolved(state.modelCheckpointPath),
    allModelCheckpointPaths: state.allModelCheckpointPaths.map(resolved),
  };
}

/**
 * Writes the state of a folder, atomically and with paths relative to the folder, so that the folder can move
 * (`update_checkpoint_state_internal` with `save_relative_paths`).
 *
 * The most recent path is put last among all paths where it is not. INVALID_ARGUMENT unless there are no timestamps or as many as paths.
 */
export function writeCheckpointState(
  directory: string,
  state: Pick<CheckpointState, "modelCheckpointPath"> & Partial<CheckpointState>,
  file: string = checkpointStateFile,
): void {
  const latest = state.modelCheckpointPath;
  const given = state.allModelCheckpointPaths ?? [];
  const all = given.at(-1) === latest ? given : [...given, latest];
  const timestamps = state.allModelCheckpointTimestamps ?? [];
  if (timestamps.length > 0 && timestamps.length !== all.length) {
    throw invalidArgument(
      `Checkpoint timestamps, if provided, must match checkpoint paths (got ${all.length} paths and ${timestamps.length} timestamps)`,
    );
  }
  // A relative path in an absolute folder stays as it is: TensorFlow takes it for relative to that folder.
  const relativePath = (path: string): string =>
    isAbsolute(path) || !isAbsolute(directory) ? relative(directory, path) : path;
  const text = formatCheckpointState({
    modelCheckpointPath: relativePath(latest),
    allModelCheckpointPaths: all.map(relativePath),
    allModelCheckpointTimestamps: timestamps,
    lastPreservedTimestamp: state.lastPreservedTimestamp ?? 0,
  });
  writeFileAtomically(join(directory, file), encodeText(text));
}

/** The prefix of a folder's most recent checkpoint, undefined where there is none or its index is gone (`tf.train.latest_checkpoint`). */
export function latestCheckpoint(directory: string, file: string = checkpointStateFile): string | undefined {
  const path = readCheckpointState(directory, file)?.modelCheckpointPath;
  return path !== undefined && existsSync(bundleIndexPath(path)) ? path : undefined;
}
