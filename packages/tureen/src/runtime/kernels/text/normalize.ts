import { internal, invalidArgument } from "../../../core/status-error.js";
import { tensorValue } from "../../../core/tensor-value.js";
import { decodeText } from "../../../core/text.js";
import type { Kernel, KernelFactory, KernelTable } from "../../kernel.js";
import { int64Value, numbersOf } from "../sparse/integers.js";
import { bytesOf, textOf } from "../string/regex.js";
import { foldCase } from "./case-folding.js";

const forms = ["NFC", "NFD", "NFKC", "NFKD"] as const;
type Form = (typeof forms)[number];

/** How a text became another: pieces of old and new bytes, `changed` for those that differ. */
interface OffsetsMap {
  readonly oldLengths: readonly number[];
  readonly newLengths: readonly number[];
  readonly changed: readonly boolean[];
}

function formOf(attr: string, problem: string): Form {
  const wanted = attr.toUpperCase();
  const form = forms.find((candidate) => candidate === wanted);
  if (form === undefined) throw invalidArgument(`${problem}: ${wanted}`);
  return form;
}

const isAscii = (bytes: Uint8Array): boolean => bytes.every((byte) => byte < 0x80);

/** Every form leaves ASCII as it is. */
function normalized(bytes: Uint8Array, form: Form): Uint8Array {
  return isAscii(bytes) ? bytes : bytesOf(textOf(bytes).normalize(form));
}

const normalize: KernelFactory = ({ attrs }) => {
  const attr = attrs.text("normalization_form");
  return ([input]) => {
    const form = formOf(attr, "Unknown normalization form requrested");
    const texts = (input!.data as readonly Uint8Array[]).map((bytes) => normalized(bytes, form));
    return [tensorValue("string", input!.shape, texts)];
  };
};

const caseFold: Kernel = ([input]) => {
  const texts = (input!.data as readonly Uint8Array[]).map((bytes) => bytesOf(foldCase(textOf(bytes))));
  return [tensorValue("string", input!.shape, texts)];
};

/** Characters that may join the one before: marks, and the vowels and final consonants of Hangul. */
const joins = /^[\p{M}\u1161-\u1175\u11a8-\u11c2]/u;

/** What compositions end with: diacritics, signs of Indic scripts, Hangul, voicing marks. */
const composers: readonly string[] = [
  [0x300, 0x345],
  [0x653, 0x655],
  [0x93c, 0x93c],
  [0x9be, 0x9be],
  [0x9d7, 0x9d7],
  [0xb3e, 0xb57],
  [0xbbe, 0xbd7],
  [0xc56, 0xc56],
  [0xcc2, 0xcd6],
  [0xd3e, 0xd57],
  [0xdca, 0xddf],
  [0x102e, 0x102e],
  [0x1161, 0x1175],
  [0x11a8, 0x11c2],
  [0x1b35, 0x1b35],
  [0x3099, 0x309a],
].flatMap(([first, last]) => Array.from({ length: last! - first! + 1 }, (_, i) => String.fromCharCode(first! + i)));

const forward = new Map<string, boolean>();

/** Whether a character becomes another together with some mark behind it. */
function combinesForward(character: string): boolean {
  let known = forward.get(character);
  if (known === undefined) {
    known = composers.some((mark) => !(character + mark).normalize("NFC").startsWith(character));
    forward.set(character, known);
  }
  return known;
}

/** Whether nothing behind a piece changes it: it is one character that combines with nothing. */
function isClosed(piece: string, form: Form): boolean {
  const [only, more] = piece;
  return only !== undefined && more === undefined && !combinesForward(only.normalize(form));
}

/** Pieces of a text that normalise each by itself, as ICU cuts them: each begins with what joins nothing before it. */
function segments(text: string, form: Form): string[] {
  const found: string[] = [];
  for (const character of text) {
    const decomposed = form === "NFC" ? character : character.normalize("NFKD");
    const last = found[found.length - 1];
    if (last !== undefined && joins.test(decomposed) && !isClosed(last, form))
      found[found.length - 1] = last + character;
    else found.push(character);
  }
  return found;
}

function withMap(bytes: Uint8Array, form: Form): { readonly text: Uint8Array; readonly map: OffsetsMap } {
  const oldLengths: number[] = [];
  const newLengths: number[] = [];
  const changed: boolean[] = [];
  let result = "";
  for (const segment of segments(textOf(bytes), form)) {
    const other = segment.normalize(form);
    const differs = other !== segment;
    const length = bytesOf(segment).length;
    result += other;
    const last = changed.length - 1;
    if (!differs && last >= 0 && !changed[last]) {
      oldLengths[last]! += length;
      newLengths[last]! += length;
      continue;
    }
    oldLengths.push(length);
    newLengths.push(bytesOf(other).length);
    changed.push(differs);
  }
  return { text: bytesOf(result), map: { oldLengths, newLengths, changed } };
}

const normalizeWithMap: KernelFactory = ({ attrs }) => {
  const attr = attrs.text("normalization_form");
  return ([input]) => {
    const form = formOf(attr, "Offset not supported for this normalization form");
    const first = (input!.data as readonly Uint8Array[])[0];
    // ICU keeps no record of decompositions.
    if ((form === "NFD" || form === "NFKD") && first !== undefined) {
      throw internal(`U_UNSUPPORTED_ERROR: Could not normalize input string: ${decodeText(first)}`);
    }
    const found = (input!.data as readonly Uint8Array[]).map((bytes) => withMap(bytes, form));
    return [
      tensorValue(
        "string",
        input!.shape,
        found.map(({ text }) => text),
      ),
      tensorValue(
        "variant",
        input!.shape,
        found.map(({ map }) => map),
      ),
    ];
  };
};

/** Where a byte of the new text came from: inside of a change, the change's end. */
function sourceIndex({ oldLengths, newLengths, changed }: OffsetsMap, index: number): number {
  if (index < 0) return 0;
  let from = 0;
  let to = 0;
  for (let i = 0; i < oldLengths.length; i++) {
    if (index < to + newLengths[i]!) {
      if (index === to) return from;
      return changed[i]! ? from + oldLengths[i]! : from + index - to;
    }
    from += oldLengths[i]!;
    to += newLengths[i]!;
  }
  return from;
}

const mismatch = (): Error => invalidArgument("Input offset tensor dimension did not match the offset map dimension.");

const findSourceOffsets: Kernel = ([maps, offsets, splits]) => {
  const edits = maps!.data as readonly object[] as readonly OffsetsMap[];
  const indices = numbersOf(offsets!);
  const bounds = numbersOf(splits!);
  const found = new Array<number>(indices.length).fill(0);
  let used = 0;
  let at = 0;
  for (let i = 0; i + 1 < bounds.length; i++) {
    if (bounds[i] === bounds[i + 1]) continue;
    const map = edits[used];
    used += 1;
    if (map === undefined) throw mismatch();
    for (let j = bounds[i]!; j < bounds[i + 1]! && at < found.length; j++) {
      found[at] = sourceIndex(map, indices[j]!);
      at += 1;
    }
  }
  if (used !== edits.length) throw mismatch();
  return [int64Value([found.length], found)];
};

/** Normalisation and case folding. */
export const normalizeKernels: KernelTable = {
  CaseFoldUTF8: () => caseFold,
  NormalizeUTF8: normalize,
  NormalizeUTF8WithOffsetsMap: normalizeWithMap,
  FindSourceOffsets: () => findSourceOffsets,
};
