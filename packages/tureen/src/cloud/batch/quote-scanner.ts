const quote = 0x22;
const lineFeed = 0x0a;

/** Finds where CSV records end in a stream of chunks: at line feeds outside of quotes. */
export class QuoteScanner {
  private isQuoted = false;

  /** Offsets after the line feeds that end a record, in this chunk. */
  *recordEnds(chunk: Uint8Array): Generator<number, void> {
    let at = 0;
    while (at < chunk.length) {
      const nextQuote = indexOrEnd(chunk, quote, at);
      if (!this.isQuoted) {
        for (
          let end = chunk.indexOf(lineFeed, at);
          end >= 0 && end < nextQuote;
          end = chunk.indexOf(lineFeed, end + 1)
        ) {
          yield end + 1;
        }
      }
      if (nextQuote < chunk.length) this.isQuoted = !this.isQuoted;
      at = nextQuote + 1;
    }
  }
}

function indexOrEnd(chunk: Uint8Array, byte: number, from: number): number {
  const index = chunk.indexOf(byte, from);
  return index < 0 ? chunk.length : index;
}
