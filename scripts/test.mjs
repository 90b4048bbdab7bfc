/**
 * Runs the unit tier with the Node that runs this script: `npm test`, or `npm test -- packages/tureen/src/graph` for a part of it.
 *
 * Ends with the plain line `N passed, N failed, N skipped`.
 */
import { startVitest } from "vitest/node";

const filters = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
const began = performance.now();
const vitest = await startVitest("test", filters, {
  watch: false,
  run: true,
  reporters: [process.env.CI ? "dot" : "default"],
});
const counts = { passed: 0, failed: 0, skipped: 0 };
let broken = 0;
for (const module of vitest.state.getTestModules()) {
  if (!module.ok() && [...module.children.allTests()].length === 0) broken += 1;
  for (const test of module.children.allTests()) counts[test.result().state] = (counts[test.result().state] ?? 0) + 1;
}
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
const failed = counts.failed + broken + unhandled;
console.log(`Node ${process.version}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
