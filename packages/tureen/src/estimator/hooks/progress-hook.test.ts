import { describe, expect, it } from "vitest";
import { floatValue } from "../../core/tensor-value.js";
import type { Session } from "../../runtime/session.js";
import { type ProgressOutput, progressHook } from "./progress-hook.js";
import type { SessionRunContext } from "./session-run-hook.js";

function run(output: ProgressOutput, steps: number): void {
  const hook = progressHook({ steps, output });
  hook.afterCreateSession?.(undefined as unknown as Session, () => undefined);
  for (let step = 1; step <= steps; step++) {
    const context = { globalStep: step, batchSize: 32 } as SessionRunContext;
    void hook.afterRun?.(context, { loss: floatValue([1 / step], []) });
  }
  void hook.end?.(undefined as unknown as Session);
}

describe("progressHook", () => {
  it("prints ten plain lines where there is no terminal, the last one at the last step", () => {
    let text = "";
    run({ write: (part) => (text += part) }, 50);
    const lines = text.trimEnd().split("\n");
    expect(lines).toHaveLength(10);
    expect(lines[9]).toMatch(/^train \[█{20}\] step 50 · loss \d.* · \d+k? steps\/s · \d+k? examples\/s · 0 s left$/);
    expect(text).not.toContain("\r");
  });

  it.each([
    [120, /^train \[█{20}\] step 5 · loss 0\.\d+ · \S+ steps\/s · \S+ examples\/s · 0 s left$/],
    [80, /^train \[█{20}\] step 5 · loss 0\.\d+ · \S+ steps\/s · 0 s left$/],
    [64, /^train \[█{20}\] step 5 · loss 0\.\d+ · 0 s left$/],
    [40, /^train step 5 · loss 0\.\d+ · 0 s left$/],
    [30, /^train step 5 · loss 0\.\d+$/],
    [12, /^step 5$/],
  ])("drops whole parts of the line in a terminal of %i columns", (columns, expected) => {
    const parts: string[] = [];
    run({ isTTY: true, columns, write: (part) => parts.push(part) }, 5);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that clears the line
    expect(parts.at(-2)!.replace(/^\r\x1b\[2K/, "")).toMatch(expected);
  });

  it("rewrites one line of a terminal, never wider than it is", () => {
    const parts: string[] = [];
    run({ isTTY: true, columns: 30, write: (part) => parts.push(part) }, 5);
    expect(parts.at(-1)).toBe("\n");
    const drawn = parts.slice(0, -1);
    expect(drawn.length).toBeGreaterThan(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that clears the line
    for (const part of drawn) expect(part.replace(/^\r\x1b\[2K/, "").length).toBeLessThan(30);
  });
});
