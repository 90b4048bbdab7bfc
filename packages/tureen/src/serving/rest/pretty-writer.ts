import { quoteBytes, quoteText } from "./json-text.js";

interface Level {
  readonly inArray: boolean;
  count: number;
}

const indentation = "    ";

/**
 * JSON laid out as RapidJSON's PrettyWriter does, four blanks a level; `singleLine` holds for the lists that are written while it is set,
 * also half-way through one, which is how TensorFlow Serving gets its `\n    ]`.
 */
export class PrettyWriter {
  text = "";
  singleLine = false;
  private readonly levels: Level[] = [];

  startObject(): void {
    this.prefix();
    this.levels.push({ inArray: false, count: 0 });
    this.text += "{";
  }

  endObject(): void {
    const { count } = this.levels.pop()!;
    this.text += count === 0 ? "}" : `\n${this.indent()}}`;
  }

  startArray(): void {
    this.prefix();
    this.levels.push({ inArray: true, count: 0 });
    this.text += "[";
  }

  endArray(): void {
    const { count } = this.levels.pop()!;
    this.text += count === 0 || this.singleLine ? "]" : `\n${this.indent()}]`;
  }

  key(name: string): void {
    this.raw(quoteText(name));
  }

  string(bytes: Uint8Array): void {
    this.raw(quoteBytes(bytes));
  }

  /** A scalar in its final form. */
  raw(token: string): void {
    this.prefix();
    this.text += token;
  }

  /** Scalars in their final form, one after another in the open list. */
  rawList(tokens: readonly string[]): void {
    if (tokens.length === 0) return;
    this.prefix();
    this.text += tokens.join(this.singleLine ? ", " : `,\n${this.indent()}`);
    this.levels[this.levels.length - 1]!.count += tokens.length - 1;
  }

  private prefix(): void {
    const level = this.levels[this.levels.length - 1];
    if (level === undefined) return;
    const { count } = level;
    level.count += 1;
    if (level.inArray) {
      if (this.singleLine) this.text += count > 0 ? ", " : "";
      else this.text += `${count > 0 ? "," : ""}\n${this.indent()}`;
    } else if (count % 2 === 1) {
      this.text += ": ";
    } else {
      this.text += `${count > 0 ? "," : ""}\n${this.indent()}`;
    }
  }

  private indent(): string {
    return indentation.repeat(this.levels.length);
  }
}
