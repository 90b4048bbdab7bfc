import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isCompatible, type PartialShape, shapeText } from "../../core/shape.js";
import { StatusError } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import { Attrs } from "../../graph/attr-value.js";
import type { InferredShape, ShapeNode } from "../../graph/infer-shapes.js";
import { completeAttrs, inputTypes, outputTypes } from "../../graph/op-attrs.js";
import { findOpDef } from "../../graph/op-def.js";
import { shapeTable } from "../../graph/shapes/index.js";
import { ResourceManager } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import { difference } from "./golden-compare.js";
import {
  type GoldenCase,
  type GoldenGradientCase,
  goldenFamilies,
  type RecordedError,
  type RecordedShapes,
  readGoldenFixture,
} from "./golden-fixture.js";
import { replayGradient, replaySequence } from "./golden-replay.js";
import { kernelTable } from "./index.js";

const folder = new URL("fixtures/", import.meta.url);

/**
 * What is known to differ from TensorFlow, with the reason: family to `Op` (every case of it), `Op: case name`, `shape of Op`,
 * `shape of Op: case name`, `gradient of Op`,
 * `gradient of Op: case name` or `sequence: name`. An entry of which every case passes fails the run.
 */
const knownFailures = JSON.parse(readFileSync(new URL("known-failures.json", folder), "utf8")) as Readonly<
  Record<string, Readonly<Record<string, string>>>
>;

const context: RunContext = {
  resources: new ResourceManager(),
  functions: {
    prepare: () => {
      throw new StatusError("UNIMPLEMENTED", "Golden cases of single ops have no function library");
    },
  },
  stepId: 1,
  deadline: Number.POSITIVE_INFINITY,
  fileRoot: undefined,
};

/** TensorFlow's text up to where it starts to speak of the node. */
function text(message: string): string {
  const end = ["\n\t; NodeDef", "\n\t [[{{node", " [[{{node"]
    .map((mark) => message.indexOf(mark))
    .filter((at) => at >= 0);
  return end.length === 0 ? message : message.slice(0, Math.min(...end));
}

function runCase(item: GoldenCase): string | undefined {
  let outputs: readonly TensorValue[];
  try {
    const def = findOpDef(item.op)!;
    const attrs = new Attrs(completeAttrs(def, item.attrs, item.op), item.op);
    const factory = Object.hasOwn(kernelTable, item.op) ? kernelTable[item.op] : undefined;
    if (factory === undefined) return "no kernel";
    const kernel = factory({
      name: item.op,
      type: item.op,
      attrs,
      inputTypes: inputTypes(def, attrs).map(({ dtype }) => dtype),
      outputTypes: outputTypes(def, attrs).map(({ dtype }) => dtype),
      constant: () => undefined,
    });
    if (item.outcomes !== undefined) return outcomesDifference(item.outcomes, () => kernel(item.inputs, context));
    const entropy = item.entropy === undefined ? {} : { entropy: () => item.entropy! };
    // A session of its own for each case: random ops keep their generators in it.
    outputs = kernel(item.inputs, { ...context, resources: new ResourceManager(), ...entropy });
  } catch (error) {
    return errorDifference(error, item.error);
  }
  if (item.error !== undefined) return `no error, expected ${item.error.code}: ${item.error.message}`;
  if (outputs.length !== item.outputs.length) return `${outputs.length} outputs, expected ${item.outputs.length}`;
  for (const [i, expected] of item.outputs.entries()) {
    const found = difference(outputs[i], expected, item.tolerance);
    if (found !== undefined) return `output ${i}: ${found}`;
  }
  return undefined;
}

/** In what so many runs differ from TensorFlow's: one that TensorFlow never had, or one that is never had. */
function outcomesDifference(
  recorded: NonNullable<GoldenCase["outcomes"]>,
  run: () => readonly TensorValue[],
): string | undefined {
  const missing = new Set(recorded.outputs);
  for (let i = 0; i < recorded.draws; i++) {
    const outputs = run();
    const same = recorded.outputs.find((expected) =>
      expected.every((value, k) => difference(outputs[k], value, {}) === undefined),
    );
    if (same === undefined) return `an outcome that TensorFlow does not have: ${String(outputs[0]?.data)}`;
    missing.delete(same);
  }
  return missing.size === 0 ? undefined : `${missing.size} of TensorFlow's outcomes never come`;
}

