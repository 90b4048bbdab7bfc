import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Clock } from "../core/clock.js";
import { stringValue, toTensor } from "../core/tensor-value.js";
import { encodeText } from "../core/text.js";
import { decodeEvent, EventWriter, encodeEvent, eventFiles, readEvents } from "./events.js";
import { histogramOf } from "./histogram.js";
import { decodeSummary, encodeSummary, encodeSummaryTensor, type SummaryValue, summaryScalar } from "./summary.js";
import {
  damaged,
  fixtureBytes,
  fixtureJson,
  fixturePath,
  fromHex,
  outcomeOf,
  temporaryDirectory,
  toHex,
} from "./test-fixtures.js";

interface ListedValue {
  readonly tag: string;
  readonly kind: string;
  readonly plugin: string;
  readonly description: string;
  readonly scalar: number | null;
}
interface Listed {
  readonly wallTime: number;
  readonly step: number;
  readonly fileVersion: string;
  readonly graphDefBytes: number;
  readonly values: readonly ListedValue[];
}
const recorded = fixtureJson<{
  files: Record<string, Listed[]>;
  histograms: { values: number[]; summary: string }[];
  summary: string;
  scalars: { dtype: string; value: number; proto: string }[];
}>("events.json");

function kindOf(value: SummaryValue): string {
  if (value.simpleValue !== undefined) return "simple_value";
  return value.tensor !== undefined ? "tensor" : "";
}

/** A clock that a test moves. */
function testClock(milliseconds: number): Clock & { now: () => number; advance: (by: number) => void } {
  let time = milliseconds;
  return { now: () => time, monotonic: () => time, sleep: () => Promise.resolve(), advance: (by) => (time += by) };
}

describe("reading event files", () => {
  it.each(["v1", "v2"])("reads what TensorFlow's %s writer wrote", (name) => {
    const found = [...readEvents(fixturePath(`${name}.tfevents`))].map((event) => ({
      wallTime: event.wallTime,
      step: event.step,
      fileVersion: event.fileVersion ?? "",
      graphDefBytes: event.graphDef?.length ?? 0,
      values: (event.summary ?? []).map((value) => ({
        tag: value.tag,
        kind: kindOf(value),
        plugin: value.metadata?.pluginName ?? "",
        description: value.metadata?.description ?? "",
        scalar: summaryScalar(value) ?? null,
      })),
    }));
    expect(found).toEqual(recorded.files[name]);
  });

  it("reads scalars of every dtype and form", () => {
    expect(recorded.scalars).toHaveLength(12);
    for (const { dtype, value, proto } of recorded.scalars) {
      expect({ dtype, scalar: summaryScalar({ tag: "", tensor: fromHex(proto) }) }).toEqual({ dtype, scalar: value });
      const stored = encodeSummaryTensor(toTensor(value, dtype as "float32", []));
      expect({ dtype, scalar: summaryScalar({ tag: "", tensor: stored }) }).toEqual({ dtype, scalar: value });
    }
    expect(summaryScalar({ tag: "", tensor: encodeSummaryTensor(toTensor([1, 2])) })).toBeUndefined();
    expect(summaryScalar({ tag: "", tensor: encodeSummaryTensor(stringValue(["1"], [])) })).toBeUndefined();
    expect(summaryScalar({ tag: "" })).toBeUndefined();
  });

  it("meets any damage to an event with an event or DATA_LOSS", () => {
    const event = encodeEvent({ wallTime: 1.5, step: 3, summary: decodeSummary(fromHex(recorded.summary)) });
    for (const { bytes } of damaged(event)) {
      const outcome = outcomeOf(() => decodeEvent(bytes));
      if (typeof outcome === "string") expect(outcome).toMatch(/^DATA_LOSS: /);
      else for (const value of outcome.summary ?? []) outcomeOf(() => summaryScalar(value));
    }
  });
});

