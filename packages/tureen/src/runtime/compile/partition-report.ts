import { type CompileOptions, compilePlan } from "./compile.js";
import { lift, type PlanRequest } from "./lift.js";

/** Why a part of a plan runs where it does. */
export interface StepDecision {
  readonly where: "host" | "onnxruntime";
  readonly why: string;
  /** The ops that a segment holds. */
  readonly ops?: readonly string[];
  /** The names of its nodes. */
  readonly nodes?: readonly string[];
  /** From how many units of its unknown dimensions (a batch) on a segment runs in ONNX Runtime; below it is on the host. */
  readonly minUnits?: number;
}

/** One step of a plan, for people. */
export interface StepReport extends StepDecision {
  readonly name: string;
  readonly type: string;
}

/** What a plan will do, in order. */
export interface PlanReport {
  readonly steps: readonly StepReport[];
}

/** Compiles a request as a session would and tells its steps, where each runs and why; runs nothing. */
export function explainPlan(request: PlanRequest, options: CompileOptions): PlanReport {
  const plan = compilePlan(lift(request), options);
  const decisions = options.partitioner?.decisions;
  const steps = plan.steps.map(({ name, type }): StepReport => {
    const decision = decisions?.get(name) ?? {
      where: "host",
      why:
        type === "_PlanLoop"
          ? "loops run on the host; their bodies are plans of their own"
          : "no ONNX Runtime for this plan",
    };
    return { name, type, ...decision };
  });
  options.partitioner?.close?.();
  return { steps };
}
