import { emptyBytes } from "../core/dtype.js";
import { elementCount } from "../core/shape.js";
import { type TensorValue, zeros } from "../core/tensor-value.js";
import type { Session } from "../runtime/session.js";
import { componentNames } from "./composite-info.js";
import { signatureFeatures } from "./example-features.js";
import { sampleExample } from "./sample-example.js";
import type { SignatureInfo, TensorInfo } from "./signature.js";

/** Inputs with more elements than this say nothing about requests. */
const maxElements = 10_000_000;
/** After so many runs V8 has compiled what a short plan consists of. */
const maxRuns = 100;
/** For one signature; a long plan runs once. */
const signatureMilliseconds = 10;
/** For all of them. */
const modelMilliseconds = 500;

/**
 * Runs each signature on a row of zeros, of Examples that have the features that it parses, or of empty texts, so that the first request finds code that is compiled and engines that are set up.
 *
 * For models whose requests leave no trace. Whatever a run says is the model's word on zeros, and nobody's answer.
 */
export function warmUp(session: Session, signatures: ReadonlyMap<string, SignatureInfo>): void {
  const end = performance.now() + modelMilliseconds;
  for (const signature of signatures.values()) {
    const texts = [emptyBytes];
    const features = signatureFeatures(session.graph, signature);
    if (features !== undefined) texts.unshift(sampleExample(features));
    texts.some((text) => isTaken(() => runOnRow(session, signature, text, end)));
  }
}

/** Whether a signature takes what a warm-up feeds it. */
function isTaken(run: () => void): boolean {
  try {
    run();
    return true;
  } catch {
    // Zeros are no input that the model was made for, and its shapes may be beyond the limits of the process.
    return false;
  }
}

function runOnRow(session: Session, signature: SignatureInfo, text: Uint8Array, end: number): void {
  const feeds = feedsOf(signature, text);
  if (feeds === undefined) return;
  const fetches = [...signature.outputs.values()].flatMap(componentNames);
  session.run(fetches, feeds, [], { deadline: end });
  const until = Math.min(end, performance.now() + signatureMilliseconds);
  for (let run = 1; run < maxRuns && performance.now() < until; run++)
    session.run(fetches, feeds, [], { deadline: end });
}

function feedsOf({ inputs, defaults }: SignatureInfo, text: Uint8Array): Map<string, TensorValue> | undefined {
  const feeds = new Map<string, TensorValue>();
  for (const [alias, info] of inputs) {
    // No zeros are row splits.
    const value = defaults.get(alias) ?? (info.composite === undefined ? rowOf(info, text) : undefined);
    if (value === undefined) return undefined;
    feeds.set(info.name, value);
  }
  return feeds;
}

function rowOf({ dtype, shape }: TensorInfo, text: Uint8Array): TensorValue | undefined {
  if (shape === undefined || dtype === "resource" || dtype === "variant") return undefined;
  const sizes = shape.map((size) => (size < 0 ? 1 : size));
  const count = elementCount(sizes);
  if (count > maxElements) return undefined;
  return dtype === "string"
    ? { dtype, shape: sizes, data: new Array<Uint8Array>(count).fill(text) }
    : zeros(dtype, sizes);
}
