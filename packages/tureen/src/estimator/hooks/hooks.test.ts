import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { floatValue, scalarValue, toFlatArray } from "../../core/tensor-value.js";
import { eventFiles, readEvents } from "../../formats/events.js";
import { build, constant } from "../../graph/build-op.js";
import { currentGraph } from "../../graph/scope.js";
import type { Session } from "../../runtime/session.js";
import { lineEstimator } from "../testing/line-estimator.js";
import { manualClock } from "../testing/manual-clock.js";
import { CheckpointSaverHook } from "./checkpoint-saver-hook.js";
import { FeedFnHook } from "./feed-fn-hook.js";
import { FinalOpsHook } from "./final-ops-hook.js";
import { GlobalStepWaiterHook } from "./global-step-waiter-hook.js";
import { InMemoryEvaluatorHook } from "./in-memory-evaluator-hook.js";
import { LoggingTensorHook } from "./logging-tensor-hook.js";
import { NanTensorHook } from "./nan-tensor-hook.js";
import { ProfilerHook } from "./profiler-hook.js";
import { SecondOrStepTimer } from "./second-or-step-timer.js";
import type { SessionRunContext, SessionRunHook } from "./session-run-hook.js";
import { StepCounterHook } from "./step-counter-hook.js";
import { makeStopAtCheckpointStepHook } from "./stop-at-checkpoint-step-hook.js";
import { StopAtStepHook } from "./stop-at-step-hook.js";
import { SummarySaverHook } from "./summary-saver-hook.js";

/** A hook that needs the finished graph is made in `begin`. */
function late(make: () => SessionRunHook): SessionRunHook {
  let hook: SessionRunHook;
  return {
    begin: () => {
      hook = make();
      hook.begin?.();
    },
    afterCreateSession: (session, nextFeeds) => hook.afterCreateSession?.(session, nextFeeds),
    beforeRun: (context) => hook.beforeRun?.(context),
    afterRun: (context, values) => hook.afterRun?.(context, values),
    end: (session) => hook.end?.(session),
  };
}

describe("SecondOrStepTimer", () => {
  it("fires at once, then by steps, never twice for one", () => {
    const timer = new SecondOrStepTimer({ everySteps: 3 });
    expect(timer.shouldTriggerForStep(5)).toBe(true);
    expect(timer.updateLastTriggeredStep(5)).toEqual({ seconds: undefined, steps: undefined });
    expect([5, 6, 7, 8].map((step) => timer.shouldTriggerForStep(step))).toEqual([false, false, false, true]);
    expect(timer.lastTriggeredStep()).toBe(5);
    timer.reset();
    expect(timer.shouldTriggerForStep(5)).toBe(true);
  });

  it("fires by seconds and tells how long ago it did", () => {
    const clock = manualClock();
    const timer = new SecondOrStepTimer({ everySecs: 2, clock });
    timer.updateLastTriggeredStep(1);
    clock.advance(1999);
    expect(timer.shouldTriggerForStep(9)).toBe(false);
    clock.advance(1);
    expect(timer.shouldTriggerForStep(1)).toBe(false);
    expect(timer.shouldTriggerForStep(9)).toBe(true);
    expect(timer.updateLastTriggeredStep(9)).toEqual({ seconds: 2, steps: 8 });
  });

  it("takes exactly one interval", () => {
    expect(() => new SecondOrStepTimer({})).toThrow("Either every_secs or every_steps should be provided.");
    expect(() => new SecondOrStepTimer({ everySecs: 1, everySteps: 1 })).toThrow(
      "Can not provide both every_secs and every_steps.",
    );
  });
});

