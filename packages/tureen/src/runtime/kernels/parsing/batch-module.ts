import {
  assemble,
  call,
  copyBytes,
  get,
  i32,
  i64,
  instantiate,
  integer,
  leave,
  long,
  memory,
  valueType,
  type WasmMemory,
} from "../simd/assembler.js";
import { assign, block, either, flatten, increase, jump, jumpIf, loop, type Part, when } from "../simd/control-flow.js";
import { fieldOne, fieldTwo } from "./example-wire.js";

/** What the module reads at the start of its memory, in words. */
export const headWord: Readonly<
  Record<"starts" | "columns" | "columnsEnd" | "keySlots" | "keyMask" | "order" | "next" | "full" | "count", number>
> = Object.freeze({
  /** Address of the ends of the Examples before each, and of the last. */
  starts: 0,
  /** Address of the columns, and that of their end. */
  columns: 1,
  columnsEnd: 2,
  /** A table of keys: hash and address of the column, 0 where there is none. */
  keySlots: 3,
  keyMask: 4,
  /** Addresses of the columns in the order in which the last Example had them. */
  order: 5,
  /** Written: where a number of several bytes ends. */
  next: 6,
  /** Written: the column that had no room. */
  full: 7,
  count: 8,
});

/** A column in the module's memory, in words. */
export const columnWord: Readonly<
  Record<
    | "key"
    | "keyLength"
    | "tag"
    | "fixed"
    | "out"
    | "outEnd"
    | "ends"
    | "count"
    | "fallback"
    | "stamp"
    | "slots"
    | "mask"
    | "words"
    | "wordCount"
    | "mostWords"
    | "flags",
    number
  >
> = Object.freeze({
  key: 0,
  keyLength: 1,
  /** The tag of its kind in a Feature. */
  tag: 2,
  /** Values in each Example, -1 where that varies. */
  fixed: 3,
  /** Where the next value goes, and where there is no more room. */
  out: 4,
  outEnd: 5,
  /** For columns that vary: the address of the number of values up to the end of each Example. */
  ends: 6,
  count: 7,
  /** Address of the default, 0 for none. */
  fallback: 8,
  /** The Example that had it last, counted from 1. */
  stamp: 9,
  /** A table of the strings that were seen: hash, and the word's number plus 1. 0: strings are not looked up. */
  slots: 10,
  mask: 11,
  words: 12,
  wordCount: 13,
  mostWords: 14,
  /** 1: a Feature without a kind counts as if it were not there. The rest: bytes of the default. */
  flags: 15,
});
export const columnBytes = 64;

/** A word: its length, its hash, its bytes. */
export const wordBytes = 48;
export const longestWord = 40;
/** Places of keys that are remembered; a power of two. */
export const orderPlaces = 1024;
/** Bytes that are read, never used, behind any others. */
export const slack = 8;

/** What `parse` gives. */
export const BatchResult = { OK: 0, UNUSUAL: 1, FULL: 2 } as const;

/** The parser of a batch of Examples in WebAssembly, where eight bytes are compared at a time. */
export interface BatchModule {
  readonly memory: WasmMemory;
  /**
   * Parses Examples `from` up to `to`; a `BatchResult`.
   *
   * Values go to their columns' `out`: words of numbers, and for a string the number of its word, or where it was not looked up the inverse
   * of the address of its length. UNUSUAL: bytes that are no Examples, or nothing that writers write, which is left to `ExampleParser`.
   */
  parse(from: number, to: number): number;
  /** The hash of bytes, as the tables have it. */
  hash(at: number, length: number): number;
}

const multiplier = 0x9e3779b97f4a7c15n;
const [varintFunction, findFunction] = [0, 2];

