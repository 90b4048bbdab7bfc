/**
 * Runs the unit tier with the Node that runs this script: `npm test`, or `npm test -- packages/tureen/src/graph` for a part of it.
 *
 * Ends with the plain line `N passed, N failed, N skipped`. Where CI is set, a test that fails is tried once more; those that passed then are named, since
 * each of them is a bug of the test or of what it tests.
 */
// Escape codes make a log that nobody watches unreadable; vitest looks at this when it is loaded.
if (!process.stdout.isTTY) process.env.NO_COLOR = "1";
const { startVitest } = await import("vitest/node");

const filters = process.argv.slice(2).filter((arg) => !arg.startsWith("-"));
const began = performance.now();
const vitest = await startVitest("test", filters, {
  watch: false,
  run: true,
  reporters: [process.env.CI ? "dot" : "default"],
  retry: process.env.CI ? 1 : 0,
});
const counts = { passed: 0, failed: 0, skipped: 0 };
const retried = [];
let broken = 0;
for (const module of vitest.state.getTestModules()) {
  if (!module.ok() && [...module.children.allTests()].length === 0) broken += 1;
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    counts[state] = (counts[state] ?? 0) + 1;
    if (test.diagnostic()?.flaky) retried.push(`${module.relativeModuleId}: ${test.fullName}`);
  }
}
const unhandled = vitest.state.getUnhandledErrors().length;
await vitest.close();
const failed = counts.failed + broken + unhandled;
for (const name of retried) console.log(`passed at the second try: ${name}`);
console.log(`Node ${process.version}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
