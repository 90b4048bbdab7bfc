import { describe, expect, it } from "vitest";
import { parseVersion, type Storage, scanVersions } from "./scan-versions.js";
import type { VersionPolicy } from "./version-policy.js";

function storage(children: readonly string[]): Storage {
  return { exists: (path) => path === "/m" || children.includes(path.slice(3)), children: () => children };
}

function scan(
  children: readonly string[],
  policy: VersionPolicy,
): { versions: bigint[]; paths: string[]; warnings: string[] } {
  const warnings: string[] = [];
  const found = scanVersions("m", "/m", policy, storage(children), (warning) => warnings.push(warning));
  return { versions: found.map(({ version }) => version), paths: found.map(({ path }) => path), warnings };
}

describe("parseVersion", () => {
  it.each([
    ["1", 1n],
    ["00000123", 123n],
    ["-5", -5n],
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", undefined],
    ["1a", undefined],
    ["v1", undefined],
    ["", undefined],
    ["1.0", undefined],
  ] as const)("%j is %s", (name, version) => {
    expect(parseVersion(name)).toBe(version);
  });
});

describe("scanVersions", () => {
  const children = ["1", "00000010", "2", "notes.txt", "temp-3"];

  it("serves the highest version by number, not by text", () => {
    expect(scan(children, { kind: "latest", count: 1 })).toEqual({
      versions: [10n],
      paths: ["/m/00000010"],
      warnings: [],
    });
    expect(scan(children, { kind: "latest", count: 2 }).versions).toEqual([10n, 2n]);
  });

  it("serves all of them", () => {
    expect(scan(children, { kind: "all" }).versions).toEqual([10n, 2n, 1n]);
  });

  it("serves the versions that are named, and warns of those that are not there", () => {
    expect(scan(children, { kind: "specific", versions: [2n, 1n] }).versions).toEqual([2n, 1n]);
    const { versions, warnings } = scan(children, { kind: "specific", versions: [10n, 7n] });
    expect(versions).toEqual([10n]);
    expect(warnings).toEqual([
      "Version 7 of servable m, which was requested to be served as a 'specific' version in the servable's version policy, was not found in the file system",
    ]);
  });

  it("serves a SavedModel without a numbered folder as version 1", () => {
    const bare = ["saved_model.pb", "variables", "assets"];
    expect(scan(bare, { kind: "latest", count: 1 })).toEqual({ versions: [1n], paths: ["/m"], warnings: [] });
    expect(scan(bare, { kind: "specific", versions: [1n] }).paths).toEqual(["/m"]);
    expect(scan(bare, { kind: "specific", versions: [2n] }).versions).toEqual([]);
    expect(scan([...bare, "7"], { kind: "latest", count: 1 }).paths).toEqual(["/m/7"]);
  });

  it("takes the last of two names of one version in byte order", () => {
    const { paths, warnings } = scan(["1", "001"], { kind: "latest", count: 1 });
    expect(paths).toEqual(["/m/1"]);
    expect(warnings).toEqual([
      "Duplicate version directories detected. Version 1 will be loaded from 1, 001 will be ignored.",
    ]);
  });

  it("warns of a base path without versions, and fails without a base path", () => {
    expect(scan(["readme"], { kind: "latest", count: 1 })).toEqual({
      versions: [],
      paths: [],
      warnings: [
        "No versions of servable m found under base path /m. Did you forget to name your leaf directory as a number (eg. '/1/')?",
      ],
    });
    expect(() => scanVersions("m", "/gone", { kind: "all" }, storage([]), () => {})).toThrow(
      "Could not find base path /gone for servable m with error NOT_FOUND: /gone not found",
    );
  });
});
