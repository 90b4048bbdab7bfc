import { useState } from "preact/hooks";
import type { OverviewModel, OverviewVersion } from "../console-data.js";
import { exampleRequest, verbOf } from "./example-request.js";
import { short } from "./format.js";
import { ask, problemText } from "./server.js";

/** An answer as it is shown. */
interface Shown {
  readonly isGood: boolean;
  readonly text: string;
  readonly milliseconds: number;
}

/** Taller requests are scrolled. */
const mostRows = 14;

/** A form that sends a request to a signature and shows what it answers. */
export function TrySignature({ model, version }: { model: OverviewModel; version: OverviewVersion }) {
  const [name, setName] = useState("serving_default");
  const signature = version.signatures.find((candidate) => candidate.name === name) ?? version.signatures[0]!;
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>({});
  const [shown, setShown] = useState<Shown>();
  const [isWaiting, setWaiting] = useState(false);
  const body = edited[signature.name] ?? exampleRequest(signature);
  const path = `/v1/models/${encodeURIComponent(model.name)}/versions/${version.version}:${verbOf(signature)}`;
  const send = async (): Promise<void> => {
    setWaiting(true);
    const start = performance.now();
    try {
      const response = await ask(path, { method: "POST", body });
      const text = await response.text();
      setShown({ isGood: response.ok, text, milliseconds: performance.now() - start });
    } catch (error) {
      setShown({ isGood: false, text: problemText(error), milliseconds: performance.now() - start });
    }
    setWaiting(false);
  };
  return (
    <div>
      <div class="row">
        <select
          value={signature.name}
          onChange={(event) => setName(event.currentTarget.value)}
          aria-label={`signature of ${model.name}`}
        >
          {version.signatures.map(({ name: key }) => (
            <option key={key}>{key}</option>
          ))}
        </select>
        <code>POST {path}</code>
      </div>
      <textarea
        spellcheck={false}
        rows={Math.min(body.split("\n").length, mostRows)}
        aria-label={`request to ${model.name}`}
        value={body}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || isWaiting) return;
          event.preventDefault();
          void send();
        }}
        onInput={(event) => setEdited({ ...edited, [signature.name]: event.currentTarget.value })}
      />
      <div class="row">
        <button
          type="button"
          class="main"
          aria-label={`send to ${model.name}`}
          title="Ctrl+Enter in the text sends too"
          disabled={isWaiting}
          onClick={() => void send()}
        >
          Send
        </button>
        <span class="soft" role="status">
          {shown !== undefined &&
            `${shown.isGood ? "answered" : "refused"} in ${short(shown.milliseconds)} ms, network included`}
        </span>
      </div>
      {shown !== undefined && <Scores text={shown.text} />}
      {shown !== undefined && <pre class={shown.isGood ? "" : "error"}>{shown.text}</pre>}
    </div>
  );
}

/** Bars for the scores of the first example of a classification. */
function Scores({ text }: { text: string }) {
  const scores = firstScores(text);
  if (scores === undefined) return null;
  return (
    <div class="bars">
      {scores.map(([label, score]) => [
        <span key={`${label} name`}>{label}</span>,
        <i key={`${label} bar`} style={{ width: `${Math.max(score, 0) * 100}%` }} />,
        <span key={`${label} value`} class="soft">
          {short(score)}
        </span>,
      ])}
    </div>
  );
}

function firstScores(text: string): readonly (readonly [string, number])[] | undefined {
  let results: unknown;
  try {
    results = (JSON.parse(text) as { readonly results?: unknown }).results;
  } catch {
    return undefined;
  }
  const first: unknown = Array.isArray(results) ? results[0] : undefined;
  if (!Array.isArray(first) || first.length === 0) return undefined;
  const isPair = (pair: unknown): pair is readonly [string, number] =>
    Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number" && pair[1] <= 1;
  return first.every(isPair) ? first : undefined;
}
