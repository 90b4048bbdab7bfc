import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextAction, type VersionSnapshot } from "./availability-preserving-policy.js";

const version = (number: bigint, state: VersionSnapshot["state"], isAspired: boolean): VersionSnapshot => ({
  version: number,
  state,
  isAspired,
});

describe("nextAction", () => {
  it("loads the highest wanted version first", () => {
    expect(nextAction([version(1n, "new", true), version(3n, "new", true), version(2n, "new", false)])).toEqual({
      action: "load",
      version: 3n,
    });
  });

  it("loads the new version before it unloads the old one", () => {
    expect(nextAction([version(1n, "ready", false), version(2n, "new", true)])).toEqual({
      action: "load",
      version: 2n,
    });
    expect(nextAction([version(1n, "ready", false), version(2n, "loading", true)])).toBeUndefined();
    expect(nextAction([version(1n, "ready", false), version(2n, "ready", true)])).toEqual({
      action: "unload",
      version: 1n,
    });
  });

  it("keeps the old version while the new one fails", () => {
    expect(nextAction([version(1n, "ready", false), version(2n, "error", true)])).toBeUndefined();
  });

  it("unloads when nothing is wanted, or when another unwanted version still serves", () => {
    expect(nextAction([version(1n, "ready", false)])).toEqual({ action: "unload", version: 1n });
    expect(nextAction([version(2n, "ready", false), version(1n, "ready", false), version(3n, "new", true)])).toEqual({
      action: "unload",
      version: 1n,
    });
  });

  it("never takes the last ready version away while something is wanted, whatever the versions' states", () => {
    const states = fc.constantFrom<VersionSnapshot["state"]>("new", "loading", "ready", "unloading", "error");
    const versions = fc.uniqueArray(
      fc.record({ version: fc.bigInt({ min: 1n, max: 9n }), state: states, isAspired: fc.boolean() }),
      { selector: (snapshot) => snapshot.version, maxLength: 6 },
    );
    fc.assert(
      fc.property(versions, (snapshots) => {
        const next = nextAction(snapshots);
        const target = snapshots.find((snapshot) => snapshot.version === next?.version);
        if (next?.action === "load") expect(target).toMatchObject({ state: "new", isAspired: true });
        if (next?.action !== "unload") return;
        expect(target).toMatchObject({ state: "ready", isAspired: false });
        const left = snapshots.filter((snapshot) => snapshot.state === "ready" && snapshot.version !== next.version);
        if (snapshots.some(({ isAspired }) => isAspired)) expect(left.length).toBeGreaterThan(0);
      }),
    );
  });
});
