/** Prints by how many bytes the largest resident size of a process grows while it opens the SavedModel that its argument names. */
import { loadSavedModel } from "../load.js";

const before = process.memoryUsage.rss();
const model = await loadSavedModel(process.argv[2]!, { engineWorkers: 0 });
// Linux and macOS differ in the unit of getrusage; Node gives kilobytes on both.
console.log(JSON.stringify({ grown: process.resourceUsage().maxRSS * 1024 - before, weights: model.memoryBytes }));
model.close();