describe("LoggingTensorHook", () => {
  it("logs by iterations, sorted by tag", async () => {
    const { estimator, lines, input } = lineEstimator({ logStepCountSteps: undefined });
    const hook = new LoggingTensorHook({ tensors: { b: "y:0", a: "IteratorGetNext_1" }, everyNIter: 2 });
    await estimator.train(input, { steps: 4, hooks: [hook] });
    const logged = lines
      .filter((line) => line.startsWith("INFO:a = "))
      .map((line) => line.replace(/\([\d.]+ sec\)/, "(N sec)"));
    expect(logged[0]).toBe("INFO:a = [-1.  2.], b = [0. 0.]");
    expect(logged[1]).toMatch(/^INFO:a = \[-1\. {2}2\.\], b = \[[^0].*\] \(N sec\)$/);
    expect(logged).toHaveLength(2);
  });

  it("logs at the end alone, in the order of a list, with a formatter", async () => {
    const { estimator, lines, input } = lineEstimator();
    const tensors = ["w/Read/ReadVariableOp", "global_step/Read/ReadVariableOp"];
    const plain = new LoggingTensorHook({ tensors, atEnd: true });
    const formatted = new LoggingTensorHook({
      tensors: { s: "global_step/Read/ReadVariableOp" },
      atEnd: true,
      formatter: ({ s }) => `at ${toFlatArray(s!)[0]}`,
    });
    await estimator.train(input, { steps: 3, hooks: [plain, formatted] });
    expect(lines.filter((line) => line.includes("w/Read"))).toEqual([
      expect.stringMatching(/^INFO:w\/Read\/ReadVariableOp = [\d.]+, global_step\/Read\/ReadVariableOp = 3$/),
    ]);
    expect(lines).toContain("INFO:at 3");
  });

  it("logs by seconds", async () => {
    const clock = manualClock();
    const { estimator, lines, input } = lineEstimator({ logStepCountSteps: undefined }, clock);
    const hook = new LoggingTensorHook({ tensors: ["IteratorGetNext_1:0"], everyNSecs: 10 });
    const pass = { afterRun: () => clock.advance(4000) };
    await estimator.train(input, { steps: 7, hooks: [hook, pass] });
    const odd = "INFO:IteratorGetNext_1:0 = [5. 8.]";
    const even = "INFO:IteratorGetNext_1:0 = [-1.  2.]";
    expect(lines.filter((line) => line.startsWith("INFO:Iterator"))).toEqual([
      even,
      `${odd} (12.000 sec)`,
      `${even} (12.000 sec)`,
    ]);
  });

  it("refuses no trigger, two, a bad one, and tensors that are not of the graph", async () => {
    const either = "either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.";
    expect(() => new LoggingTensorHook({ tensors: {} })).toThrow(either);
    expect(() => new LoggingTensorHook({ tensors: {}, everyNIter: 1, everyNSecs: 1 })).toThrow(either);
    expect(() => new LoggingTensorHook({ tensors: {}, everyNIter: 0 })).toThrow("invalid every_n_iter=0.");
    const { estimator, input } = lineEstimator();
    const ambiguous = late(() => {
      build("Unique", [constant([1, 2], "int32")], { out_idx: "int32" }, "two");
      return new LoggingTensorHook({ tensors: ["two"], everyNIter: 1 });
    });
    await expect(estimator.train(input, { steps: 1, hooks: [ambiguous] })).rejects.toThrow(
      "Name two is ambiguous, as this `Operation` has multiple outputs (at least 2).",
    );
    const foreign = new LoggingTensorHook({ tensors: { x: 3 as never }, everyNIter: 1 });
    await expect(estimator.train(input, { steps: 1, hooks: [foreign] })).rejects.toThrow(
      "Passed 3 should have graph attribute that is equal to current graph",
    );
  });
});