describe("encoding summaries", () => {
  it("makes TensorFlow's bytes", () => {
    const values: SummaryValue[] = [
      { tag: "scalar", simpleValue: 1.5 },
      {
        tag: "tensor",
        tensor: encodeSummaryTensor(toTensor([[1, 2]])),
        metadata: { pluginName: "p", content: encodeText("c"), displayName: "d", description: "s" },
      },
      { tag: "text", tensor: encodeSummaryTensor(stringValue(["path"], [])) },
      { tag: "image", image: { height: 1, width: 2, colorspace: 3, encoded: encodeText("png") } },
    ];
    expect(toHex(encodeSummary(values))).toBe(recorded.summary);
    expect(toHex(encodeSummary(decodeSummary(fromHex(recorded.summary))))).toBe(recorded.summary);
  });

  it("makes TensorFlow's histograms", () => {
    for (const { values, summary } of recorded.histograms) {
      expect(toHex(encodeSummary([{ tag: "h", histogram: histogramOf(values) }]))).toBe(summary);
      expect(toHex(encodeSummary(decodeSummary(fromHex(summary))))).toBe(summary);
    }
  });
});

describe("writing event files", () => {
  it("names and starts a file as TensorFlow does", () => {
    const directory = join(temporaryDirectory(), "eval");
    const clock = testClock(1_700_000_000_123);
    const writer = new EventWriter(directory, { clock, host: "box" });
    expect(basename(writer.path)).toBe("events.out.tfevents.1700000000.box");
    expect([...readEvents(writer.path)]).toEqual([{ wallTime: 1_700_000_000, step: 0, fileVersion: "brain.Event:2" }]);
    const second = new EventWriter(directory, { clock, host: "box" });
    expect(second.path).toBe(`${writer.path}.1`);
    writer.close();
    second.close();
    expect(eventFiles(directory)).toEqual([writer.path, second.path]);
    expect(eventFiles(join(directory, "none"))).toEqual([]);
  });

  it("buffers until it is flushed, closed or late", () => {
    const clock = testClock(5000);
    const writer = new EventWriter(temporaryDirectory(), { clock, host: "h", suffix: ".v2", flushSeconds: 60 });
    expect(basename(writer.path)).toBe("events.out.tfevents.0000000005.h.v2");
    writer.addScalars({ loss: 0.5, accuracy: 0.75 }, 3);
    expect([...readEvents(writer.path)]).toHaveLength(1);
    writer.flush();
    expect([...readEvents(writer.path)][1]).toEqual({
      wallTime: 5,
      step: 3,
      summary: [
        { tag: "loss", simpleValue: 0.5 },
        { tag: "accuracy", simpleValue: 0.75 },
      ],
    });
    clock.advance(59_000);
    writer.addGraphDef(encodeText("graph"));
    expect([...readEvents(writer.path)]).toHaveLength(2);
    clock.advance(1000);
    writer.addMetaGraphDef(encodeText("meta"), 4);
    expect([...readEvents(writer.path)].slice(2)).toEqual([
      { wallTime: 64, step: 0, graphDef: encodeText("graph") },
      { wallTime: 65, step: 4, metaGraphDef: encodeText("meta") },
    ]);
    writer.addSummaryBytes(fromHex(recorded.summary), 9);
    writer.close();
    writer.close();
    expect([...readEvents(writer.path)].at(-1)!.summary).toHaveLength(4);
    expect(outcomeOf(() => writer.addScalars({ x: 1 }, 1))).toBe("FAILED_PRECONDITION: Writer is closed.");
  });

  it("is readable while it is written, and DATA_LOSS when broken", () => {
    const path = join(temporaryDirectory(), "events");
    const whole = fixtureBytes("v1.tfevents");
    writeFileSync(path, whole);
    appendFileSync(path, Uint8Array.of(1, 2, 3));
    expect([...readEvents(path)]).toHaveLength(recorded.files["v1"]!.length);
    truncateSync(path, whole.length - 1);
    expect(outcomeOf(() => [...readEvents(path)])).toMatch(
      /^DATA_LOSS: truncated record at \d+' failed with Read less/,
    );
    expect(readFileSync(path)).toHaveLength(whole.length - 1);
  });
});
