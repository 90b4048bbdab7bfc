/** How alike two boxes are: intersection over union, or a given overlap. */
export type Similarity = (a: number, b: number) => number;

/** The intersection over union of boxes `[y1, x1, y2, x2]`, given by any two opposite corners. */
export function boxOverlap(boxes: ArrayLike<number>): Similarity {
  return (a, b) => {
    const [ay1, ay2] = [Math.min(boxes[4 * a]!, boxes[4 * a + 2]!), Math.max(boxes[4 * a]!, boxes[4 * a + 2]!)];
    const [ax1, ax2] = [Math.min(boxes[4 * a + 1]!, boxes[4 * a + 3]!), Math.max(boxes[4 * a + 1]!, boxes[4 * a + 3]!)];
    const [by1, by2] = [Math.min(boxes[4 * b]!, boxes[4 * b + 2]!), Math.max(boxes[4 * b]!, boxes[4 * b + 2]!)];
    const [bx1, bx2] = [Math.min(boxes[4 * b + 1]!, boxes[4 * b + 3]!), Math.max(boxes[4 * b + 1]!, boxes[4 * b + 3]!)];
    const areaA = (ay2 - ay1) * (ax2 - ax1);
    const areaB = (by2 - by1) * (bx2 - bx1);
    if (areaA <= 0 || areaB <= 0) return 0;
    const height = Math.max(Math.min(ay2, by2) - Math.max(ay1, by1), 0);
    const width = Math.max(Math.min(ax2, bx2) - Math.max(ax1, bx1), 0);
    const intersection = height * width;
    return intersection / (areaA + areaB - intersection);
  };
}

/** What was chosen: indices with the scores they were chosen at. */
export interface Chosen {
  readonly indices: number[];
  readonly scores: number[];
}

/**
 * Picks the best-scored candidates that are not too similar to one already picked.
 *
 * With `softSigma` above 0 similar ones are scored down by a Gaussian instead of dropped (Bodla et al., arXiv:1704.04503). Of equal scores the
 * lower index goes first.
 */
export function suppress(
  scores: ArrayLike<number>,
  limit: number,
  similarity: Similarity,
  threshold: number,
  scoreThreshold: number,
  softSigma = 0,
): Chosen {
  const queue = Array.from({ length: scores.length }, (_, index) => ({ index, score: scores[index]!, seen: 0 })).filter(
    ({ score }) => score > scoreThreshold,
  );
  // The best is last, so that taking it is cheap; only lowered scores are sorted in again.
  queue.sort((a, b) => a.score - b.score || b.index - a.index);
  const chosen: Chosen = { indices: [], scores: [] };
  const soft = softSigma > 0;
  const scale = soft ? -0.5 / softSigma : 0;
  while (chosen.indices.length < limit) {
    const next = queue.pop();
    if (next === undefined) break;
    const original = next.score;
    let dropped = false;
    for (let j = chosen.indices.length - 1; j >= next.seen; j--) {
      const overlap = similarity(next.index, chosen.indices[j]!);
      if (!soft && overlap > threshold) {
        dropped = true;
        break;
      }
      next.score *= overlap <= threshold || soft ? Math.exp(scale * overlap * overlap) : 0;
      if (next.score <= scoreThreshold) break;
    }
    next.seen = chosen.indices.length;
    if (dropped) continue;
    if (next.score === original) {
      chosen.indices.push(next.index);
      chosen.scores.push(next.score);
    } else if (next.score > scoreThreshold) {
      let at = queue.length;
      while (at > 0 && isBetter(queue[at - 1]!, next)) at -= 1;
      queue.splice(at, 0, next);
    }
  }
  return chosen;
}

function isBetter(a: { score: number; index: number }, b: { score: number; index: number }): boolean {
  return a.score > b.score || (a.score === b.score && a.index < b.index);
}
