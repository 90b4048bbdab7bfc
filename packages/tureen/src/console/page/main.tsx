import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConsoleData, OverviewModel } from "../console-data.js";
import { Chart, type Line } from "./chart.js";
import { bytes, duration, short } from "./format.js";
import { Model } from "./model.js";
import { consoleData, NeedsToken, problemText, setToken } from "./server.js";
import "uplot/dist/uPlot.min.css";
import "./page.css";

/** As often as the server samples itself. */
const refreshMs = 2000;
/** Models beyond this many start closed. */
const mostOpen = 3;
/** More lines cannot be told apart. */
const mostLines = 8;

function Console() {
  const [data, setData] = useState<ConsoleData>();
  const [problem, setProblem] = useState<unknown>();
  /** Counts what asks anew at once. */
  const [round, setRound] = useState(0);
  useEffect(() => {
    let timer: number | undefined;
    let isOver = false;
    const refresh = async (): Promise<void> => {
      try {
        setData(await consoleData());
        setProblem(undefined);
      } catch (error) {
        setProblem(error);
      }
      if (!isOver) timer = window.setTimeout(() => void refresh(), refreshMs);
    };
    void refresh();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [round]);
  return (
    <>
      {problem instanceof NeedsToken && (
        <TokenForm
          isRefused={problem.hadToken}
          onToken={(token) => {
            setToken(token);
            setRound(round + 1);
          }}
        />
      )}
      {problem !== undefined && !(problem instanceof NeedsToken) && (
        <p class="notice error" role="alert">{`${problemText(problem)} Asking again every two seconds.`}</p>
      )}
      {data !== undefined && <Overview data={data} isStale={problem !== undefined} />}
    </>
  );
}

/** Names of the models with the most requests in the time shown, in the order in which they are listed. */
function busiestModels({ models, history }: ConsoleData): string[] {
  const names = models.map(({ name }) => name);
  if (names.length <= mostLines) return names;
  const total = (name: string): number =>
    (history.models[name]?.requestsPerSecond ?? []).reduce((sum, rate) => sum + rate, 0);
  const totals = new Map(names.map((name) => [name, total(name)]));
  const busiest = new Set([...names].sort((a, b) => totals.get(b)! - totals.get(a)!).slice(0, mostLines));
  return names.filter((name) => busiest.has(name));
}

/** What is broken stands above what is not. */
function isWell({ isWanted, problem, versions }: OverviewModel): boolean {
  return !isWanted || (problem === undefined && versions.every(({ error }) => error === undefined));
}

function Overview({ data, isStale }: { data: ConsoleData; isStale: boolean }) {
  const { models, history, version, startedAt } = data;
  const busiest = busiestModels(data);
  const lines = (of: "requestsPerSecond" | "percentile99"): Line[] =>
    busiest.map((name) => ({ label: name, values: history.models[name]?.[of] ?? [] }));
  const which = busiest.length < models.length ? `, the ${busiest.length} busiest models` : "";
  const available = models.filter(({ versions }) => versions.some(({ state }) => state === "AVAILABLE")).length;
  return (
    <>
      <header>
        <h1>
          <span>Tureen</span> model server
        </h1>
        <span class="fact">
          <b>{`${available} of ${models.length}`}</b> models available
        </span>
        <span class="fact">
          up <b>{duration((Date.now() - startedAt) / 1000)}</b>
        </span>
        <span class="fact">
          memory <b>{bytes(history.residentBytes.at(-1) ?? 0)}</b>
        </span>
        <span class="fact">
          event loop p99 <b>{`${short(history.eventLoopDelay.at(-1) ?? 0)} ms`}</b>
        </span>
        <span class="fact">{`version ${version}`}</span>
        {isStale && <span class="error">not up to date</span>}
      </header>
      {models.length > 0 && (
        <div class="charts">
          <Chart
            title={`Requests per second${which}`}
            unit="/s"
            time={history.time}
            lines={lines("requestsPerSecond")}
          />
          <Chart
            title={`Latency, 99th percentile, ms${which}`}
            unit="ms"
            time={history.time}
            lines={lines("percentile99")}
          />
        </div>
      )}
      {models.length === 0 && <p class="notice">No model is configured.</p>}
      {[...models]
        .sort((a, b) => Number(isWell(a)) - Number(isWell(b)))
        .map((model) => (
          <Model
            key={model.name}
            model={model}
            history={history.models[model.name]}
            isOpen={models.length <= mostOpen}
          />
        ))}
    </>
  );
}

/** Asks for the token of a caller in the server's access file. */
function TokenForm({ isRefused, onToken }: { isRefused: boolean; onToken: (token: string) => void }) {
  const [text, setText] = useState("");
  return (
    <form
      class="notice row"
      onSubmit={(event) => {
        event.preventDefault();
        onToken(text);
      }}
    >
      <label for="token">This server has an access file. Your token:</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="main">
        Use it
      </button>
      {isRefused && (
        <span class="error" role="status">
          The server does not know this token.
        </span>
      )}
    </form>
  );
}

render(<Console />, document.getElementById("console")!);