const head = (name: keyof typeof headWord): Part[] => [...integer(0), ...memory.load(4 * headWord[name])];
const load = (at: readonly Part[], offset = 0): Part[] => [...at, ...(memory.load(offset) as readonly number[])];
const load8 = (at: readonly Part[]): Part[] => [...at, ...memory.load8()];
const loadLong = (...at: (readonly Part[])[]): Part[] => [...at.flat(), ...memory.loadLong()];
const add = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.add];
const and = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.and];
const equal = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.equal];
const unequal = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.notEqual];
const atLeast = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.atLeastUnsigned];
const more = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.moreUnsigned];
const below = (a: readonly Part[], b: readonly Part[]): Part[] => [...a, ...b, ...i32.lessUnsigned];
const not = (a: readonly Part[]): Part[] => [...a, ...i32.isZero];
const store = (at: readonly Part[], value: readonly Part[], offset = 0): Part[] => [
  ...at,
  ...value,
  ...memory.store(offset),
];

/** All bits of as many bytes as a local says, which are fewer than eight. */
const lowBytes = (length: number): Part[] => [
  ...long(1n),
  ...[...get(length), ...integer(3), ...i32.shl, ...i64.fromInteger, ...i64.shl],
  ...long(1n),
  ...i64.sub,
];

/** Jumps to `different` unless `length` bytes at two addresses are the same; `i` is written. */
function compare(a: readonly Part[], b: readonly Part[], length: number, i: number, different: string): Part[] {
  const last = add(get(length), integer(-8));
  return either(
    below(get(length), integer(8)),
    [
      ...[...loadLong(a), ...loadLong(b), ...i64.xor, ...lowBytes(length), ...i64.and, ...i64.isZero],
      ...jumpIf(different, i32.isZero),
    ],
    [
      ...assign(i, integer(0)),
      ...loop(
        "compare",
        when(
          below(get(i), last),
          jumpIf(different, [...loadLong(add(a, get(i))), ...loadLong(add(b, get(i))), ...i64.notEqual]),
          increase(i, 8),
          jump("compare"),
        ),
      ),
      ...jumpIf(different, [...loadLong(add(a, last)), ...loadLong(add(b, last)), ...i64.notEqual]),
    ],
  );
}

/** Sets `hash` to the hash of `length` bytes; `i` and the long `h` are written. */
function hashOf(at: readonly Part[], length: number, hash: number, i: number, h: number): Part[] {
  const last = add(get(length), integer(-8));
  const mix = (bytes: readonly Part[]): Part[] =>
    assign(h, [...get(h), ...bytes, ...i64.xor, ...long(multiplier), ...i64.mul]);
  return [
    ...assign(h, get(length), i64.fromInteger),
    ...either(below(get(length), integer(8)), mix([...loadLong(at), ...lowBytes(length), ...i64.and]), [
      ...assign(i, integer(0)),
      ...loop(
        "hash",
        when(
          below(get(i), last),
          mix(loadLong(add(at, get(i)))),
          // Else the low bits would never hear of the high ones.
          assign(h, [...get(h), ...get(h), ...long(32n), ...i64.shiftRight, ...i64.xor]),
          increase(i, 8),
          jump("hash"),
        ),
      ),
      ...mix(loadLong(add(at, last))),
    ]),
    ...assign(hash, get(h), long(32n), i64.shiftRight, i32.fromLong),
  ];
}

/** The bytes of the module; its memory has one page. */
function moduleBytes(): Uint8Array {
  const { i32: int, i64: wide } = valueType;
  return assemble(
    [
      { name: "varint", params: [int, int], results: [int], locals: [int, int, int], body: varintBody() },
      { name: "hash", params: [int, int], results: [int], locals: [int, int, wide], body: hashBody() },
      {
        name: "find",
        params: [int, int],
        results: [int],
        locals: [int, int, int, int, int, wide],
        body: findBody(),
      },
      {
        name: "parse",
        params: [int, int],
        results: [int],
        locals: [...Array.from({ length: 22 }, () => int), wide, wide],
        body: parseBody(),
      },
    ],
    1,
  );
}