describe("CheckpointSaverHook", () => {
  it("replaces the Estimator's own and takes its listeners", async () => {
    const { estimator, input } = lineEstimator();
    const checkpointDir = mkdtempSync(join(tmpdir(), "tureen-saver-"));
    const told: string[] = [];
    const listener = {
      begin: () => void told.push("begin"),
      beforeSave: (_session: Session, step: number) => void told.push(`before ${step}`),
      afterSave: (_session: Session, step: number) => void told.push(`after ${step}`),
      end: (_session: Session, step: number) => void told.push(`end ${step}`),
    };
    const hook = new CheckpointSaverHook({
      checkpointDir,
      saveSteps: 2,
      checkpointBasename: "own",
      saveGraphDef: false,
    });
    await estimator.train(input, { steps: 3, hooks: [hook], savingListeners: [listener] });
    expect(told).toEqual(["begin", "before 0", "after 0", "before 2", "after 2", "before 3", "after 3", "end 3"]);
    const names = readdirSync(checkpointDir).filter((name) => !name.includes("tfevents"));
    const written = [0, 2, 3].flatMap((step) => [`own-${step}.data-00000-of-00001`, `own-${step}.index`]);
    expect(names.sort()).toEqual(["checkpoint", ...written]);
    expect(estimator.latestCheckpoint()).toBeUndefined();
  });

  it("lets a listener end training", async () => {
    const { estimator, input, lines } = lineEstimator({ saveCheckpointsSteps: 2, saveCheckpointsSecs: undefined });
    class Stop {
      afterSave(_session: Session, step: number): boolean {
        return step === 4;
      }
    }
    await estimator.train(input, { steps: 100, savingListeners: [new Stop()] });
    expect(estimator.latestCheckpoint()).toContain("model.ckpt-4");
    expect(lines).toContain("INFO:A CheckpointSaverListener requested that training be stopped. listener: Stop");
  });

  it("saves by seconds", async () => {
    const clock = manualClock();
    const { estimator, input, lines } = lineEstimator({ saveCheckpointsSecs: 10 }, clock);
    await estimator.train(input, { steps: 6, hooks: [{ afterRun: () => clock.advance(4000) }] });
    const saved = lines.filter((line) => line.startsWith("INFO:Saving checkpoints for"));
    expect(saved.map((line) => Number(line.match(/for (\d+)/)![1]))).toEqual([0, 4, 6]);
  });

  it("is not there where the configuration has no checkpoints, and then refuses listeners", async () => {
    const { estimator, input } = lineEstimator({ saveCheckpointsSteps: undefined, saveCheckpointsSecs: undefined });
    await estimator.train(input, { steps: 1 });
    expect(estimator.latestCheckpoint()).toBeUndefined();
    await expect(estimator.train(input, { steps: 1, savingListeners: [{}] })).rejects.toThrow(
      "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs.",
    );
  });

  it("refuses two savers and two intervals", () => {
    const options = { checkpointDir: "x", saveSteps: 1 };
    expect(() => new CheckpointSaverHook({ ...options, saver: {} as never, scaffold: {} })).toThrow(
      "You cannot provide both saver and scaffold.",
    );
    expect(() => new CheckpointSaverHook({ ...options, saveSecs: 1 })).toThrow(
      "Can not provide both every_secs and every_steps.",
    );
  });
});

