import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatusError } from "../../core/status-error.js";
import type { BatchOptions } from "./batch-options.js";
import type { Shard } from "./plan-shards.js";
import type { ShardResult } from "./shard-files.js";
import type { FromWorker, ToWorker } from "./worker-message.js";

/** Predicts shards, one at a time. */
export interface ShardRunner {
  run(shard: Shard, onProgress: (result: ShardResult) => void): Promise<ShardResult>;
  close(): void;
}

/** After so many deaths the shard fails: a worker that dies that often dies of something else than its records. */
const maxDeaths = 10;

/** What a worker's death is reported as between the functions here. */
const died = Symbol("died");

/**
 * A runner in a process of its own: a model that crashes takes its worker along and nothing else.
 *
 * A worker that dies is started again. The shard is then gone through one record at a time, so that a record that kills its worker is
 * known by its number, counted as an error and left out: INTERNAL only where workers keep dying.
 */
export function processRunner(
  options: BatchOptions,
  fingerprint: string,
  count: number,
  startWorker: () => ChildProcess = startProcess,
): ShardRunner {
  const start: ToWorker = { kind: "start", options, fingerprint, count };
  let child: ChildProcess | undefined;
  let isClosed = false;

  const exchange = async (
    message: ToWorker,
    onProgress: (result: ShardResult) => void,
  ): Promise<ShardResult | undefined | typeof died> => {
    if (child === undefined) {
      child = startWorker();
      try {
        if ((await answerOf(child, start, () => {})) === died) {
          child = undefined;
          return died;
        }
      } catch (error) {
        // It could not load the model: the next shard gets a worker that tries again.
        child?.kill("SIGKILL");
        child = undefined;
        throw error;
      }
    }
    const outcome = await answerOf(child, message, onProgress);
    if (outcome === died) child = undefined;
    return outcome;
  };

  return {
    async run(shard, onProgress) {
      const folder = mkdtempSync(join(tmpdir(), "tureen-batch-"));
      const journal = join(folder, "record");
      const deadly: number[] = [];
      try {
        for (let deaths = 0; deaths <= maxDeaths && !isClosed; deaths++) {
          const message: ToWorker = { kind: "shard", shard, deadly, ...(deaths === 0 ? {} : { journal }) };
          const outcome = await exchange(message, onProgress);
          if (outcome !== died && outcome !== undefined) return outcome;
          const culprit = deaths === 0 ? undefined : journalled(journal);
          if (culprit !== undefined) deadly.push(culprit);
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      if (isClosed) throw new StatusError("CANCELLED", "The job was cancelled.");
      throw new StatusError("INTERNAL", `Workers died ${maxDeaths + 1} times over shard ${shard.index}.`);
    },
    close() {
      isClosed = true;
      child?.kill("SIGKILL");
    },
  };
}

function journalled(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function startProcess(): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  // Built, this code lies in one folder of `dist` and the worker in another; both are as deep.
  const script = new URL(isSource ? "./batch-worker.ts" : "../cloud/batch/batch-worker.js", import.meta.url);
  return fork(script, {
    execArgv: isSource ? ["--conditions=@tureen/source", "--import", "tsx"] : [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

/** Sends a message and waits for its outcome: a shard's result, undefined for `ready`, or that the process died. */
function answerOf(
  child: ChildProcess,
  message: ToWorker,
  onProgress: (result: ShardResult) => void,
): Promise<ShardResult | undefined | typeof died> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      child.off("message", onMessage);
      child.off("exit", onExit);
      act();
    };
    const onExit = (): void => settle(() => resolve(died));
    const onMessage = (answer: FromWorker): void => {
      if (answer.kind === "progress") onProgress(answer.result);
      else if (answer.kind === "ready") settle(() => resolve(undefined));
      else if (answer.kind === "done") settle(() => resolve(answer.result));
      else settle(() => reject(new StatusError(answer.code, answer.message)));
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
    // A process that has just died makes `send` fail; its exit is what counts.
    child.send(message, () => {});
  });
}
