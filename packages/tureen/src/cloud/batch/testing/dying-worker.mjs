/** Speaks a batch worker's part, and dies at records 3 and 7 of ten, as a model might that crashes its process. */
import { writeFileSync } from "node:fs";

process.on("message", (message) => {
  if (message.kind === "start") {
    process.send({ kind: "ready" });
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