describe("other hooks", () => {
  it("FeedFnHook feeds, and its tensors are no one else's", async () => {
    const { estimator, input } = lineEstimator();
    const seen: number[] = [];
    let given = 0;
    const feeder = () =>
      late(() => {
        const fed = build("PlaceholderWithDefault", [constant(0, "float32")], { shape: [] }, "fed");
        const doubled = build("AddV2", [fed, fed], {}, "doubled");
        const hook = new FeedFnHook({ feedFn: () => new Map([[fed, scalarValue("float32", ++given)]]) });
        const request = { fetches: { doubled } };
        return {
          beforeRun: () => ({ ...request, feeds: hook.beforeRun().feeds! }),
          afterRun: (_context, values) => void seen.push((values["doubled"]!.data as Float32Array)[0]!),
        };
      });
    await estimator.train(input, { steps: 3, hooks: [feeder()] });
    expect(seen).toEqual([2, 4, 6]);
    const both = late(() => {
      const fed = build("Placeholder", [], { dtype: "float32", shape: [] }, "twice");
      return new FeedFnHook({ feedFn: () => new Map([[fed, scalarValue("float32", 1)]]) });
    });
    const again: SessionRunHook = {
      beforeRun: (context) => ({ feeds: new Map([[context.graph.tensor("twice:0"), scalarValue("float32", 1)]]) }),
    };
    await expect(estimator.train(input, { steps: 1, hooks: [both, again] })).rejects.toThrow(
      "Same tensor is fed by two hooks.",
    );
    const inputs: SessionRunHook = {
      beforeRun: (context) => ({
        feeds: new Map([[context.graph.tensor("IteratorGetNext:0"), floatValue([1, 1], [2, 1])]]),
      }),
    };
    await expect(estimator.train(input, { steps: 1, hooks: [inputs] })).rejects.toThrow(
      "Same tensor is fed by a SessionRunHook and user.",
    );
  });

  it("FinalOpsHook fetches once at the end, and says what a missing input means", async () => {
    const { estimator, input, lines } = lineEstimator();
    let hook: FinalOpsHook | undefined;
    const final = late(() => {
      hook = new FinalOpsHook({ finalOps: { step: currentGraph().tensor("global_step/Read/ReadVariableOp:0") } });
      return hook;
    });
    await estimator.train(input, { steps: 3, hooks: [final] });
    expect(toFlatArray(hook!.finalOpsValues!["step"]!)).toEqual([3n]);
    const empty = new FinalOpsHook({ finalOps: {} });
    await estimator.train(input, { steps: 1, hooks: [empty] });
    expect(empty.finalOpsValues).toEqual({});
    expect(lines.some((line) => line.includes("FinalOpsHook"))).toBe(false);
  });

  it("NanTensorHook stops or fails", async () => {
    for (const failOnNanLoss of [true, false]) {
      const { estimator, input, lines } = lineEstimator();
      const nan = late(() => new NanTensorHook({ lossTensor: build("Log", [constant(-1, "float32")]), failOnNanLoss }));
      const training = estimator.train(input, { steps: 5, hooks: [nan] });
      if (failOnNanLoss) await expect(training).rejects.toThrow("NaN loss during training.");
      else await training;
      expect(lines).toContain(`${failOnNanLoss ? "ERROR" : "WARNING"}:Model diverged with loss = NaN.`);
      expect(estimator.latestCheckpoint()).toContain(failOnNanLoss ? "model.ckpt-0" : "model.ckpt-1");
    }
  });

  it("GlobalStepWaiterHook waits for a step", async () => {
    const lines: string[] = [];
    const clock = manualClock();
    const { estimator, input } = lineEstimator(
      { logger: { log: (_level, message) => void lines.push(message) } },
      clock,
    );
    await estimator.train(input, { steps: 2 });
    await estimator.train(input, {
      steps: 1,
      hooks: [new GlobalStepWaiterHook({ waitUntilStep: 2 }), new GlobalStepWaiterHook({ waitUntilStep: 0 })],
    });
    expect(lines.filter((line) => line.startsWith("Waiting"))).toEqual([
      "Waiting for global step 2 before starting training.",
    ]);
    const hook = new GlobalStepWaiterHook({ waitUntilStep: 3000 });
    const waiting = late(() => hook);
    let step = 0;
    const context = {
      get globalStep() {
        step += 1500;
        return step;
      },
    } as SessionRunContext;
    await estimator.train(input, { steps: 1, hooks: [{ ...waiting, beforeRun: () => undefined }] });
    const before = clock.now();
    await hook.beforeRun(context);
    expect(lines).toContain("Waiting for global step 3000 before starting training. Current step is 1500.");
    expect(clock.now() - before).toBe(500);
    expect(hook.beforeRun(context)).toBeUndefined();
  });

  it("ProfilerHook writes timelines that chrome://tracing reads", async () => {
    const { estimator, input, lines } = lineEstimator();
    const outputDir = join(estimator.modelDir, "profile");
    await estimator.train(input, { steps: 7, hooks: [new ProfilerHook({ saveSteps: 3, outputDir })] });
    expect(readdirSync(outputDir)).toEqual(["timeline-3.json", "timeline-6.json"]);
    const { traceEvents } = JSON.parse(readFileSync(join(outputDir, "timeline-3.json"), "utf8")) as {
      traceEvents: { name: string; ph: string; dur: number }[];
    };
    expect(traceEvents.map(({ name }) => name)).toEqual(["step", "input", "step", "input", "step"]);
    expect(traceEvents.every(({ ph, dur }) => ph === "X" && dur >= 0)).toBe(true);
    expect(lines).toContain(`INFO:Saving timeline for 3 into '${join(outputDir, "timeline-3.json")}'.`);
    expect(() => new ProfilerHook({})).toThrow("Either every_secs or every_steps should be provided.");
  });

  it("StopAtStepHook and StepCounterHook take exactly one, SummarySaverHook one source", () => {
    expect(() => new StopAtStepHook({})).toThrow("One of num_steps or last_step must be specified.");
    expect(() => new StopAtStepHook({ numSteps: 1, lastStep: 1 })).toThrow(
      "Only one of num_steps or last_step can be specified.",
    );
    expect(() => new StepCounterHook({ everyNSteps: 1, everyNSecs: 1 })).toThrow(
      "exactly one of every_n_steps and every_n_secs should be provided.",
    );
    const one = "Exactly one of scaffold or summary_op must be provided.";
    expect(() => new SummarySaverHook({ outputDir: "x", saveSteps: 1 })).toThrow(one);
    expect(() => new SummarySaverHook({ outputDir: "x", saveSteps: 1, scaffold: {}, summaryOp: [] })).toThrow(one);
    expect(() => new SummarySaverHook({ outputDir: "x", scaffold: {} })).toThrow(
      "Either every_secs or every_steps should be provided.",
    );
  });

  it("SummarySaverHook writes given summaries where it is told", async () => {
    const { estimator, input } = lineEstimator({ saveSummarySteps: undefined });
    const outputDir = join(estimator.modelDir, "own");
    const hook = late(() => {
      const summaryOp = ["one", "two"].map((tag) =>
        build("ScalarSummary", [constant(tag, "string"), constant(1, "float32")]),
      );
      return new SummarySaverHook({ outputDir, saveSteps: 2, summaryOp });
    });
    await estimator.train(input, { steps: 4, hooks: [hook] });
    const events = eventFiles(outputDir).flatMap((path) => [...readEvents(path)]);
    const tags = events.flatMap(({ step, summary }) => (summary ?? []).map(({ tag }) => `${step} ${tag}`));
    expect(tags).toEqual(["1 one", "1 two", "3 one", "3 two"]);
  });

  it("makeStopAtCheckpointStepHook stops at a step", async () => {
    const { estimator, input } = lineEstimator();
    await estimator.train(input, { hooks: [makeStopAtCheckpointStepHook(estimator, 4)] });
    expect(estimator.latestCheckpoint()).toContain("model.ckpt-4");
    expect(() => makeStopAtCheckpointStepHook(estimator, undefined as never)).toThrow("last_step must be specified.");
  });
});

