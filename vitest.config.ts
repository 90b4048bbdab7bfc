import { defineConfig } from "vitest/config";

// Modules hold no mutable state that a test could spoil, so the files of a worker share one module graph.
export default defineConfig({
  resolve: { conditions: ["@tureen/source"] },
  ssr: { resolve: { conditions: ["@tureen/source"] } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "examples/**/*.test.ts", "scripts/**/*.test.ts"],
    globalSetup: ["scripts/scratch-folder.mjs"],
    pool: "threads",
    isolate: false,
    testTimeout: 60_000,
  },
});
