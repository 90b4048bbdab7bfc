import { appendFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EventWriter } from "../../formats/events.js";
import { lineEstimator } from "../testing/line-estimator.js";
import { makeEarlyStoppingHook } from "./make-early-stopping-hook.js";
import { readEvalMetrics } from "./read-eval-metrics.js";
import { stopIfHigherHook, stopIfLowerHook, stopIfNoDecreaseHook, stopIfNoIncreaseHook } from "./stop-if-hooks.js";

/** An Estimator whose folder has evaluations with these values of `score` by step. */
function evaluated(scores: Readonly<Record<number, number>>) {
  const line = lineEstimator();
  const writer = new EventWriter(line.estimator.evalDir());
  for (const [step, score] of Object.entries(scores)) writer.addScalars({ score, other: 0 }, Number(step));
  writer.close();
  return line;
}

const scores = { 100: 0.5, 200: 0.75, 300: 0.625, 400: 0.5 };
const often = { runEverySteps: 1 };

describe("early stopping", () => {
  const cases: readonly (readonly [
    string,
    (line: ReturnType<typeof evaluated>) => Parameters<typeof train>[1],
    string | undefined,
  ])[] = [
    [
      "higher",
      ({ estimator }) => stopIfHigherHook(estimator, "score", 0.6, often),
      'At step 200, metric "score" has value 0.75 which is greater than the configured threshold (0.6) for early stopping.',
    ],
    ["not higher", ({ estimator }) => stopIfHigherHook(estimator, "score", 0.75, often), undefined],
    [
      "lower, after a step",
      ({ estimator }) => stopIfLowerHook(estimator, "score", 0.6, { ...often, minSteps: 150 }),
      'At step 400, metric "score" has value 0.5 which is less than the configured threshold (0.6) for early stopping.',
    ],
    [
      "no increase",
      ({ estimator }) => stopIfNoIncreaseHook(estimator, "score", 150, often),
      'No increase in metric "score" for 200 steps, which is greater than or equal to max steps (150) configured for early stopping.',
    ],
    ["increase in time", ({ estimator }) => stopIfNoIncreaseHook(estimator, "score", 201, often), undefined],
    [
      "no decrease",
      ({ estimator }) => stopIfNoDecreaseHook(estimator, "score", 100, often),
      'No decrease in metric "score" for 100 steps, which is greater than or equal to max steps (100) configured for early stopping.',
    ],
  ];

  const train = async (
    line: ReturnType<typeof evaluated>,
    hook: ReturnType<typeof stopIfHigherHook>,
  ): Promise<void> => {
    await line.estimator.train(line.input, { steps: 3, hooks: [hook] });
  };

  for (const [name, make, message] of cases) {
    it(name, async () => {
      const line = evaluated(scores);
      await train(line, make(line));
      expect(line.estimator.latestCheckpoint()).toContain(`model.ckpt-${message === undefined ? 3 : 1}`);
      if (message !== undefined) expect(line.lines).toContain(`INFO:${message}`);
      expect(line.lines.includes("INFO:Requesting early stopping at global step 1")).toBe(message !== undefined);
      expect(line.estimator.getVariableNames()).toContain("signal_early_stopping/STOP");
    });
  }

  it("takes a folder of its own, and says when evaluations lack the metric", async () => {
    const line = evaluated(scores);
    const elsewhere = stopIfHigherHook(line.estimator, "score", 0, {
      ...often,
      evalDir: line.estimator.evalDir("none"),
    });
    await train(line, elsewhere);
    expect(line.estimator.latestCheckpoint()).toContain("model.ckpt-3");
    await expect(train(line, stopIfHigherHook(line.estimator, "typo", 0, often))).rejects.toThrow(
      "The evaluation at step 100 has no metric 'typo': it has score, other",
    );
  });

  it("asks a function, and two hooks share one variable", async () => {
    const { estimator, input } = lineEstimator();
    let asked = 0;
    const hooks = [
      makeEarlyStoppingHook(estimator, async () => ++asked === 2, { runEverySteps: 2 }),
      makeEarlyStoppingHook(estimator, () => false),
    ];
    await estimator.train(input, { steps: 10, hooks });
    expect(estimator.latestCheckpoint()).toContain("model.ckpt-3");
  });

  it("refuses two intervals and what is no function", () => {
    const { estimator } = lineEstimator();
    expect(() => makeEarlyStoppingHook(estimator, () => true, { runEverySecs: 1, runEverySteps: 1 })).toThrow(
      "Only one of `run_every_secs` and `run_every_steps` must be set.",
    );
    expect(() => makeEarlyStoppingHook(estimator, 1 as never)).toThrow("`should_stop_fn` must be callable.");
    expect(() => makeEarlyStoppingHook({} as never, () => true)).toThrow(
      "`estimator` must have type `tf.estimator.Estimator`. Got:",
    );
  });

  it("reads damaged files as far as they go", () => {
    const { estimator } = lineEstimator();
    const writer = new EventWriter(estimator.evalDir());
    writer.addScalars({ a: 1 }, 5);
    writer.close();
    appendFileSync(writer.path, Buffer.alloc(40, 7));
    const lines: string[] = [];
    const metrics = readEvalMetrics(estimator.evalDir(), {
      log: (level, message) => void lines.push(`${level}:${message}`),
    });
    expect([...metrics]).toEqual([[5, { a: 1 }]]);
    expect(lines[0]).toContain(
      `WARNING:Skipping rest of the file due to encountering data corruption error; file path: ${writer.path}`,
    );
  });
});
