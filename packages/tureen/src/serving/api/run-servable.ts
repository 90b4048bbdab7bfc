import { type DType, dtypeLabel } from "../../core/dtype.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { CompiledSignature, Servable, ServableRunOptions, SignatureTensor } from "../servable/servable.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { whenDone } from "./when-done.js";

/** A tensor to feed and the input that it is for. */
export interface Feed {
  readonly input: SignatureTensor;
  readonly value: TensorValue;
}

/**
 * Runs tensors of a servable and notes how long it took; without a promise where the model answered at once.
 *
 * INVALID_ARGUMENT `Expects arg[i] to be float but string is provided` where a dtype is not the graph's: i counts the feeds in the
 * order of their tensor names, as TensorFlow's session does. A call whose client has gone, or whose time is up, is not run.
 */
export function runServable(
  context: ApiContext,
  call: CallContext,
  servable: Servable,
  feeds: readonly Feed[],
  fetches: readonly string[],
): readonly TensorValue[] | Promise<readonly TensorValue[]> {
  for (const feed of feeds) {
    if (feed.input.isCompositeTensor) throw namelessTensor();
    if (feed.value.dtype !== feed.input.fedDtype)
      throw dtypeMismatch(feeds, feed.input.name, feed.input.fedDtype, feed.value.dtype);
  }
  if (fetches.includes("")) throw namelessTensor();
  const { deadline } = call;
  if (call.isCancelled?.() === true) throw new StatusError("CANCELLED", "Run call was cancelled");
  const start = performance.now();
  if (deadline !== undefined && start >= deadline) {
    throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
  }
  const values = new Map<string, TensorValue>();
  for (const { input, value } of feeds) values.set(input.name, value);
  const { record } = call;
  // Before the run: what goes to a worker is gone from here.
  servable.drift?.offer(feeds);
  const outputs = servable.run(values, fetches, runOptions(deadline, record));
  return whenDone(outputs, (done) => {
    const elapsed = performance.now() - start;
    if (record !== undefined) record.run = elapsed;
    context.metrics.graphRuns.increment(noLabels);
    context.metrics.graphRunMicros.increment(noLabels, Math.round(elapsed * 1000));
    return done;
  });
}

const noLabels: readonly string[] = [];

const noOptions: ServableRunOptions = Object.freeze({});

function runOptions(deadline: number | undefined, record: ServableRunOptions["record"]): ServableRunOptions {
  if (deadline === undefined) return record === undefined ? noOptions : { record };
  return record === undefined ? { deadline } : { deadline, record };
}

/** Notes which servable and signature answer a request. */
export function noteSignature({ record }: CallContext, servable: Servable, signature: CompiledSignature): void {
  if (record === undefined) return;
  record.servable = servable;
  record.signature = signature;
}

/**
 * TensorFlow Serving feeds and fetches the name of a TensorInfo, and what is sparse or ragged has none: its Predict can do neither. The text is that of
 * TensorFlow 2.15's session (recorded: fixtures/ragged-exports.json.gz of the estimator).
 */
function namelessTensor(): StatusError {
  return invalidArgument("Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph");
}

function dtypeMismatch(feeds: readonly Feed[], name: string, expected: DType, provided: DType): StatusError {
  const names = feeds.map(({ input }) => input.name).sort();
  return invalidArgument(
    `Expects arg[${names.indexOf(name)}] to be ${dtypeLabel(expected)} but ${dtypeLabel(provided)} is provided`,
  );
}
