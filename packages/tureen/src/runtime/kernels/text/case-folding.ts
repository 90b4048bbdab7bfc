import { foldedOthers, foldedRuns, ignoredRanges } from "./case-folding.table.js";

interface Folding {
  /** Letters that fold to one other. */
  readonly single: ReadonlyMap<number, string>;
  /** Characters whose folding no rule tells. */
  readonly others: ReadonlyMap<number, string>;
  readonly ignored: readonly (readonly [number, number])[];
}

let folding: Folding | undefined;

const hex = (text: string | undefined): number => Number.parseInt(text ?? "", 16);

/** The table, unpacked when first asked for. */
function unpack(): Folding {
  const single = new Map<number, string>();
  for (const entry of foldedRuns.split(" ")) {
    const [first, count, step, distance] = entry.split(":");
    for (let i = 0; i < Number(count); i++) {
      const code = hex(first) + i * Number(step);
      single.set(code, String.fromCodePoint(code + Number(distance)));
    }
  }
  const others = new Map<number, string>();
  for (const entry of foldedOthers.split(" ")) {
    const [code, codes] = entry.split(":");
    others.set(hex(code), String.fromCodePoint(...(codes ?? "").split("+").map(hex)));
  }
  const ignored = ignoredRanges.split(" ").map((range) => {
    const [first, last] = range.split(":");
    return [hex(first), hex(last)] as const;
  });
  return { single, others, ignored };
}

const ascii = /^[\0-\x7f]*$/;

/** Unicode's toNFKC_Casefold: compatible forms, without case and without what is not seen. */
export function foldCase(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  folding ??= unpack();
  const { single, others, ignored } = folding;
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const known = others.get(code);
    if (known !== undefined) {
      result += known;
      continue;
    }
    if (isIgnored(code, ignored)) continue;
    for (const part of character.normalize("NFKC")) {
      const partCode = part.codePointAt(0)!;
      if (!isIgnored(partCode, ignored)) result += single.get(partCode) ?? part;
    }
  }
  return result.normalize("NFC");
}

function isIgnored(code: number, ignored: Folding["ignored"]): boolean {
  // The first of them is the soft hyphen.
  if (code < 0xad) return false;
  return ignored.some(([first, last]) => code >= first && code <= last);
}
