import { emptyBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { type TensorValue, zeros } from "../core/tensor-value.js";
import type { Session } from "../runtime/session.js";
import type { SignatureInfo, TensorInfo } from "./signature.js";

/** Inputs with more elements than this say nothing about requests. */
const maxElements = 10_000_000;
/** After so many runs V8 has compiled what a short plan consists of. */
const maxRuns = 30;
/** For one signature; a long plan runs once. */
const signatureMilliseconds = 10;
/** For all of them. */
const modelMilliseconds = 500;

/**
 * Runs each signature on a row of zeros and empty texts, so that the first request finds code that is compiled and engines that are set up.
 *
 * For models whose requests leave no trace. Whatever a run says is the model's word on zeros, and nobody's answer.
 */
export function warmUp(session: Session, signatures: ReadonlyMap<string, SignatureInfo>): void {
  const end = performance.now() + modelMilliseconds;
  for (const signature of signatures.values()) {
    try {
      runOnZeros(session, signature, end);
    } catch {
      // Zeros are no input that the model was made for, and its shapes may be beyond the limits of the process.
    }
  }
}

function runOnZeros(session: Session, { inputs, outputs, defaults }: SignatureInfo, end: number): void {
  const feeds = new Map<string, TensorValue>();
  for (const [alias, info] of inputs) {
    const value = defaults.get(alias) ?? rowOf(info);
    if (value === undefined) return;
    feeds.set(info.name, value);
  }
  const fetches = [...outputs.values()].map(({ name }) => name);
  const until = performance.now() + signatureMilliseconds;
  for (let run = 0; run < maxRuns && performance.now() < (run === 0 ? end : until); run++)
    session.run(fetches, feeds, [], { deadline: end });
}

function rowOf({ dtype, shape }: TensorInfo): TensorValue | undefined {
  if (shape === undefined || dtype === "resource" || dtype === "variant") return undefined;
  const sizes = shape.map((size) => (size < 0 ? 1 : size));
  const count = elementCount(sizes);
  if (count > maxElements) return undefined;
  return dtype === "string"
    ? { dtype, shape: sizes, data: new Array<Uint8Array>(count).fill(emptyBytes) }
    : zeros(dtype, sizes);
}