/** A number of up to 28 bits before an end; -1 for others. Its end goes to the head. */
function varintBody(): readonly number[] {
  const [at, end, value, shift, byte] = [0, 1, 2, 3, 4];
  return flatten([
    ...block(
      "broken",
      loop(
        "more",
        jumpIf("broken", atLeast(get(at), get(end))),
        jumpIf("broken", more(get(shift), integer(21))),
        assign(byte, load8(get(at))),
        assign(value, get(value), and(get(byte), integer(0x7f)), get(shift), i32.shl, i32.or),
        increase(at, 1),
        increase(shift, 7),
        jumpIf("more", atLeast(get(byte), integer(0x80))),
      ),
      store(integer(0), get(at), 4 * headWord.next),
      get(value),
      leave,
    ),
    ...integer(-1),
  ]);
}

function hashBody(): readonly number[] {
  const [at, length, hash, i, h] = [0, 1, 2, 3, 4];
  return flatten([...hashOf(get(at), length, hash, i, h), ...get(hash)]);
}

/** The column of a key, or 0. */
function findBody(): readonly number[] {
  const [key, length, hash, i, slot, at, column, h] = [0, 1, 2, 3, 4, 5, 6, 7];
  return flatten([
    ...hashOf(get(key), length, hash, i, h),
    ...assign(slot, get(hash)),
    ...loop(
      "slots",
      assign(slot, and(get(slot), head("keyMask"))),
      assign(at, add(head("keySlots"), [...get(slot), ...integer(3), ...i32.shl])),
      assign(column, load(get(at), 4)),
      block(
        "other",
        when(not(get(column)), integer(0), leave),
        jumpIf("other", unequal(load(get(at)), get(hash))),
        jumpIf("other", unequal(load(get(column), 4 * columnWord.keyLength), get(length))),
        compare(get(key), load(get(column), 4 * columnWord.key), length, i, "other"),
        get(column),
        leave,
      ),
      increase(slot, 1),
      jump("slots"),
    ),
    ...integer(0),
  ]);
}

