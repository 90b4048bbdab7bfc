/** Prints by how many bytes the largest resident size of a process grows while it opens the SavedModel that its argument names. */
import { existsSync, readFileSync } from "node:fs";
import { loadSavedModel } from "../load.js";

/** The largest resident size so far; Linux's getrusage counts what forked the process, so there it is read from the process's own page. */
function peakBytes(): number {
  const page = "/proc/self/status";
  const found = existsSync(page) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(page, "utf8")) : null;
  return (found === null ? process.resourceUsage().maxRSS : Number(found[1])) * 1024;
}

const before = process.memoryUsage.rss();
const model = await loadSavedModel(process.argv[2]!, { engineWorkers: 0 });
console.log(JSON.stringify({ grown: peakBytes() - before, weights: model.memoryBytes }));
model.close();
