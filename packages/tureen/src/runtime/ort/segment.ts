import type { PartialShape } from "../../core/shape.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { type Plan, runPlan } from "../compile/plan.js";
import type { Kernel } from "../kernel.js";
import { copyOf } from "../kernels/array-slice.js";
import type { RunContext } from "../run-context.js";
import { nativeBinding } from "./native-binding.js";
import { encodeOnnxModel, type OnnxGraph } from "./onnx-model.js";
import { OrtSession, type OrtSessionOptions } from "./ort-session.js";

/** What the ONNX graph of a segment takes for granted about an input, and is checked at every run. */
export interface InputGuard {
  readonly shape: PartialShape;
  /** Elements that the graph relies on, -1 for those it does not; undefined for none. */
  readonly elements: readonly number[] | undefined;
  /** Elements for each unit of the unknown dimensions; 0 where the shape does not vary. */
  readonly perUnit: number;
  /** Whether the graph takes for granted that all elements are numbers of a size that does not overflow. */
  readonly isFinite?: boolean;
}

/** A part of a plan in both its forms. */
export interface SegmentInit {
  readonly name: string;
  readonly graph: OnnxGraph;
  /** Makes the plan of the host kernels; asked for once, by the first run that needs it. */
  readonly host: () => Plan;
  readonly guards: readonly InputGuard[];
  /** From how many units on ONNX Runtime is the faster one. */
  readonly minUnits: number;
  /** Numbers of inputs that the graph takes to have equal first dimensions. */
  readonly sameRows?: readonly number[];
  readonly session: OrtSessionOptions;
  readonly observe: ((event: SegmentEvent) => void) | undefined;
}

/** Where a run of a segment went, for tests and diagnosis. */
export interface SegmentEvent {
  readonly segment: string;
  /** `small`: cheaper on the host; `guard`: an input is not as the ONNX graph assumes; `failed`: ONNX Runtime refused and the host ran after it. */
  readonly ran: "onnxruntime" | "small" | "guard" | "failed";
  readonly error?: unknown;
}

/** After this many runs that only the host could do, and none that ONNX Runtime could, it is no longer tried: that costs time twice. */
const mostFailures = 3;

/**
 * Runs a part of a plan in ONNX Runtime where that pays, else on the host kernels.
 *
 * The ONNX session is made when it is first needed. Whatever ONNX Runtime rejects runs again on the host, which gives TensorFlow's error or, where
 * only ONNX Runtime has a problem, the result.
 */
export class Segment {
  readonly #init: SegmentInit;
  #session: OrtSession | null | undefined;
  #host: Plan | undefined;
  #failures = 0;
  #hasRun = false;
  #refusal: unknown;
  #closed = false;
  #reused: readonly number[] = [];

  constructor(init: SegmentInit) {
    this.#init = init;
  }

  /** Which outputs nobody holds when the segment runs again, see `OrtSession.reuse`. */
  reuse(outputs: readonly number[]): void {
    this.#reused = outputs;
  }

