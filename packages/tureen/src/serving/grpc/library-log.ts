import { format } from "node:util";
import { setLogger } from "@grpc/grpc-js";
import type { Log } from "../log.js";

/** What grpc-js says beside the error that a failed bind rejects with, which names address and reason. */
const saidTwice = /^No address added out of total/;

/**
 * Has grpc-js's own lines come as lines of ours (`GRPC_VERBOSITY` says how many there are, as ever). For programs that are ours, not for a
 * library's callers: the logger is one for all of the process.
 */
export function logLibrary(log: Log): void {
  const lines =
    (line: (text: string) => void) =>
    (...parts: unknown[]): void => {
      const text = format(...parts);
      if (!saidTwice.test(text)) line(text);
    };
  setLogger({
    error: lines((text) => log.error("grpc", text)),
    info: lines((text) => log.info("grpc", text)),
    debug: lines((text) => log.info("grpc", text)),
  });
}
