import { toBinary } from "@bufbuild/protobuf";
import { decodeMessage } from "@tureen/protos/decode-message";
import { SavedModelSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/saved_model_pb";
import { encodeText } from "../../core/text.js";
import { TableReader, writeTable } from "../../formats/table.js";

/** Gives numbers in [0, below), the same ones for a seed. */
export type Random = (below: number) => number;

/** The generator of a seed (Mulberry32, public domain): a failure must come again. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Changes bytes as bad disks and simple attackers do: flips, overwrites, cuts, repeats. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let round = random(4); round >= 0; round--) {
    const at = random(result.length + 1);
    const length = 1 + random(16);
    switch (random(6)) {
      case 0:
        if (at < result.length) result[at]! ^= 1 << random(8);
        break;
      case 1:
        result.fill([0, 0xff, 0x7f, 0x80][random(4)]!, at, at + length);
        break;
      case 2:
        result = result.slice(0, at);
        break;
      case 3:
        result = joined(result.subarray(0, at), result.subarray(at + length));
        break;
      case 4:
        result = joined(result.subarray(0, at), result.subarray(at, at + length * 4), result.subarray(at));
        break;
      default: {
        const from = random(result.length + 1);
        result.set(result.slice(from, Math.min(from + length, from + result.length - at)), at);
      }
    }
  }
  return result;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Changes fields of a SavedModel message, which stays a message: what gets past the parser. */
export function mutateMessage(bytes: Uint8Array, random: Random): Uint8Array {
  const model = decodeMessage(SavedModelSchema, bytes);
  // Most of a message is its object graph and op list, which no loader looks at.
  const graph = model.metaGraphs[0]?.graphDef ?? model;
  for (let round = random(3); round >= 0; round--) mutateTree(random(4) === 0 ? model : graph, random);
  try {
    return toBinary(SavedModelSchema, model);
  } catch {
    // A number that its field cannot hold.
    return mutateBytes(bytes, random);
  }
}

type Open = Record<string, unknown>;

/** Walks down at random to a leaf, and changes it; here and there a list loses, doubles or swaps an element on the way. */
function mutateTree(root: object, random: Random): void {
  let owner = root as Open;
  for (;;) {
    const keys = Object.keys(owner).filter((key) => !key.startsWith("$") && key !== "case" && owner[key] !== undefined);
    if (keys.length === 0) return;
    const key = keys[random(keys.length)]!;
    const value = owner[key];
    if (Array.isArray(value) && value.length > 0 && random(12) === 0) {
      mutateList(value, random);
      return;
    }
    if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
      if (Object.keys(value).length === 0) return;
      // Only an entry of a map may be missing.
      if (random(8) === 0 && !Array.isArray(owner) && owner["$typeName"] === undefined && !("case" in owner)) {
        delete owner[key];
        return;
      }
      owner = value as Open;
      continue;
    }
    owner[key] = mutateLeaf(value, root, random);
    return;
  }
}

function mutateList(list: unknown[], random: Random): void {
  const at = random(list.length);
  const kind = random(3);
  if (kind === 0) list.splice(at, 1);
  else if (kind === 1) list.push(list[at]);
  else {
    const other = random(list.length);
    [list[at], list[other]] = [list[other], list[at]];
  }
}

/** Sizes, counts and indices at the edges of what types hold. */
const edges = [
  0n,
  1n,
  -1n,
  2n,
  127n,
  128n,
  255n,
  2n ** 16n,
  2n ** 24n,
  2n ** 30n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 40n,
  2n ** 62n,
  -(2n ** 63n),
];
const texts = [
  "",
  "x",
  "x:0",
  "^x",
  "NoOp",
  "While",
  "PartitionedCall",
  "Const",
  "/etc/passwd",
  "../../../../etc/passwd",
  "a".repeat(1000),
  "__proto__",
];

function mutateLeaf(value: unknown, root: object, random: Random): unknown {
  const edge = edges[random(edges.length)]!;
  if (typeof value === "bigint") return random(2) === 0 ? edge : value + BigInt(random(5) - 2);
  if (typeof value === "boolean") return !value;
  if (typeof value === "number")
    return random(2) === 0 ? Number(BigInt.asIntN(31, edge)) : Math.trunc(value) + random(5) - 2;
  if (typeof value === "string") return random(2) === 0 ? texts[random(texts.length)]! : someText(root, random);
  if (value instanceof Uint8Array)
    return random(2) === 0 ? mutateBytes(value, random) : encodeText(texts[random(texts.length)]!);
  return value;
}

/** A text from elsewhere in the message: names that mean something. */
function someText(root: object, random: Random): string {
  let owner = root as Open;
  for (let depth = 0; depth < 40; depth++) {
    const keys = Object.keys(owner).filter((key) => !key.startsWith("$"));
    if (keys.length === 0) break;
    const value = owner[keys[random(keys.length)]!];
    if (typeof value === "string") return value;
    owner =
      typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? (value as Open) : (root as Open);
  }
  return "y";
}

/** Changes entries of a `variables.index`, whose checksums are right again: what gets past them. */
export function mutateIndex(bytes: Uint8Array, random: Random): Uint8Array {
  const entries = [...new TableReader(bytes).entries()].map(
    ([key, value]) => [key.slice(), value.slice()] as [Uint8Array, Uint8Array],
  );
  const at = random(entries.length);
  if (random(8) === 0) entries.splice(at, 1);
  else entries[at]![1] = mutateBytes(entries[at]![1], random);
  return writeTable(entries);
}
