import type { ModelSpecMessage } from "@tureen/protos/serving-messages";
import { invalidArgument, notFound, unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { CompiledSignature, Servable } from "../servable/servable.js";
import { acquireServable } from "./acquire-servable.js";
import { answeredSpec, signatureName } from "./model-spec.js";
import type { ApiContext, CallContext } from "./request-context.js";
import { noteSignature } from "./run-servable.js";

/** A SessionRun request: tensors of the graph by their own names, or by a signature's aliases. */
export interface SessionRunRequest {
  readonly modelSpec: ModelSpecMessage | undefined;
  readonly feeds: readonly (readonly [name: string, value: TensorValue])[];
  readonly fetches: readonly string[];
  readonly targets: readonly string[];
  readonly tensorNameIsAlias: boolean;
}

/** The answer: the fetched tensors in the order of the request, under the names that it used. */
export interface SessionRunResponse {
  readonly modelSpec: ModelSpecMessage;
  readonly tensors: readonly (readonly [name: string, value: TensorValue])[];
}

/**
 * SessionService.SessionRun, which TensorFlow Serving declares but does not serve: feeds any tensors of the graph and fetches any others.
 *
 * UNIMPLEMENTED for targets: operations that are run for what they do would change a model under the requests of others.
 */
export async function sessionRun(
  context: ApiContext,
  request: SessionRunRequest,
  call: CallContext,
): Promise<SessionRunResponse> {
  const { modelSpec, feeds, fetches, targets, tensorNameIsAlias } = request;
  const handle = await acquireServable(context, modelSpec, call);
  try {
    const { servable } = handle;
    if (targets.length > 0) throw unimplemented("SessionRun runs no targets: it fetches tensors alone");
    if (fetches.length === 0) throw invalidArgument("Must specify at least one target to fetch or execute.");
    const signature = tensorNameIsAlias ? aliasesOf(servable, modelSpec) : undefined;
    if (signature !== undefined) noteSignature(call, servable, signature);
    const values = new Map<string, TensorValue>();
    for (const [name, value] of feeds) {
      const tensor = signature === undefined ? withOutput(name) : tensorOf(signature.inputs, name);
      if (values.has(tensor)) throw invalidArgument(`Tensor ${tensor} is fed twice`);
      values.set(tensor, value);
    }
    const names = fetches.map((name) =>
      signature === undefined ? withOutput(name) : tensorOf(signature.outputs, name),
    );
    const { deadline } = call;
    const outputs = await servable.run(values, names, deadline === undefined ? {} : { deadline });
    return {
      modelSpec: answeredSpec(servable, modelSpec?.signatureName ?? ""),
      tensors: fetches.map((name, i) => [name, outputs[i]!] as const),
    };
  } finally {
    handle.release();
  }
}

function aliasesOf(servable: Servable, spec: ModelSpecMessage | undefined): CompiledSignature {
  const name = signatureName(spec);
  const signature = servable.signatures.get(name);
  if (signature === undefined) throw notFound(`Serving signature key "${name}" not found.`);
  return signature;
}

function tensorOf(tensors: CompiledSignature["inputs"], alias: string): string {
  const tensor = tensors.find((candidate) => candidate.alias === alias);
  if (tensor === undefined) throw invalidArgument(`tensor alias not found in signature: ${alias}`);
  return tensor.name;
}

/** `x` stands for `x:0`, as in TensorFlow's session. */
function withOutput(name: string): string {
  return name.includes(":") ? name : `${name}:0`;
}
