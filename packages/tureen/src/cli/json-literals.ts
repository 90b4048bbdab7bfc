import { invalidArgument } from "../core/status-error.js";

/** A number as it was written: only then can 1.0 be told from 1, and 2^53 + 1 from 2^53. */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether it is spelt as an integer. */
  get isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }
}

/** JSON with its numbers as NumberLiterals. */
export type Literal =
  | string
  | boolean
  | null
  | NumberLiteral
  | readonly Literal[]
  | { readonly [key: string]: Literal };

/** Strings are matched too, so that digits inside of them are left alone. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Marks what was a number; no JSON text holds it unescaped. */
const mark = "\\u0000#";

/** Parses JSON and keeps how numbers were written. INVALID_ARGUMENT, naming `what`, for what is not JSON. */
export function parseLiterals(text: string, what: string): Literal {
  try {
    const marked = text.replace(tokens, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`));
    return JSON.parse(marked, (_, value: unknown) =>
      typeof value === "string" && value.startsWith("\0#") ? new NumberLiteral(value.slice(2)) : value,
    ) as Literal;
  } catch (error) {
    throw invalidArgument(
      `${what} is not JSON: ${(error instanceof Error ? error.message : String(error)).replaceAll(mark, "")}`,
    );
  }
}
