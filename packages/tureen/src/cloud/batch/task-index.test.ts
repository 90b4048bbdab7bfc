import { expect, it } from "vitest";
import { taskIndexOf } from "./task-index.js";

it.each([
  [{}, undefined],
  [{ JOB_COMPLETION_INDEX: "3" }, { index: 3, count: undefined }],
  [
    { JOB_COMPLETION_INDEX: "3", JOB_COMPLETIONS: "5" },
    { index: 3, count: 5 },
  ],
  [
    { CLOUD_RUN_TASK_INDEX: "0", CLOUD_RUN_TASK_COUNT: "2" },
    { index: 0, count: 2 },
  ],
  [
    { AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "4" },
    { index: 1, count: 4 },
  ],
  [
    { SLURM_ARRAY_TASK_ID: "7", SLURM_ARRAY_TASK_COUNT: "4", SLURM_ARRAY_TASK_MIN: "5" },
    { index: 2, count: 4 },
  ],
  [
    { SLURM_PROCID: "2", SLURM_STEP_NUM_TASKS: "3" },
    { index: 2, count: 3 },
  ],
  [{ SLURM_PROCID: "0", SLURM_NTASKS: "3" }, undefined],
])("finds the part in %j", (environment, part) => {
  expect(taskIndexOf(environment)).toEqual(part);
});

it("refuses what is no number", () => {
  expect(() => taskIndexOf({ JOB_COMPLETION_INDEX: "x" })).toThrow("JOB_COMPLETION_INDEX is no whole number: x");
});