  readonly kernel: Kernel = (inputs, context) => {
    const { guards, minUnits, observe, name, sameRows } = this.#init;
    let units = 1;
    for (let i = 0; i < guards.length; i++) {
      const found = unitsOf(guards[i]!, inputs[i]!);
      if (found < 0) {
        observe?.({ segment: name, ran: "guard" });
        return this.#onHost(inputs, context);
      }
      if (found > units) units = found;
    }
    if (!haveSameRows(inputs, sameRows)) {
      observe?.({ segment: name, ran: "guard" });
      return this.#onHost(inputs, context);
    }
    if (units < minUnits || this.#closed) {
      observe?.({ segment: name, ran: "small" });
      return this.#onHost(inputs, context);
    }
    if (this.#session === undefined) this.#open();
    if (this.#session === null || this.#session === undefined) {
      const outputs = this.#onHost(inputs, context);
      // Only now is it sure that the model is right and ONNX Runtime is at fault.
      if (this.#refusal !== undefined) this.#giveUp(this.#refusal);
      return outputs;
    }
    let failure: unknown;
    try {
      const outputs = this.#session.run(inputs);
      this.#hasRun = true;
      observe?.({ segment: name, ran: "onnxruntime" });
      return outputs;
    } catch (error) {
      failure = error;
    }
    observe?.({ segment: name, ran: "failed", error: failure });
    const outputs = this.#onHost(inputs, context);
    this.#failures += 1;
    if (this.#failures === mostFailures && !this.#hasRun) this.#giveUp(failure);
    return outputs;
  };

  #onHost(inputs: readonly TensorValue[], context: RunContext): TensorValue[] {
    this.#host ??= this.#init.host();
    const outputs = runPlan(this.#host, inputs, context);
    if (this.#init.sameRows === undefined) return outputs;
    // An input may lie in memory that the next step writes again (`reuse`); a host kernel may have given it out as it is.
    return outputs.map((output) => (inputs.some(({ data }) => data === output.data) ? copyOf(output) : output));
  }

  /** Bytes that ONNX Runtime holds for it; 0 until its session is made. */
  get nativeBytes(): number {
    return this.#session?.nativeBytes ?? 0;
  }

  /** Releases the native session; later runs stay on the host. */
  close(): void {
    this.#closed = true;
    this.#session?.close();
    this.#session = null;
  }

  #open(): void {
    const binding = nativeBinding();
    if (binding === null) {
      this.#session = null;
      return;
    }
    const { graph, session } = this.#init;
    try {
      this.#session = new OrtSession(binding, encodeOnnxModel(graph), graph.inputs, graph.outputs, session);
      this.#session.reuse(this.#reused);
    } catch (error) {
      this.#init.observe?.({ segment: this.#init.name, ran: "failed", error });
      this.#session = null;
      this.#refusal = error;
    }
  }

  #giveUp(error: unknown): void {
    this.#session?.close();
    this.#session = null;
    this.#refusal = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    process.emitWarning(`ONNX Runtime cannot run '${this.#init.name}', which stays on the host kernels: ${reason}`, {
      code: "TUREEN_SEGMENT_ON_HOST",
    });
  }
}

function haveSameRows(inputs: readonly TensorValue[], numbers: readonly number[] = []): boolean {
  for (let i = 1; i < numbers.length; i++)
    if (inputs[numbers[i]!]!.shape[0] !== inputs[numbers[0]!]!.shape[0]) return false;
  return true;
}

/** How many units an input has, or -1 where it is empty or not what the ONNX graph assumes. */
function unitsOf(guard: InputGuard, value: TensorValue): number {
  const { shape } = value;
  const assumed = guard.shape;
  let count = 1;
  if (assumed === undefined) {
    for (let d = 0; d < shape.length; d++) count *= shape[d]!;
  } else {
    if (assumed.length !== shape.length) return -1;
    for (let d = 0; d < shape.length; d++) {
      const size = shape[d]!;
      if (assumed[d]! >= 0 && assumed[d] !== size) return -1;
      count *= size;
    }
  }
  // Empty tensors are where ONNX and TensorFlow part ways most often, and they cost nothing on the host.
  if (count === 0) return -1;
  const { elements } = guard;
  if (elements !== undefined) {
    const data = value.data as ArrayLike<number | bigint>;
    for (let i = 0; i < elements.length; i++) if (elements[i]! >= 0 && Number(data[i]) !== elements[i]) return -1;
  }
  if (guard.isFinite === true && value.dtype === "float32" && !isTame(value.data as Float32Array)) return -1;
  return guard.perUnit === 0 ? 1 : count / guard.perUnit;
}

/** Far below the largest float32, so that sums of products stay below as well. */
const tame = 1e30;

function isTame(data: Float32Array): boolean {
  for (let i = 0; i < data.length; i++) if (!(Math.abs(data[i]!) < tame)) return false;
  return true;
}

/** Whether a guard has anything to look at beyond the shape. */
export function reliedElements(elements: PartialShape): readonly number[] | undefined {
  return elements === undefined || elements.every((element) => element < 0) ? undefined : elements;
}
