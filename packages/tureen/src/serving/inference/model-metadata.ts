import type { PartialShape } from "../../core/shape.js";
import type { TensorInfo } from "../../saved-model/signature.js";
import { acquireServable } from "../api/acquire-servable.js";
import type { ApiContext, CallContext } from "../api/request-context.js";
import { datatypeName } from "./datatype.js";
import { inferSignature, inferSpec } from "./infer.js";

/** What the protocol says of a tensor. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: string;
  /** -1 for a dimension that varies; one such dimension alone where not even the rank is known. */
  readonly shape: readonly number[];
}

/** What the protocol says of a model: the tensors are those of `serving_default`, or of the only signature. */
export interface InferMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** What the server says of itself. */
export const serverMetadata: {
  readonly name: string;
  readonly version: string;
  readonly extensions: readonly string[];
} = Object.freeze({
  name: "tureen",
  version: "2",
  extensions: Object.freeze(["model_repository", "binary_tensor_data"]),
});

/** The name that the protocol's users know the platform by. */
const platform = "tensorflow_savedmodel";

/** ModelMetadata: NOT_FOUND where nothing of that name and version is available. */
export async function inferMetadata(
  context: ApiContext,
  name: string,
  version: string,
  call: CallContext,
): Promise<InferMetadata> {
  const handle = await acquireServable(context, inferSpec(name, version), call);
  try {
    const { info } = inferSignature(handle.servable, "");
    const available = context.core.monitor.statesOf(name).filter(({ state }) => state === "AVAILABLE");
    return {
      name,
      versions: available.map((status) => String(status.version)).reverse(),
      platform,
      inputs: tensors(info.inputs),
      outputs: tensors(info.outputs),
    };
  } finally {
    handle.release();
  }
}

function tensors(infos: ReadonlyMap<string, TensorInfo>): TensorMetadata[] {
  return [...infos].map(([name, { dtype, shape }]) => ({ name, datatype: datatypeName(dtype), shape: sizes(shape) }));
}

function sizes(shape: PartialShape): readonly number[] {
  return shape ?? [-1];
}

/** Whether the server answers, as `/readyz`. */
export function isServerReady(context: ApiContext): boolean {
  return context.core.isReady();
}

/** Whether a version, or any of the model, answers. */
export function isModelReady(context: ApiContext, name: string, version: string): boolean {
  const { monitor } = context.core;
  const spec = inferSpec(name, version);
  if (spec.versionLabel !== undefined) return false;
  if (spec.version !== undefined) return monitor.stateOf(name, spec.version)?.state === "AVAILABLE";
  return context.core.readiness().some((model) => model.name === name && model.ready);
}
