/** Severity of a line, in TensorFlow's words. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "FATAL";

const order: readonly LogLevel[] = ["DEBUG", "INFO", "WARNING", "ERROR", "FATAL"];

/** Where training, evaluation and export report what they do. */
export interface Logger {
  log(level: LogLevel, message: string): void;
}

/** Lines `INFO:tensorflow:…` on stderr, as TensorFlow's own logger writes them, so that scripts that read them keep working. */
export function stderrLogger(minimum: LogLevel = "INFO"): Logger {
  const from = order.indexOf(minimum);
  return {
    log(level, message) {
      if (order.indexOf(level) >= from) process.stderr.write(`${level}:tensorflow:${message}\n`);
    },
  };
}

/** Says nothing below WARNING. */
export const quietLogger: Logger = stderrLogger("WARNING");
