/** A stream whose last line is rewritten in place while others write to it too. */
export interface StatusLine {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  write(text: string): boolean;
  /** Gives the stream back as it was. */
  close(): void;
}

const clearLine = "\r\u001b[2K";

/** Shares a terminal between a status line and log lines: these go above it. Elsewhere everything is written as it comes. */
export function statusLine(stream: NodeJS.WriteStream): StatusLine {
  const isTTY = stream.isTTY === true;
  const own = stream.write;
  const write = own.bind(stream) as (text: string) => boolean;
  let shown = "";
  if (isTTY) {
    stream.write = ((...args: Parameters<typeof own>) => {
      if (shown !== "") write(clearLine);
      const result = own.apply(stream, args);
      if (shown !== "") write(shown);
      return result;
    }) as typeof own;
  }
  return {
    isTTY,
    columns: stream.columns,
    write: (text) => {
      shown = text.endsWith("\n") ? "" : text;
      return write(text);
    },
    close: () => {
      if (isTTY) stream.write = own;
    },
  };
}
