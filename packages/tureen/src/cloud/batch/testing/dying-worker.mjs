/**
 * Speaks a batch worker's part, and dies at records 3 and 7 of ten, as a model might that crashes its process.
 *
 * With FAIL_TO_START it is a worker that cannot load its model.
 */
import { writeFileSync } from "node:fs";

process.on("message", (message) => {
  if (message.kind === "start") {
    const failure = { kind: "failed", code: "FAILED_PRECONDITION", message: "no model" };
    process.send(process.env.FAIL_TO_START === undefined ? { kind: "ready" } : failure);
    return;
  }
  for (let record = 0; record < 10; record++) {
    if (message.deadly.includes(record)) continue;
    if (message.journal !== undefined) writeFileSync(message.journal, String(record));
    if (record === 3 || record === 7) process.kill(process.pid, "SIGKILL");
  }
  const errorCount = message.deadly.length;
  process.send({ kind: "done", result: { predictionCount: 10 - errorCount, errorCount } });
});