describe("InMemoryEvaluatorHook", () => {
  it("evaluates what training has, without its checkpoints: at the start, now and then and at the end", async () => {
    const { estimator, input, lines } = lineEstimator({ saveCheckpointsSecs: undefined });
    const hook = new InMemoryEvaluatorHook(estimator, { inputFn: input, steps: 2, everyNIter: 2, name: "memory" });
    await estimator.train(input, { steps: 5, hooks: [hook] });
    expect(estimator.latestCheckpoint()).toBeUndefined();
    const dicts = lines.filter((line) => line.startsWith("INFO:Saving dict"));
    expect(dicts.map((line) => Number(line.match(/step (\d+)/)![1]))).toEqual([0, 2, 4, 5]);
    const losses = dicts.map((line) => Number(line.match(/loss = ([\d.]+)/)![1]));
    expect(losses[0]).toBe(23.5);
    expect(new Set(losses).size).toBe(4);
    expect(dicts.every((line) => line.endsWith("mean = 3.5"))).toBe(true);
    const events = eventFiles(join(estimator.modelDir, "eval_memory")).flatMap((path) => [...readEvents(path)]);
    expect(events.filter(({ summary }) => summary !== undefined).map(({ step }) => step)).toEqual([0, 2, 4, 5]);
    expect(events.filter(({ graphDef }) => graphDef !== undefined)).toHaveLength(1);
  });

  it("refuses bad intervals", () => {
    const { estimator, input } = lineEstimator();
    expect(() => new InMemoryEvaluatorHook(estimator, { inputFn: input, everyNIter: 0 })).toThrow(
      "invalid every_n_iter=0.",
    );
    expect(() => new InMemoryEvaluatorHook(estimator, { inputFn: input, steps: 0 })).toThrow(
      "Must specify steps > 0, given: 0",
    );
  });
});
