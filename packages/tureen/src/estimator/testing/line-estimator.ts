import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../core/clock.js";
import { Dataset } from "../../data/index.js";
import { Estimator } from "../estimator.js";
import type { InputFn } from "../input.js";
import { type RunConfig, runConfig } from "../run-config.js";
import { lineModel } from "./line-model.js";

/** An Estimator of lineModel in a folder of its own, what it logged, and its data without an end. */
export interface LineEstimator {
  readonly estimator: Estimator;
  readonly lines: string[];
  readonly input: InputFn;
}

/** Makes one. */
export function lineEstimator(config: Partial<RunConfig> = {}, clock?: Clock): LineEstimator {
  const lines: string[] = [];
  const logger = { log: (level: string, message: string): void => void lines.push(`${level}:${message}`) };
  const estimator = new Estimator({
    modelFn: lineModel,
    modelDir: mkdtempSync(join(tmpdir(), "tureen-line-")),
    config: runConfig({ logger, ...config }),
    clock,
  });
  const input: InputFn = () =>
    Dataset.fromTensorSlices([{ x: [[0], [1], [2], [3]] }, [-1, 2, 5, 8]])
      .repeat()
      .batch(2) as never;
  return { estimator, lines, input };
}
