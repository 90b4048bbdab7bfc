import { useState } from "preact/hooks";
import type {
  ModelHistory,
  OverviewModel,
  OverviewSignature,
  OverviewTensor,
  OverviewVersion,
} from "../console-data.js";
import { Drift } from "./drift.js";
import { bytes, short } from "./format.js";
import { ask, problemText, refusalOf } from "./server.js";
import { Table } from "./table.js";
import { TrySignature } from "./try-signature.js";

/** A model: how it does, its versions, their signatures, a form to try them. */
export function Model({
  model,
  history,
  isOpen,
}: {
  model: OverviewModel;
  history: ModelHistory | undefined;
  isOpen: boolean;
}) {
  const available = model.versions.filter(({ state }) => state === "AVAILABLE");
  const newest = available[0];
  return (
    <details class="model" open={isOpen}>
      <summary>
        <h2>{model.name}</h2>
        <span class={`state ${stateOf(model)}`}>{stateOf(model)}</span>
        {newest !== undefined && (
          <span class="soft">{`version ${available.map(({ version }) => version).join(", ")}`}</span>
        )}
        {history !== undefined && <Rates history={history} />}
      </summary>
      <p class="soft">
        <code>{model.basePath}</code>
        {Object.entries(model.labels).map(([label, version]) => ` · ${label} → ${version}`)}
      </p>
      {model.problem !== undefined && <p class="error">{model.problem}</p>}
      <Manage model={model} />
      <Versions versions={model.versions} />
      {newest !== undefined && newest.signatures.length > 0 && (
        <>
          <h3>{`Signatures of version ${newest.version}`}</h3>
          <Signatures signatures={newest.signatures} />
          {newest.drift !== undefined && <Drift drift={newest.drift} />}
          <h3>Try it</h3>
          <TrySignature key={newest.version} model={model} version={newest} />
        </>
      )}
    </details>
  );
}

function stateOf({ isWanted, problem, versions }: OverviewModel): string {
  if (versions.some(({ state }) => state === "AVAILABLE")) return "AVAILABLE";
  if (!isWanted) return "unloaded";
  if (problem !== undefined || versions.some(({ error }) => error !== undefined)) return "failed";
  if (versions.some(({ lastFailure }) => lastFailure !== undefined)) return "retrying";
  return versions[0]?.state ?? "empty";
}

function Rates({ history }: { history: ModelHistory }) {
  const last = (values: readonly (number | null)[]): number | null => values.at(-1) ?? null;
  const errors = last(history.errorsPerSecond) ?? 0;
  const slow = last(history.percentile99);
  return (
    <span class="soft">
      {`${short(last(history.requestsPerSecond) ?? 0)} requests/s`}
      {slow !== null && ` · p50 ${short(last(history.median) ?? 0)} ms · p99 ${short(slow)} ms`}
      {errors > 0 && <b class="error">{` · ${short(errors)} errors/s`}</b>}
    </span>
  );
}

function Versions({ versions }: { versions: readonly OverviewVersion[] }) {
  if (versions.length === 0) return <p class="soft">No version in the folder yet.</p>;
  return (
    <Table head={["version", "state", "memory"]}>
      {versions.map(({ version, state, error, lastFailure, memoryBytes }) => (
        <tr key={version}>
          <td>{version}</td>
          <td>
            <span class={`state ${state}`}>{state}</span>
            {error !== undefined && <div class="error">{error}</div>}
            {lastFailure !== undefined && <div class="error">{`to be tried again after ${lastFailure}`}</div>}
          </td>
          <td>{memoryBytes === undefined ? "–" : bytes(memoryBytes)}</td>
        </tr>
      ))}
    </Table>
  );
}

function Signatures({ signatures }: { signatures: readonly OverviewSignature[] }) {
  return (
    <Table head={["key", "method", "inputs", "outputs"]}>
      {signatures.map(({ name, method, inputs, outputs }) => (
        <tr key={name}>
          <td>{name}</td>
          <td>{method.replace("tensorflow/serving/", "")}</td>
          <td>{inputs.map(tensorLine)}</td>
          <td>{outputs.map(tensorLine)}</td>
        </tr>
      ))}
    </Table>
  );
}

function tensorLine({ name, dtype, shape }: OverviewTensor) {
  const text = shape === undefined ? "[…]" : `[${shape.map((size) => (size < 0 ? "?" : size)).join(", ")}]`;
  return (
    <div key={name} class="tensor">
      {name} <span class="soft">{`${dtype} ${text}`}</span>
    </div>
  );
}

/** Load, unload and reload, where the server allows it; else what it says. */
function Manage({ model }: { model: OverviewModel }) {
  const [refusal, setRefusal] = useState<string>();
  const act = async (verb: string): Promise<void> => {
    try {
      const response = await ask(`/manage/v1/models/${encodeURIComponent(model.name)}:${verb}`, { method: "POST" });
      setRefusal(response.ok ? undefined : await refusalOf(response));
    } catch (error) {
      setRefusal(problemText(error));
    }
  };
  return (
    <div class="row">
      {(model.isWanted ? ["reload", "unload"] : ["load"]).map((verb) => (
        <button type="button" key={verb} aria-label={`${verb} ${model.name}`} onClick={() => void act(verb)}>
          {verb}
        </button>
      ))}
      <span class="error" role="status">
        {refusal}
      </span>
    </div>
  );
}