function parseBody(): readonly number[] {
  const [row, rows, p, end, featuresEnd, entryEnd, place, column] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [length, stamp, seen, key, orderAt, out, n, at, code, hash, slot, i, word, byte, shift, tag] = [
    8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
  ];
  const [h, value] = [24, 25];
  const unusual = (condition: readonly Part[]): Part[] => jumpIf("unusual", condition);
  const field = (name: keyof typeof columnWord): Part[] => load(get(column), 4 * columnWord[name]);
  const storeField = (name: keyof typeof columnWord, content: readonly Part[]): Part[] =>
    store(get(column), content, 4 * columnWord[name]);
  const full: Part[] = [...store(integer(0), get(column), 4 * headWord.full), ...integer(BatchResult.FULL), ...leave];

  /** Reads a length at `p`, and goes behind it. */
  const readLength = (into: number, limit: number): Part[] => [
    ...unusual(atLeast(get(p), get(limit))),
    ...assign(into, load8(get(p))),
    ...increase(p, 1),
    ...when(
      atLeast(get(into), integer(0x80)),
      assign(into, add(get(p), integer(-1)), get(limit), call(varintFunction)),
      unusual([...get(into), ...integer(0), ...i32.less]),
      assign(p, head("next")),
    ),
  ];
  const expect = (expected: number): Part[] => [
    ...unusual(unequal(load8(get(p)), integer(expected))),
    ...increase(p, 1),
  ];
  /** Reads the length of what has to end where `limit` says. */
  const readLengthUpTo = (limit: number): Part[] => [
    ...readLength(length, limit),
    ...unusual(unequal(add(get(p), get(length)), get(limit))),
  ];

  const findColumn: Part[] = [
    ...assign(orderAt, add(head("order"), [...and(get(place), integer(orderPlaces - 1)), ...integer(2), ...i32.shl])),
    ...increase(place, 1),
    ...assign(column, load(get(orderAt))),
    ...block(
      "found",
      block(
        "other",
        jumpIf("other", not(get(column))),
        jumpIf("other", unequal(field("keyLength"), get(length))),
        compare(get(key), field("key"), length, i, "other"),
        jump("found"),
      ),
      assign(column, get(key), get(length), call(findFunction)),
      store(get(orderAt), get(column)),
    ),
  ];

  /** `code` becomes the number of the `length` bytes at `p`, or stays as it is. */
  const lookUp: Part[] = [
    ...hashOf(get(p), length, hash, i, h),
    ...assign(slot, get(hash)),
    ...block(
      "known",
      loop(
        "slots",
        assign(slot, and(get(slot), field("mask"))),
        assign(at, add(field("slots"), [...get(slot), ...integer(3), ...i32.shl])),
        assign(code, load(get(at), 4)),
        block(
          "other",
          when(
            not(get(code)),
            assign(code, field("wordCount")),
            when(atLeast(get(code), field("mostWords")), full),
            storeField("wordCount", add(get(code), integer(1))),
            store(get(at), get(hash)),
            store(get(at), add(get(code), integer(1)), 4),
            assign(word, add(field("words"), [...get(code), ...integer(wordBytes), ...i32.mul])),
            store(get(word), get(length)),
            store(get(word), get(hash), 4),
            [...get(word), ...integer(8), ...i32.add, ...get(p), ...get(length), ...copyBytes],
            jump("known"),
          ),
          jumpIf("other", unequal(load(get(at)), get(hash))),
          assign(code, add(get(code), integer(-1))),
          assign(word, add(field("words"), [...get(code), ...integer(wordBytes), ...i32.mul])),
          jumpIf("other", unequal(load(get(word)), get(length))),
          compare(get(p), add(get(word), integer(8)), length, i, "other"),
          jump("known"),
        ),
        increase(slot, 1),
        jump("slots"),
      ),
    ),
  ];

  const readStrings: Part[] = loop(
    "strings",
    jumpIf("value", equal(get(p), get(entryEnd))),
    expect(fieldOne),
    assign(at, get(p)),
    readLength(length, entryEnd),
    unusual(more(add(get(p), get(length)), get(entryEnd))),
    when(equal(get(out), field("outEnd")), full),
    assign(code, get(at), integer(-1), i32.xor),
    when(field("slots"), when(below(get(length), integer(longestWord + 1)), lookUp)),
    store(get(out), get(code)),
    increase(out, 4),
    increase(n, 1),
    assign(p, add(get(p), get(length))),
    jump("strings"),
  );

  const readFloats: Part[] = [
    ...jumpIf("value", equal(get(p), get(entryEnd))),
    ...expect(fieldOne),
    ...readLengthUpTo(entryEnd),
    ...unusual(and(get(length), integer(3))),
    ...when(more(add(get(out), get(length)), field("outEnd")), full),
    ...assign(n, get(length), integer(2), i32.shiftRight),
    ...either(
      // A call for so few would cost more.
      below(get(length), integer(65)),
      loop(
        "floats",
        when(
          below(get(p), get(entryEnd)),
          store(get(out), load(get(p))),
          increase(out, 4),
          increase(p, 4),
          jump("floats"),
        ),
      ),
      [...[...get(out), ...get(p), ...get(length), ...copyBytes], ...assign(out, add(get(out), get(length)))],
    ),
  ];

  const part = [...and(get(byte), integer(0x7f)), ...i64.fromInteger];
  const readIntegers: Part[] = [
    ...jumpIf("value", equal(get(p), get(entryEnd))),
    ...expect(fieldOne),
    ...readLengthUpTo(entryEnd),
    ...loop(
      "integers",
      jumpIf("value", equal(get(p), get(entryEnd))),
      when(equal(get(out), field("outEnd")), full),
      assign(byte, load8(get(p))),
      increase(p, 1),
      assign(value, part),
      assign(shift, integer(7)),
      loop(
        "more",
        when(
          atLeast(get(byte), integer(0x80)),
          unusual(atLeast(get(p), get(entryEnd))),
          unusual(more(get(shift), integer(63))),
          assign(byte, load8(get(p))),
          increase(p, 1),
          assign(value, get(value), part, get(shift), i64.fromInteger, i64.shl, i64.or),
          increase(shift, 7),
          jump("more"),
        ),
      ),
      [...get(out), ...get(value), ...memory.storeLong()],
      increase(out, 8),
      increase(n, 1),
      jump("integers"),
    ),
  ];

  const endOfRow = [...field("ends"), ...get(row), ...integer(2), ...i32.shl, ...i32.add];
  const isFixed = [...field("fixed"), ...integer(-1), ...i32.notEqual];
  const readEntry: Part[] = [
    ...expect(fieldOne),
    ...readLength(length, featuresEnd),
    ...assign(entryEnd, add(get(p), get(length))),
    ...unusual(more(get(entryEnd), get(featuresEnd))),
    ...unusual(atLeast(get(p), get(entryEnd))),
    ...expect(fieldOne),
    ...readLength(length, entryEnd),
    ...assign(key, get(p)),
    ...assign(p, add(get(p), get(length))),
    ...unusual(atLeast(get(p), get(entryEnd))),
    ...findColumn,
    ...expect(fieldTwo),
    ...readLengthUpTo(entryEnd),
    ...when(not(get(column)), assign(p, get(entryEnd)), jump("entries")),
    ...when(equal(get(p), get(entryEnd)), jumpIf("entries", and(field("flags"), integer(1)))),
    ...unusual(equal(field("stamp"), get(stamp))),
    ...storeField("stamp", get(stamp)),
    ...increase(seen, 1),
    ...assign(n, integer(0)),
    ...assign(out, field("out")),
    ...block(
      "value",
      jumpIf("value", equal(get(p), get(entryEnd))),
      assign(tag, load8(get(p))),
      unusual(unequal(get(tag), field("tag"))),
      increase(p, 1),
      readLengthUpTo(entryEnd),
      either(
        equal(get(tag), integer(fieldOne)),
        readStrings,
        either(equal(get(tag), integer(fieldTwo)), readFloats, readIntegers),
      ),
    ),
    ...assign(p, get(entryEnd)),
    ...storeField("out", get(out)),
    ...either(isFixed, unusual(unequal(get(n), field("fixed"))), [
      ...assign(n, add(field("count"), get(n))),
      ...storeField("count", get(n)),
      ...store(endOfRow, get(n)),
    ]),
  ];

  const fillMissing: Part[] = [
    ...assign(column, head("columns")),
    ...loop(
      "missing",
      when(
        unequal(field("stamp"), get(stamp)),
        either(
          isFixed,
          [
            ...unusual(not(field("fallback"))),
            ...assign(length, field("flags"), integer(1), i32.shiftRight),
            ...[...field("out"), ...field("fallback"), ...get(length), ...copyBytes],
            ...storeField("out", add(field("out"), get(length))),
          ],
          store(endOfRow, field("count")),
        ),
      ),
      increase(column, columnBytes),
      jumpIf("missing", below(get(column), head("columnsEnd"))),
    ),
  ];

  const startAt = add(head("starts"), [...get(row), ...integer(2), ...i32.shl]);
  const columnCount = [
    ...[...head("columnsEnd"), ...head("columns"), ...i32.sub],
    ...integer(Math.log2(columnBytes)),
    ...i32.shiftRight,
  ];
  return flatten([
    ...block(
      "unusual",
      loop(
        "rows",
        when(atLeast(get(row), get(rows)), integer(BatchResult.OK), leave),
        assign(p, load(startAt)),
        assign(end, load(startAt, 4)),
        assign(stamp, add(get(row), integer(1))),
        assign(place, integer(0)),
        assign(seen, integer(0)),
        block(
          "example",
          loop(
            "features",
            jumpIf("example", atLeast(get(p), get(end))),
            expect(fieldOne),
            readLength(length, end),
            assign(featuresEnd, add(get(p), get(length))),
            unusual(more(get(featuresEnd), get(end))),
            loop("entries", jumpIf("features", equal(get(p), get(featuresEnd))), readEntry, jump("entries")),
          ),
        ),
        when(unequal(get(seen), columnCount), fillMissing),
        increase(row, 1),
        jump("rows"),
      ),
    ),
    ...integer(BatchResult.UNUSUAL),
  ]);
}

let bytes: Uint8Array | undefined;

/** An instance with a memory of its own; undefined where the engine has no WebAssembly. */
export function batchModule(): BatchModule | undefined {
  bytes ??= moduleBytes();
  return instantiate<Pick<BatchModule, "parse" | "hash">>(bytes);
}
