import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { DType } from "../../../core/dtype.js";
import { StatusError } from "../../../core/status-error.js";
import { stringValue, toFlatArray } from "../../../core/tensor-value.js";
import { buildOp } from "../../../graph/build-op.js";
import { Graph } from "../../../graph/graph.js";
import { withGraph } from "../../../graph/scope.js";
import { Session } from "../../session.js";

interface Case {
  readonly name: string;
  /** The file's bytes, one character each. */
  readonly content: string;
  readonly key: DType;
  readonly value: DType;
  readonly keyIndex: number;
  readonly valueIndex: number;
  readonly vocabSize: number;
  readonly delimiter: string;
  readonly offset: number;
  readonly pairs?: readonly (readonly [string, string])[];
  readonly error?: { readonly code: string; readonly message: string };
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/vocabulary.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};
const folder = mkdtempSync(join(tmpdir(), "tureen-vocabulary-"));
afterAll(() => rmSync(folder, { recursive: true }));

function text(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return String(value).toLowerCase().replace("infinity", "inf");
}

function initialize(item: Case, path: string, fileRoot: string | undefined): string[][] {
  const graph = new Graph();
  const [table, init, keys, values] = withGraph(graph, () => {
    const handle = buildOp("HashTableV2", [], { key_dtype: item.key, value_dtype: item.value }).output;
    const attrs = {
      key_index: item.keyIndex,
      value_index: item.valueIndex,
      vocab_size: item.vocabSize,
      delimiter: item.delimiter,
      offset: item.offset,
    };
    const op = buildOp("InitializeTableFromTextFileV2", [handle, stringValue([path], [])], attrs);
    const exported = buildOp("LookupTableExportV2", [handle], { Tkeys: item.key, Tvalues: item.value });
    return [handle, op, exported.outputs[0]!, exported.outputs[1]!] as const;
  });
  const session = new Session(graph);
  session.run([], new Map(), [table.op, init], fileRoot === undefined ? {} : { fileRoot });
  const [k, v] = session.run([keys, values]).map(toFlatArray);
  return k!.map((key, i) => [text(key), text(v![i])]).sort(byKey);
}

function byKey(a: readonly string[], b: readonly string[]): number {
  return a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : 0;
}

describe("InitializeTableFromTextFile does what TensorFlow does", () => {
  test.each(fixture.cases)("$name", (item) => {
    const path = join(folder, "vocab.txt");
    writeFileSync(path, Buffer.from(item.content, "latin1"));
    if (item.error === undefined) {
      const wanted = item.pairs!.map(([key, value]) => [key, value.replace(/\.0$/, "")]).sort(byKey);
      expect(initialize(item, path, folder)).toEqual(wanted);
      return;
    }
    let failure: unknown;
    try {
      initialize(item, path, folder);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(StatusError);
    const { code, message } = failure as StatusError;
    expect({ code, message: message.split("\n\t [[")[0]!.replace(path, "<file>") }).toEqual(item.error);
  });
});

test("files outside the model's folder are refused, and all of them while a model serves", () => {
  const path = join(folder, "vocab.txt");
  writeFileSync(path, "a\n");
  const item = fixture.cases[0]!;
  expect(() => initialize(item, path, join(folder, "elsewhere"))).toThrow(
    expect.objectContaining({ code: "PERMISSION_DENIED" }),
  );
  expect(() => initialize(item, path, undefined)).toThrow(expect.objectContaining({ code: "PERMISSION_DENIED" }));
});

test("a file that is not there is NOT_FOUND", () => {
  expect(() => initialize(fixture.cases[0]!, join(folder, "nowhere.txt"), folder)).toThrow(
    expect.objectContaining({ code: "NOT_FOUND" }),
  );
});
