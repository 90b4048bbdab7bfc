import { describe, expect, it } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { ortPartitioner } from "../../runtime/ort/index.js";
import { Session, type SessionOptions } from "../../runtime/session.js";
import { buildLayer, type RecordedLayer, recordedCases, recordedValue } from "./test-fixtures.js";
import { initializeLayer } from "./test-session.js";

// Plans with fused nodes must give what the nodes by themselves give, to the bit, and fail as they fail.
const cases = recordedCases<RecordedLayer>("layers").filter(
  ({ error, runs }) => error === undefined && runs!.length > 0,
);

/** What a run gave: values as bytes, or the error without the nodes it names, which merging may change. */
function outcome(session: Session, outputs: readonly Tensor[], feeds: ReadonlyMap<string, TensorValue>): unknown {
  try {
    return session.run(outputs, feeds).map(({ dtype, shape, data }) => ({ dtype, shape, data: plain(data) }));
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return `${error.code}: ${error.message.split("\n")[0]}`;
  }
}

function plain(data: TensorValue["data"]): unknown {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex") : data;
}

type Feeds = ReadonlyMap<string, TensorValue>;
type Change = (feeds: Feeds) => Feeds;

/** Changes one kind of input in all features; those of others stay. */
function change(suffix: string, edit: (value: TensorValue, name: string, feeds: Feeds) => TensorValue): Change {
  return (feeds) =>
    new Map([...feeds].map(([name, value]) => [name, name.endsWith(suffix) ? edit(value, name, feeds) : value]));
}

function int64(value: TensorValue, edit: (numbers: bigint[]) => bigint[], shape = value.shape): TensorValue {
  return tensorValue("int64", shape, BigInt64Array.from(edit([...(value.data as BigInt64Array)])));
}

const withoutEntries: Change = (feeds) =>
  new Map(
    [...feeds].map(([name, value]): [string, TensorValue] => {
      if (name.endsWith("/indices:0")) return [name, int64(value, () => [], [0, value.shape[1]!])];
      if (!name.endsWith("/values:0")) return [name, value];
      const data = (value.data as Float32Array).slice(0, 0);
      return [name, tensorValue(value.dtype, [0], data as never)];
    }),
  );

const changes: Readonly<Record<string, Change>> = {
  "as recorded": (feeds) => feeds,
  "no entries": withoutEntries,
  "more rows, which are empty": change("/shape:0", (value) => int64(value, ([rows, ...rest]) => [rows! + 2n, ...rest])),
  "no rows": (feeds) =>
    change("/shape:0", (value) => int64(value, ([, ...rest]) => [0n, ...rest]))(withoutEntries(feeds)),
  "rows that are not there": change("/shape:0", (value) => int64(value, ([, ...rest]) => [1n, ...rest])),
  "entries out of order": change("/indices:0", (value) =>
    int64(value, (numbers) => reverseRows(numbers, value.shape[1]!)),
  ),
  "an index below zero": change("/indices:0", (value) => int64(value, ([, ...rest]) => [-1n, ...rest])),
  "entries twice": change("/indices:0", (value) =>
    int64(value, (numbers) => numbers.map((_, i) => numbers[i % value.shape[1]!]!)),
  ),
  "unknown values": change("/values:0", (value) => {
    if (value.dtype === "string")
      return tensorValue(
        "string",
        value.shape,
        (value.data as readonly Uint8Array[]).map(() => Uint8Array.of(7, 7)),
      );
    return value.dtype === "int64" ? int64(value, (numbers) => numbers.map((n) => n + 1_000_000n)) : value;
  }),
  "values below zero": change("/values:0", (value) =>
    value.dtype === "int64" ? int64(value, (numbers) => numbers.map((n) => -1n - n)) : value,
  ),
  "another rank than declared": (feeds) =>
    new Map(
      [...feeds].map(([name, value]) => [
        name,
        name.includes("/") ? value : tensorValue(value.dtype, [...value.shape, 1], value.data),
      ]),
    ),
};

function reverseRows(numbers: readonly bigint[], rank: number): bigint[] {
  const rows = Array.from({ length: numbers.length / rank }, (_, i) => numbers.slice(i * rank, (i + 1) * rank));
  return rows.reverse().flat();
}

const fused = new Map<string, number>();

describe.each(cases.map((recorded) => [recorded.name, recorded] as const))("%s", (_name, recorded) => {
  const graph = new Graph();
  const outputs = withGraph(graph, () => buildLayer(recorded));
  const open = (options: SessionOptions): Session => {
    const session = new Session(graph, options);
    initializeLayer(graph, session, recorded);
    session.forgetPlans();
    return session;
  };
  const kinds: Readonly<Record<string, SessionOptions>> = {
    "variables that may change": {},
    "frozen variables": { isConstant: () => true },
  };
  for (const [kind, options] of Object.entries(kinds)) {
    it(`is the same fused and not fused, ${kind}`, () => {
      const [plainly, quickly] = [open({ ...options, simplify: false }), open(options)];
      for (const { feeds } of recorded.runs!) {
        const fed = new Map(
          Object.entries(feeds).map(([key, tensor]) => [key.includes(":") ? key : `${key}:0`, recordedValue(tensor)]),
        );
        for (const [what, edit] of Object.entries(changes)) {
          const changed = edit(fed);
          expect(outcome(quickly, outputs, changed), what).toEqual(outcome(plainly, outputs, changed));
        }
        for (const { type } of quickly.explain({ feeds: [...fed.keys()], fetches: outputs }).steps) {
          if (type.startsWith("_Plan")) fused.set(type, (fused.get(type) ?? 0) + 1);
        }
      }
    });
  }

  it("gives about the same where ONNX Runtime takes the rest", () => {
    const [plainly, quickly] = [open({ simplify: false }), open({ partitioner: ortPartitioner({ always: true }) })];
    for (const { feeds, error } of recorded.runs!) {
      if (error !== undefined) continue;
      const fed = new Map(
        Object.entries(feeds).map(([key, tensor]) => [key.includes(":") ? key : `${key}:0`, recordedValue(tensor)]),
      );
      const expected = plainly.run(outputs, fed);
      for (const [i, value] of quickly.run(outputs, fed).entries()) {
        expect(value.shape).toEqual(expected[i]!.shape);
        if (value.dtype !== "float32") continue;
        (value.data as Float32Array).forEach((number, k) => {
          expect(number).toBeCloseTo((expected[i]!.data as Float32Array)[k]!, 4);
        });
      }
    }
    quickly.close();
  });
});

it("fuses what feature columns build", () => {
  for (const type of ["_PlanEmbeddingLookup", "_PlanIndicator", "_PlanRowIndices", "_PlanToSparse", "_PlanIdRange"]) {
    expect(fused.get(type), type).toBeGreaterThan(0);
  }
});
