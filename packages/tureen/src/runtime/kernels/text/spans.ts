import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { encodeText } from "../../../core/text.js";
import type { Kernel, KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, numbersOf } from "../sparse/integers.js";
import { concatBytes, utf8Characters } from "./characters.js";

// A tag says where in a span of a type a token lies: Begin, Outside, Inside, Singleton, End.

const outside = encodeText("O");
const [begin, inside, single, end] = ["B-", "I-", "S-", "E-"].map((prefix) => encodeText(prefix)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

const rows = (value: TensorValue): number => value.shape[0] ?? 1;

/** Spans of one row. */
interface Spans {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly types: readonly Uint8Array[];
}

/** The tags of a row's tokens; both tokens and spans lie in the order of their places. */
function tagsOf(starts: Int32Array, ends: Int32Array, spans: Spans, isStrict: boolean, tags: Uint8Array[]): void {
  let span = 0;
  for (let i = 0; i < starts.length; i++) {
    const [from, to] = [starts[i]!, ends[i]!];
    let tag = outside;
    for (; span < spans.starts.length; span++) {
      const [first, last] = [spans.starts[span]!, spans.ends[span]!];
      const type = spans.types[span]!;
      if (to <= first) break;
      if (from >= last) continue;
      const isStart = from <= first && to <= last;
      const isEnd = to >= last && from >= first;
      if (isStart && isEnd) {
        tag = concatBytes(single, type);
        span += 1;
        break;
      }
      if (isStart) {
        if (!isStrict || from === first) tag = concatBytes(begin, type);
        break;
      }
      if (isEnd) {
        if (!isStrict || to === last) {
          tag = concatBytes(end, type);
          continue;
        }
        span += 1;
        break;
      }
      if (from >= first && to <= last) {
        tag = concatBytes(inside, type);
        break;
      }
      tag = concatBytes(begin, type);
    }
    tags.push(tag);
  }
}

const toTags: Kernel = (inputs) => {
  const [starts, ends] = [inputs[0]!.data as Int32Array, inputs[1]!.data as Int32Array];
  const [firsts, lasts] = [inputs[2]!.data as Int32Array, inputs[3]!.data as Int32Array];
  const names = inputs[4]!.data as readonly Uint8Array[];
  const [tokenRows, tokenEndRows] = [numbersOf(inputs[5]!), numbersOf(inputs[6]!)];
  const [spanRows, spanEndRows, typeRows] = [numbersOf(inputs[7]!), numbersOf(inputs[8]!), numbersOf(inputs[9]!)];
  const isStrict = (inputs[10]!.data as Uint8Array)[0] !== 0;
  if (starts.length !== ends.length || firsts.length !== lasts.length || firsts.length !== names.length) {
    throw invalidArgument(
      `Token begin/end offsets must have the same size. Span begin/end offsets and span type must have the same size. Token begin offsets shape: ${starts.length} Token end offsets shape: ${ends.length} Span begin offsets shape: ${firsts.length} Span end offsets shape: ${lasts.length} Span type shape: ${names.length}`,
    );
  }
  if (
    tokenRows.length !== tokenEndRows.length ||
    spanRows.length !== spanEndRows.length ||
    spanRows.length !== typeRows.length
  ) {
    throw invalidArgument(
      `Row splits must have the same size for token and span.  Token begin row splits shape: ${tokenRows.length} Token end row splits shape: ${tokenEndRows.length} Span begin row splits shape: ${spanRows.length} Span end row splits shape: ${spanEndRows.length} Span type row splits shape: ${typeRows.length}`,
    );
  }
  if (!agree(tokenRows, tokenEndRows)) {
    throw invalidArgument("Row splits must be the same for token begin and end offsets.");
  }
  if (!agree(spanRows, spanEndRows) || !agree(spanRows, typeRows)) {
    throw invalidArgument("Row splits must be the same for span begin, end offsets and span type.");
  }
  const tags: Uint8Array[] = [];
  for (let row = 0; row + 1 < tokenRows.length; row++) {
    const [from, to] = [tokenRows[row]!, tokenRows[row + 1]!];
    const [first, last] = [spanRows[row] ?? 0, spanRows[row + 1] ?? 0];
    const spans = {
      starts: firsts.subarray(first, last),
      ends: lasts.subarray(first, last),
      types: names.slice(first, last),
    };
    tagsOf(starts.subarray(from, to), ends.subarray(from, to), spans, isStrict, tags);
  }
  return [tensorValue("string", [tags.length], tags)];
};

/** Whether splits are the same but for the last, which the library does not look at. */
function agree(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  for (let i = 0; i + 1 < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A type is read as a C string: up to its first NUL. */
function typeOf(tag: Uint8Array): Uint8Array {
  const stop = tag.indexOf(0, 2);
  return tag.subarray(2, stop < 0 ? tag.length : stop);
}

const letterOf = (tag: Uint8Array): string =>
  tag[0] === 0x4f ? "O" : tag[1] === 0x2d ? String.fromCharCode(tag[0]!) : "";

const toSpans: Kernel = (inputs) => {
  const [starts, ends] = [inputs[0]!.data as Int32Array, inputs[1]!.data as Int32Array];
  const tags = inputs[2]!.data as readonly Uint8Array[];
  const [startRows, endRows, tagRows] = [numbersOf(inputs[3]!), numbersOf(inputs[4]!), numbersOf(inputs[5]!)];
  if (starts.length !== ends.length || starts.length !== tags.length) {
    throw invalidArgument(
      `Token begin/end offsets and boise tags must have the same size.  Token begin offsets shape: ${starts.length} Token end offsets shape: ${ends.length} BOISE tags shape: ${tags.length}`,
    );
  }
  if (startRows.length !== endRows.length || startRows.length !== tagRows.length) {
    throw invalidArgument(
      `Row splits must have the same size for token begin/end offsets and BOISE tags.  Token begin row splits shape: ${startRows.length} Token end row splits shape: ${endRows.length} BOISE tags row splits shape: ${tagRows.length}`,
    );
  }
  if (!agree(startRows, endRows) || !agree(startRows, tagRows)) {
    throw invalidArgument("Row splits must be the same for token begin/end offsets ad BOISE tags.");
  }
  const found = { starts: [] as number[], ends: [] as number[], types: [] as Uint8Array[] };
  const splits = [0];
  const add = (start: number, stop: number, type: Uint8Array): void => {
    found.starts.push(start);
    found.ends.push(stop);
    found.types.push(type);
  };
  for (let row = 0; row + 1 < startRows.length; row++) {
    let open: { start: number; type: Uint8Array } | undefined;
    const [from, to] = [startRows[row]!, Math.min(startRows[row + 1]!, starts.length)];
    for (let i = from; i < to; i++) {
      const letter = letterOf(tags[i]!);
      if (letter === "B" || letter === "I") {
        open = { start: open?.start ?? starts[i]!, type: typeOf(tags[i]!) };
      } else if (letter === "E" || letter === "S") {
        add(open?.start ?? starts[i]!, ends[i]!, typeOf(tags[i]!));
        open = undefined;
      } else if (letter === "O" && open !== undefined) {
        add(open.start, ends[i - 1]!, open.type);
        open = undefined;
      }
    }
    if (open !== undefined) add(open.start, ends[to - 1]!, open.type);
    splits.push(found.types.length);
  }
  const count = [found.types.length];
  return [
    tensorValue("int32", count, Int32Array.from(found.starts)),
    tensorValue("int32", count, Int32Array.from(found.ends)),
    tensorValue("string", count, found.types),
    int64Value([splits.length], splits),
  ];
};

/** The bits of a text's first characters, lowest first, as numbers of 0 and 1. */
const binarize: KernelFactory = ({ attrs }) => {
  const [characters, bits] = [attrs.int("word_length"), attrs.int("bits_per_char")];
  const replacement = attrs.int("replacement_char");
  return ([tokens]) => {
    const width = characters * bits;
    const output = new Float32Array(rows(tokens!) * width);
    (tokens!.data as readonly Uint8Array[]).forEach((text, row) => {
      let at = row * width;
      let left = characters;
      for (const { code } of utf8Characters(text)) {
        if (left-- === 0) break;
        const value = code < 0 ? replacement : code;
        // Beyond its 32 bits a number goes on with its sign.
        for (let bit = 0; bit < bits; bit++) output[at++] = (value >> Math.min(bit, 31)) & 1;
      }
    });
    return [tensorValue("float32", [rows(tokens!), width], output)];
  };
};

/** Ops on the spans of tokens, and on the bits of their characters. */
export const spanKernels: KernelTable = {
  "TFText>OffsetsToBoiseTags": () => toTags,
  "TFText>BoiseTagsToOffsets": () => toSpans,
  "TFText>Utf8Binarize": binarize,
};
