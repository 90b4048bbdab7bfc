import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeText } from "../core/text.js";
import { readCsvRecords, splitCsvRecord } from "./csv.js";
import { fixtureJson, fromHex, outcomeOf, type Recorded, recordedOutcome, toHex } from "./test-fixtures.js";

type Line = Recorded<string[]> & { readonly line: string };
const recorded = fixtureJson<{
  lines: Line[];
  unquoted: Line[];
  semicolon: Recorded<string[]>;
  files: (Recorded<string[][]> & { readonly content: string })[];
}>("csv.json");

describe("csv", () => {
  it("splits records as DecodeCSV does", () => {
    expect(recorded.lines.length).toBeGreaterThan(25);
    for (const { line, ...outcome } of recorded.lines) {
      const found = outcomeOf(() => splitCsvRecord(fromHex(line)).map(toHex));
      expect({ line, found }).toEqual({ line, found: recordedOutcome(outcome) });
    }
    for (const { line, ...outcome } of recorded.unquoted) {
      const found = outcomeOf(() => splitCsvRecord(fromHex(line), { useQuotes: false }).map(toHex));
      expect({ line, found }).toEqual({ line, found: recordedOutcome(outcome) });
    }
    const semicolon = splitCsvRecord(encodeText("a,x;b"), { delimiter: ";".charCodeAt(0) }).map(toHex);
    expect(semicolon).toEqual(recordedOutcome(recorded.semicolon));
    expect(splitCsvRecord(new Uint8Array(0))).toEqual([]);
  });

  it("reads files as CsvDataset does", () => {
    for (const { content, ...outcome } of recorded.files) {
      const found = outcomeOf(() => [...readCsvRecords(fromHex(content))].map((fields) => fields.map(toHex)));
      expect({ content, found }).toEqual({ content, found: recordedOutcome(outcome) });
    }
  });

  it("reads back any fields that are quoted", () => {
    const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é"), maxLength: 6 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }), (rows) => {
        const file = encodeText(rows.map((row) => row.map(quoted).join(",")).join("\r\n"));
        const text = (fields: Uint8Array[]): string[] => fields.map((bytes) => new TextDecoder().decode(bytes));
        expect([...readCsvRecords(file)].map(text)).toEqual(rows);
      }),
    );
  });
});
