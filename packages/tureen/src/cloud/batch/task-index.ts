import { invalidArgument } from "../../core/status-error.js";

/** Which part of a job a process has. */
export interface TaskIndex {
  readonly index: number;
  readonly count: number | undefined;
}

/** Variables in which engines tell their processes who they are, and how many there are where they say so. */
const engines = [
  { index: "JOB_COMPLETION_INDEX", count: "JOB_COMPLETIONS", first: undefined },
  { index: "CLOUD_RUN_TASK_INDEX", count: "CLOUD_RUN_TASK_COUNT", first: undefined },
  { index: "AWS_BATCH_JOB_ARRAY_INDEX", count: "AWS_BATCH_JOB_ARRAY_SIZE", first: undefined },
  { index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN" },
  // A batch script has a process number, too: only a step's processes are the parts of something.
  { index: "SLURM_PROCID", count: "SLURM_STEP_NUM_TASKS", first: undefined, where: "SLURM_STEP_NUM_TASKS" },
] as const;

/**
 * The part that the environment names: a Kubernetes Indexed Job, Cloud Run jobs, AWS Batch, a Slurm array or the
 * processes of a Slurm step; undefined outside of these.
 *
 * Kubernetes does not tell its pods how many they are: `count` is undefined there unless the manifest sets JOB_COMPLETIONS. Slurm's numbers
 * are counted from the array's first. INVALID_ARGUMENT for a variable that is no whole number.
 */
export function taskIndexOf(environment: Readonly<Record<string, string | undefined>>): TaskIndex | undefined {
  for (const { index, count, first, ...engine } of engines) {
    const own = wholeNumber(environment, index);
    if (own === undefined || ("where" in engine && environment[engine.where] === undefined)) continue;
    const offset = first === undefined ? 0 : (wholeNumber(environment, first) ?? 0);
    return { index: own - offset, count: wholeNumber(environment, count) };
  }
  return undefined;
}

function wholeNumber(environment: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const text = environment[name];
  if (text === undefined || text === "") return undefined;
  if (!/^\d+$/.test(text)) throw invalidArgument(`${name} is no whole number: ${text}`);
  return Number(text);
}
