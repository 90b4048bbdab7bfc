/** Where life-cycle lines go: one method a severity, one line a call. */
export interface Log {
  info(area: string, message: string): void;
  warning(area: string, message: string): void;
  error(area: string, message: string): void;
}

/**
 * Lines in TensorFlow's manner, `2026-01-31 12:00:00.000000: I serving/manager] Loading servable version …`, so that what operators
 * grep TensorFlow Serving's log for is found here too.
 */
export function lineLog(write: (line: string) => void): Log {
  const emit = (severity: string, area: string, message: string): void => {
    const time = new Date().toISOString().replace("T", " ").replace("Z", "000");
    write(`${time}: ${severity} serving/${area}] ${message}\n`);
  };
  return Object.freeze({
    info: (area: string, message: string) => emit("I", area, message),
    warning: (area: string, message: string) => emit("W", area, message),
    error: (area: string, message: string) => emit("E", area, message),
  });
}

/** The process's stderr. */
export const stderrLog: Log = lineLog((line) => {
  process.stderr.write(line);
});

/** Drops everything: for in-process servers that should be quiet. */
export const silentLog: Log = Object.freeze({ info: () => {}, warning: () => {}, error: () => {} });
