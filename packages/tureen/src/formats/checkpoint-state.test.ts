import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  formatCheckpointState,
  latestCheckpoint,
  parseCheckpointState,
  readCheckpointState,
  writeCheckpointState,
} from "./checkpoint-state.js";
import { fixtureJson, outcomeOf, temporaryDirectory } from "./test-fixtures.js";

const { cases } = fixtureJson<{ cases: { paths: string[]; timestamps: number[]; preserved: number; text: string }[] }>(
  "checkpoint-state.json",
);

describe("checkpoint state", () => {
  it("writes TensorFlow's text and reads it", () => {
    for (const { paths, timestamps, preserved, text } of cases) {
      const state = {
        modelCheckpointPath: paths.at(-1)!,
        allModelCheckpointPaths: paths,
        allModelCheckpointTimestamps: timestamps,
        lastPreservedTimestamp: preserved,
      };
      expect(formatCheckpointState(state)).toBe(text);
      expect(parseCheckpointState(text)).toEqual(state);
    }
  });

  it("reads what the text format allows besides", () => {
    const state = parseCheckpointState(
      "# a comment\nmodel_checkpoint_path: 'a\\x41\\u00e9\\077' \"b\"; all_model_checkpoint_paths: ['x', \"y\\?\"],\n" +
        "all_model_checkpoint_timestamps: [1, -2.5e3, - 4, inf, 1.5f] last_preserved_timestamp: .5",
    );
    expect(state).toEqual({
      modelCheckpointPath: "aAé?b",
      allModelCheckpointPaths: ["x", "y?"],
      allModelCheckpointTimestamps: [1, -2500, -4, Infinity, 1.5],
      lastPreservedTimestamp: 0.5,
    });
  });

  it("reads back any state", () => {
    const path = fc.string({ unit: "binary", minLength: 1 });
    const time = fc.double({ noNaN: true });
    fc.assert(
      fc.property(path, fc.array(path), fc.array(time), time, (latest, paths, times, preserved) => {
        const state = {
          modelCheckpointPath: latest,
          allModelCheckpointPaths: paths,
          allModelCheckpointTimestamps: times,
          lastPreservedTimestamp: preserved === 0 ? 0 : preserved,
        };
        expect(parseCheckpointState(formatCheckpointState(state))).toEqual(state);
      }),
    );
  });

  it("meets other text with DATA_LOSS", () => {
    for (const text of [
      "model_checkpoint_path",
      "model_checkpoint_path:",
      'model_checkpoint_path: "a',
      'model_checkpoint_path: "\\q"',
      "model_checkpoint_path: 5",
      'last_preserved_timestamp: "a"',
      "other: 5",
      "all_model_checkpoint_paths: ['a' 'b'",
      "{}",
    ]) {
      expect(outcomeOf(() => parseCheckpointState(text))).toMatch(/^DATA_LOSS: Could not parse the checkpoint state: /);
    }
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.nat(300), fc.string({ maxLength: 3 }), ({ text }, at, other) => {
        const outcome = outcomeOf(() => parseCheckpointState(text.slice(0, at) + other + text.slice(at + 1)));
        if (typeof outcome === "string") expect(outcome).toMatch(/^DATA_LOSS: /);
      }),
    );
  });

  it("keeps paths relative to the folder and gives them back whole", () => {
    const directory = temporaryDirectory();
    expect(readCheckpointState(directory)).toBeUndefined();
    expect(latestCheckpoint(directory)).toBeUndefined();
    const [old, latest] = [join(directory, "model.ckpt-0"), join(directory, "model.ckpt-5")];
    writeCheckpointState(directory, { modelCheckpointPath: latest, allModelCheckpointPaths: [old] });
    expect(readFileSync(join(directory, "checkpoint"), "utf8")).toBe(
      'model_checkpoint_path: "model.ckpt-5"\nall_model_checkpoint_paths: "model.ckpt-0"\nall_model_checkpoint_paths: "model.ckpt-5"\n',
    );
    expect(readCheckpointState(directory)).toEqual({
      modelCheckpointPath: latest,
      allModelCheckpointPaths: [old, latest],
      allModelCheckpointTimestamps: [],
      lastPreservedTimestamp: 0,
    });
    expect(latestCheckpoint(directory)).toBeUndefined();
    writeFileSync(`${latest}.index`, "");
    expect(latestCheckpoint(directory)).toBe(latest);
    expect(
      outcomeOf(() =>
        writeCheckpointState(directory, { modelCheckpointPath: latest, allModelCheckpointTimestamps: [1, 2] }),
      ),
    ).toMatch(/^INVALID_ARGUMENT: Checkpoint timestamps, if provided, must match checkpoint paths/);
    mkdirSync(join(directory, "other"));
    writeCheckpointState(directory, { modelCheckpointPath: latest, lastPreservedTimestamp: 2 }, "other/state");
    writeFileSync(join(directory, "other/empty"), "last_preserved_timestamp: 5");
    expect(outcomeOf(() => readCheckpointState(directory, "other/empty"))).toMatch(
      /^DATA_LOSS: .* no model_checkpoint_path present in /,
    );
  });
});