function errorDifference(error: unknown, expected: RecordedError | undefined): string | undefined {
  if (!(error instanceof StatusError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (expected === undefined) return `unexpected ${error.toString()}`;
  if (error.code === expected.code && text(error.message) === expected.message) return undefined;
  return `${error.code}: ${text(error.message)}\n    expected ${expected.code}: ${expected.message}`;
}

/** Checks the shape rule with unknown, known and constant inputs: what it says must be true, and as much as TensorFlow says. */
function checkShapes(item: GoldenCase): string | undefined {
  const rule = Object.hasOwn(shapeTable, item.op) ? shapeTable[item.op] : undefined;
  if (rule === undefined) return "no shape rule";
  const def = findOpDef(item.op)!;
  const attrs = new Attrs(completeAttrs(def, item.attrs, item.op), item.op);
  const types = outputTypes(def, attrs).map(({ dtype }) => dtype);
  const unknownShapes: RecordedShapes = types.map(() => null);
  const views = [
    { title: "unknown inputs", recorded: unknownShapes, shapes: false, values: false },
    { title: "known input shapes", recorded: item.shapes.known, shapes: true, values: false },
    { title: "constant inputs", recorded: item.shapes.constant, shapes: true, values: true },
  ];
  for (const { title, recorded, shapes, values } of views) {
    const node: ShapeNode = {
      inputs: item.inputs.map(({ shape, dtype }) => ({
        shape: shapes ? shape : undefined,
        dtype,
        handleData: undefined,
      })),
      attrs,
      outputTypes: types,
      constant: (input) => (values ? item.inputs[input] : undefined),
      shapeOf: (input) => shapeInput(item.inputs[input]!, shapes, values),
    };
    let inferred: readonly InferredShape[];
    try {
      inferred = rule(node);
    } catch (error) {
      if (!(error instanceof StatusError)) return `${title}: ${error instanceof Error ? error.stack : String(error)}`;
      // A contradiction may be found before the run only where TensorFlow finds one then, or the run itself fails.
      if ("code" in recorded || (item.error !== undefined && shapes)) continue;
      return `${title}: ${error.toString()}`;
    }
    if ("code" in recorded) continue;
    if (inferred.length !== types.length) return `${title}: ${inferred.length} shapes for ${types.length} outputs`;
    for (let i = 0; i < types.length; i++) {
      const found = plainShape(inferred[i]);
      const actual = item.error === undefined ? item.outputs[i]!.shape : undefined;
      if (!isCompatible(found, actual))
        return `${title}: output ${i} ${shapeText(found)}, but it is ${shapeText(actual)}`;
      const wanted = recorded[i] ?? undefined;
      if (!isAsPrecise(found, wanted))
        return `${title}: output ${i} ${shapeText(found)}, expected ${shapeText(wanted)}`;
    }
  }
  return undefined;
}

function shapeInput(value: TensorValue, shapes: boolean, values: boolean): PartialShape {
  if (!shapes || value.shape.length > 1) return undefined;
  if (values && (value.dtype === "int32" || value.dtype === "int64")) return toIntegers(value);
  return new Array<number>(value.shape[0] ?? 1).fill(-1);
}

function plainShape(inferred: InferredShape): PartialShape {
  return inferred !== undefined && "shape" in inferred ? inferred.shape : (inferred as PartialShape);
}

function isAsPrecise(found: PartialShape, wanted: PartialShape): boolean {
  if (wanted === undefined) return true;
  return found?.length === wanted.length && wanted.every((size, i) => size < 0 || found[i] === size);
}

/** Enough to see a pattern, few enough to read. */
const shownFailures = 20;

/** Runs a check that may find anything: what it throws is a difference too. */
function guarded(check: () => string | undefined): string | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof StatusError) return error.toString();
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

/** Runs every case of a key (only some of them where `all` is false); what fails must be listed and what is listed must fail. */
function report<C extends { readonly name: string }>(
  family: string,
  key: string,
  cases: readonly C[],
  run: (item: C) => string | undefined,
  all = true,
): void {
  const listed = knownFailures[family] ?? {};
  const failures: string[] = [];
  const stillFailing = new Set<string>();
  for (const item of cases) {
    const failure = run(item);
    if (failure === undefined) continue;
    const entry = [key, `${key}: ${item.name}`].find((candidate) => Object.hasOwn(listed, candidate));
    if (entry === undefined) failures.push(`${item.name}: ${failure}`);
    else stillFailing.add(entry);
  }
  const isAbout = (entry: string): boolean =>
    all ? entry === key || entry.startsWith(`${key}: `) : cases.some(({ name }) => entry === `${key}: ${name}`);
  const passing = Object.keys(listed).filter((entry) => isAbout(entry) && !stillFailing.has(entry));
  if (failures.length > 0) {
    expect.fail(
      `${failures.length} of ${cases.length} cases differ\n  ${failures.slice(0, shownFailures).join("\n  ")}`,
    );
  }
  expect(passing, "these known failures pass: take them off the list").toEqual([]);
}

function byOp<C extends { readonly op: string }>(cases: readonly C[]): Map<string, C[]> {
  const groups = new Map<string, C[]>();
  for (const item of cases) {
    const group = groups.get(item.op);
    if (group === undefined) groups.set(item.op, [item]);
    else group.push(item);
  }
  return groups;
}

for (const family of goldenFamilies(folder)) {
  const fixture = readGoldenFixture(folder, family);
  describe(family, () => {
    for (const [op, cases] of byOp(fixture.cases)) {
      test(`${op} (${cases.length})`, () => report(family, op, cases, runCase));
      test(`shape of ${op}`, () => report(family, `shape of ${op}`, cases, checkShapes));
    }
    for (const [op, cases] of byOp(fixture.gradients)) {
      const check = (item: GoldenGradientCase): string | undefined => guarded(() => replayGradient(item));
      test(`gradient of ${op} (${cases.length})`, () => report(family, `gradient of ${op}`, cases, check));
    }
    for (const item of fixture.sequences) {
      const check = (): string | undefined => guarded(() => replaySequence(item, errorDifference));
      test(`sequence: ${item.name}`, () => report(family, "sequence", [item], check, false));
    }
    test("known failures name cases that exist", () => {
      const single = fixture.cases.flatMap(({ op, name }) => [
        op,
        `${op}: ${name}`,
        `shape of ${op}`,
        `shape of ${op}: ${name}`,
      ]);
      const gradients = fixture.gradients.flatMap(({ op, name }) => [
        `gradient of ${op}`,
        `gradient of ${op}: ${name}`,
      ]);
      const sequences = fixture.sequences.map(({ name }) => `sequence: ${name}`);
      const known = new Set([...single, ...gradients, ...sequences]);
      expect(Object.keys(knownFailures[family] ?? {}).filter((entry) => !known.has(entry))).toEqual([]);
    });
  });
}
