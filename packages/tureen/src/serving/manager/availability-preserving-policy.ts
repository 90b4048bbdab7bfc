/** What the policy sees of a version. */
export interface VersionSnapshot {
  readonly version: bigint;
  readonly state: "new" | "loading" | "ready" | "unloading" | "error";
  /** Whether storage and configuration want it served. */
  readonly isAspired: boolean;
}

/** What to do next for one model. */
export interface VersionAction {
  readonly action: "load" | "unload";
  readonly version: bigint;
}

/**
 * The next step for a model whose service must not break off: a new version is loaded before an old one is unloaded.
 *
 * The lowest version that is ready but no longer wanted is unloaded once nothing is wanted, or something wanted is ready, or more than
 * one unwanted version is ready; otherwise the highest wanted version that is new is loaded. Undefined where nothing is to be done.
 * (TensorFlow Serving: core/availability_preserving_policy.cc.)
 */
export function nextAction(versions: readonly VersionSnapshot[]): VersionAction | undefined {
  const unwanted = versions.filter(({ state, isAspired }) => state === "ready" && !isAspired);
  const wanted = versions.filter(({ isAspired }) => isAspired);
  if (unwanted.length > 0) {
    const covered = wanted.some(({ state }) => state === "ready");
    if (wanted.length === 0 || covered || unwanted.length > 1) return { action: "unload", version: lowest(unwanted) };
  }
  const fresh = wanted.filter(({ state }) => state === "new");
  return fresh.length === 0 ? undefined : { action: "load", version: highest(fresh) };
}

function lowest(versions: readonly VersionSnapshot[]): bigint {
  return sorted(versions)[0]!;
}

function highest(versions: readonly VersionSnapshot[]): bigint {
  return sorted(versions)[versions.length - 1]!;
}

function sorted(versions: readonly VersionSnapshot[]): bigint[] {
  return versions.map(({ version }) => version).sort((a, b) => (a < b ? -1 : 1));
}
