const none = Number.NEGATIVE_INFINITY;

function logSum(a: number, b: number): number {
  if (a === none) return b;
  if (b === none) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** Logarithms of the probability that a prefix ends with a blank, with its label, or at all. */
interface Chances {
  total: number;
  blank: number;
  label: number;
}

class Beam {
  readonly parent: Beam | undefined;
  readonly label: number;
  readonly children = new Map<number, Beam>();
  old: Chances = { total: none, blank: none, label: none };
  now: Chances = { total: none, blank: none, label: none };

  constructor(parent: Beam | undefined, label: number) {
    this.parent = parent;
    this.label = label;
  }

  get isActive(): boolean {
    return this.now.total !== none;
  }

  child(label: number): Beam {
    let found = this.children.get(label);
    if (found === undefined) {
      found = new Beam(this, label);
      this.children.set(label, found);
    }
    return found;
  }

  labels(mergeRepeated: boolean): number[] {
    const result: number[] = [];
    let before = -1;
    for (let beam: Beam = this; beam.parent !== undefined; beam = beam.parent) {
      if (!mergeRepeated || beam.label !== before) result.push(beam.label);
      before = beam.label;
    }
    return result.reverse();
  }
}

/** The likeliest label sequences of one sequence of outputs, with the logarithms of their probabilities. */
export interface Paths {
  readonly labels: readonly (readonly number[])[];
  readonly scores: readonly number[];
}

/**
 * Prefix beam search (Graves, "Supervised Sequence Labelling with Recurrent Neural Networks", 7.5). The last class is the blank;
 * `rowOf` gives the first place of a step's outputs in `data`. Undefined where there are fewer prefixes than paths asked for.
 */
export function ctcBeamSearch(
  data: ArrayLike<number>,
  rowOf: (step: number) => number,
  steps: number,
  classes: number,
  width: number,
  paths: number,
  mergeRepeated: boolean,
): Paths | undefined {
  const blank = classes - 1;
  const root = new Beam(undefined, -1);
  root.now = { total: 0, blank: 0, label: none };
  let leaves: Beam[] = [root];
  const better = (a: Beam, b: Beam): number => b.now.total - a.now.total;
  for (let t = 0; t < steps; t++) {
    const from = rowOf(t);
    let norm = none;
    for (let c = 0; c < classes; c++) norm = logSum(norm, data[from + c]!);
    const branches = leaves.toSorted(better);
    for (const beam of branches) beam.old = { ...beam.now };
    for (const beam of branches) {
      const { parent } = beam;
      if (parent !== undefined) {
        if (parent.isActive) {
          const before = beam.label === parent.label ? parent.old.blank : parent.old.total;
          beam.now.label = logSum(beam.now.label, before);
        }
        beam.now.label += data[from + beam.label]! - norm;
      }
      beam.now.blank = beam.old.total + data[from + blank]! - norm;
      beam.now.total = logSum(beam.now.blank, beam.now.label);
    }
    leaves = branches.toSorted(better);
    const isCandidate = (total: number): boolean =>
      total > none && (leaves.length < width || total > leaves.at(-1)!.now.total);
    for (const beam of branches) {
      if (!isCandidate(beam.old.total)) continue;
      for (let label = 0; label < blank; label++) {
        const child = beam.child(label);
        if (child.isActive) continue;
        const before = label === beam.label ? beam.old.blank : beam.old.total;
        const chance = data[from + label]! - norm + before;
        child.now = { total: chance, blank: none, label: chance };
        if (isCandidate(chance)) {
          if (leaves.length === width) leaves.pop()!.now = { total: none, blank: none, label: none };
          let at = leaves.length;
          while (at > 0 && leaves[at - 1]!.now.total < chance) at -= 1;
          leaves.splice(at, 0, child);
        } else {
          child.old = { total: none, blank: none, label: none };
          child.now = { total: none, blank: none, label: none };
        }
      }
    }
  }
  if (paths > leaves.length) return undefined;
  const best = leaves.toSorted(better).slice(0, paths);
  return { labels: best.map((beam) => beam.labels(mergeRepeated)), scores: best.map(({ now }) => now.total) };
}
