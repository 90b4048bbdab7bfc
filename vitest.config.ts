import { defineConfig } from "vitest/config";

/** Milliseconds: long enough for tests that start processes by the dozen on a machine that others use too. */
const longest = process.env.CI ? 180_000 : 60_000;

// Modules hold no mutable state that a test could spoil, so the files of a worker share one module graph.
export default defineConfig({
  resolve: { conditions: ["@tureen/source"] },
  ssr: { resolve: { conditions: ["@tureen/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: ["scripts/scratch-folder.mjs"],
    pool: "threads",
    isolate: false,
    testTimeout: longest,
    hookTimeout: longest,
  },
});
