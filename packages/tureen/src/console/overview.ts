import type { PartialShape } from "../core/shape.js";
import type { ExampleFeature } from "../saved-model/example-features.js";
import { sampleExample } from "../saved-model/sample-example.js";
import type { ServerCore } from "../serving/manager/server-core.js";
import type { CompiledSignature, Servable } from "../serving/servable/servable.js";
import type { OverviewModel, OverviewSignature, OverviewTensor } from "./console-data.js";

/** What the server serves at this moment. Versions that ended well are left out: nothing of them is left to look at. */
export function modelOverview(core: ServerCore, loaded: readonly Servable[]): OverviewModel[] {
  return core.list().map(({ name, basePath, origin, isWanted, problem, labels, versions }) => ({
    name,
    basePath,
    origin,
    isWanted,
    ...(problem === undefined ? {} : { problem }),
    labels: Object.fromEntries([...labels].map(([label, version]) => [label, String(version)])),
    versions: versions
      .filter(({ state, error }) => state !== "END" || error !== undefined)
      .map(({ version, state, error, lastFailure }) => {
        const servable = loaded.find((candidate) => candidate.name === name && candidate.version === version);
        return {
          version: String(version),
          state,
          ...(error === undefined ? {} : { error: error.toString() }),
          ...(lastFailure === undefined ? {} : { lastFailure: lastFailure.toString() }),
          ...(servable === undefined ? {} : { memoryBytes: servable.memoryBytes() }),
          ...(servable?.drift === undefined ? {} : { drift: servable.drift.report() }),
          signatures:
            servable === undefined
              ? []
              : [...servable.signatures.values()].map((signature) => signatureOverview(signature, servable)),
        };
      }),
  }));
}

function signatureOverview({ name, info }: CompiledSignature, servable: Servable): OverviewSignature {
  const tensors = (map: CompiledSignature["info"]["inputs"]): OverviewTensor[] =>
    [...map].map(([alias, { dtype, shape }]) => ({ name: alias, dtype, ...shapeOf(shape) }));
  const features = servable.exampleFeatures?.(name);
  return {
    name,
    method: info.methodName,
    inputs: tensors(info.inputs),
    outputs: tensors(info.outputs),
    ...(features === undefined ? {} : examplesOf(features)),
  };
}

function examplesOf(features: readonly ExampleFeature[]): Pick<OverviewSignature, "features" | "example"> {
  return {
    features: features.flatMap(({ key, dtype, shape }) =>
      key === undefined ? [] : [{ name: key, dtype, ...shapeOf(shape) }],
    ),
    example: Buffer.from(sampleExample(features)).toString("base64"),
  };
}

function shapeOf(shape: PartialShape): { readonly shape?: readonly number[] } {
  return shape === undefined ? {} : { shape };
}
