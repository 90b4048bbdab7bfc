import { describe, expect, it } from "vitest";
import {
  classifierParseExampleSpec,
  type LabelSpecOptions,
  makeParseExampleSpec,
  regressorParseExampleSpec,
} from "./index.js";
import { exampleFeatureText } from "./parse-spec.js";
import { columnMaker, fixtureFolder, type RecordedCall, recordedCases } from "./test-fixtures.js";

interface RecordedColumn {
  readonly column: RecordedCall;
  readonly error?: string;
  readonly name?: string;
  readonly description?: string;
}

interface RecordedSpec {
  readonly make: "makeParseExampleSpec" | "classifierParseExampleSpec" | "regressorParseExampleSpec";
  readonly columns: readonly RecordedCall[];
  readonly options?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly spec?: Readonly<Record<string, string>>;
}

/** A description without what differs from process to process: where files lie, and the identity of functions and objects. */
function stable(text: string): string {
  return text
    .replace(/vocabulary_file='[^']*\//g, "vocabulary_file='")
    .replace(/initializer=<[^>]*>/g, "initializer=<>")
    .replace(/creator=<[^>]*>/g, "creator=<>");
}

describe("columns as TensorFlow makes, names and refuses them", () => {
  it.each(
    recordedCases<RecordedColumn>("errors").map((recorded) => [JSON.stringify(recorded.column), recorded] as const),
  )("%s", (_, recorded) => {
    if (recorded.error !== undefined) {
      expect(() => columnMaker()(recorded.column)).toThrow(
        expect.objectContaining({ message: recorded.error, code: "INVALID_ARGUMENT" }),
      );
      return;
    }
    const column = columnMaker()(recorded.column);
    expect(column.name).toBe(recorded.name);
    expect(stable(column.description)).toBe(stable(recorded.description!));
  });
});

describe("parse specs", () => {
  it.each(
    recordedCases<RecordedSpec>("parse-specs").map(
      (recorded) => [JSON.stringify([recorded.columns.map(({ fn }) => fn), recorded.options]), recorded] as const,
    ),
  )("%s", (_, recorded) => {
    const make = (): ReturnType<typeof makeParseExampleSpec> => {
      const maker = columnMaker();
      const columns = recorded.columns.map(maker);
      if (recorded.make === "makeParseExampleSpec") return makeParseExampleSpec(columns);
      const weight = recorded.options?.["weightColumn"];
      const options = {
        ...recorded.options,
        ...(typeof weight === "object" && weight !== null ? { weightColumn: maker(weight as RecordedCall) } : {}),
      } as unknown as LabelSpecOptions;
      return (recorded.make === "classifierParseExampleSpec" ? classifierParseExampleSpec : regressorParseExampleSpec)(
        columns,
        options,
      );
    };
    if (recorded.error !== undefined) expect(make).toThrow(recorded.error);
    else {
      const spec = Object.entries(make()).map(([key, feature]) => [key, exampleFeatureText(feature)]);
      expect(spec).toEqual(Object.entries(recorded.spec!));
    }
  });

  it("reads a vocabulary file where it lies", () => {
    const column = columnMaker()({ fn: "categoricalColumnWithVocabularyFile", args: ["c", "colours.txt"] });
    expect(column.description).toContain(fixtureFolder);
  });
});
