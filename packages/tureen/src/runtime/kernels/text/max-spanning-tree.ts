import { allocate } from "../../../core/dtype.js";
import { shapeText } from "../../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";

/**
 * A digraph by its arcs' scores, `target * nodes + source`; NaN is no arc. Node 0 stands for the root of roots.
 *
 * `roots` counts how many choices of a root an arc stands for, as a negative number: trees with fewer roots come first, whatever they score.
 */
interface Digraph {
  readonly nodes: number;
  readonly scores: Float64Array;
  readonly roots: Int32Array;
}

function isBetter({ scores, roots }: Digraph, a: number, b: number): boolean {
  if (Number.isNaN(scores[a]!)) return false;
  if (b < 0 || roots[a]! !== roots[b]!) return b < 0 || roots[a]! > roots[b]!;
  return scores[a]! > scores[b]!;
}

/** The best source of each node but 0, or undefined where a node has none. */
function bestSources(graph: Digraph): Int32Array | undefined {
  const { nodes } = graph;
  const sources = new Int32Array(nodes).fill(-1);
  for (let target = 1; target < nodes; target++) {
    let best = -1;
    for (let source = 0; source < nodes; source++) {
      const arc = target * nodes + source;
      if (source !== target && isBetter(graph, arc, best)) best = arc;
    }
    if (best < 0) return undefined;
    sources[target] = best - target * nodes;
  }
  return sources;
}

/** The nodes of one circle among the sources, or undefined. */
function circleOf(sources: Int32Array): number[] | undefined {
  const seen = new Int32Array(sources.length);
  for (let start = 1; start < sources.length; start++) {
    let node = start;
    while (node > 0 && seen[node] === 0) {
      seen[node] = start;
      node = sources[node]!;
    }
    if (node <= 0 || seen[node] !== start) continue;
    const circle = [node];
    for (let next = sources[node]!; next !== node; next = sources[next]!) circle.push(next);
    return circle;
  }
  return undefined;
}

/**
 * The source of each node in the best tree that hangs from node 0 (Chu and Liu 1965, Edmonds 1967); undefined where there is none.
 *
 * A circle of best arcs becomes one node, entered by the arc that loses least against the arc it replaces.
 */
function spanningTree(graph: Digraph): Int32Array | undefined {
  const sources = bestSources(graph);
  if (sources === undefined) return undefined;
  const circle = circleOf(sources);
  if (circle === undefined) return sources;
  const { nodes, scores, roots } = graph;
  const inCircle = new Set(circle);
  const kept = Array.from({ length: nodes }, (_, node) => node).filter((node) => !inCircle.has(node));
  const count = kept.length + 1;
  const merged = kept.length;
  const smaller = {
    nodes: count,
    scores: new Float64Array(count * count).fill(Number.NaN),
    roots: new Int32Array(count * count),
  };
  // Which arc of the larger graph each one of the smaller stands for.
  const origin = new Int32Array(count * count).fill(-1);
  const offer = (target: number, source: number, arc: number, score: number, root: number): void => {
    if (Number.isNaN(score)) return;
    const at = target * count + source;
    const taken = origin[at]! >= 0;
    if (taken && (smaller.roots[at]! > root || (smaller.roots[at] === root && smaller.scores[at]! >= score))) return;
    smaller.scores[at] = score;
    smaller.roots[at] = root;
    origin[at] = arc;
  };
  for (const [i, node] of kept.entries()) {
    for (const [j, other] of kept.entries()) {
      const arc = node * nodes + other;
      if (i !== j) offer(i, j, arc, scores[arc]!, roots[arc]!);
    }
    for (const member of circle) {
      const out = node * nodes + member;
      offer(i, merged, out, scores[out]!, roots[out]!);
      const into = member * nodes + node;
      const held = member * nodes + sources[member]!;
      offer(merged, i, into, scores[into]! - scores[held]!, roots[into]! - roots[held]!);
    }
  }
  const found = spanningTree(smaller);
  if (found === undefined) return undefined;
  for (let target = 1; target < count; target++) {
    const arc = origin[target * count + found[target]!]!;
    sources[Math.floor(arc / nodes)] = arc % nodes;
  }
  return sources;
}

/** The digraph of one problem under a root of roots; infinite scores and NaN are no arcs. */
function digraphOf(scores: ArrayLike<number>, from: number, width: number, size: number, forest: boolean): Digraph {
  const nodes = size + 1;
  const graph = {
    nodes,
    scores: new Float64Array(nodes * nodes).fill(Number.NaN),
    roots: new Int32Array(nodes * nodes),
  };
  for (let target = 0; target < size; target++) {
    for (let source = 0; source < size; source++) {
      const score = scores[from + target * width + source]!;
      if (!Number.isFinite(score)) continue;
      const isRoot = source === target;
      const arc = (target + 1) * nodes + (isRoot ? 0 : source + 1);
      graph.scores[arc] = score;
      if (isRoot && !forest) graph.roots[arc] = -1;
    }
  }
  return graph;
}

const maxSpanningTree: KernelFactory = ({ attrs }) => {
  const forest = attrs.bool("forest");
  return (inputs) => {
    const [sizes, scores] = inputs as [TensorValue<"int32">, TensorValue<"int32" | "float32" | "float64">];
    if (sizes.shape.length !== 1) {
      throw invalidArgument(`num_nodes must be a vector, got shape ${shapeText(sizes.shape)}`);
    }
    if (scores.shape.length !== 3) {
      throw invalidArgument(`scores must be rank 3, got shape ${shapeText(scores.shape)}`);
    }
    const [batch, width] = scores.shape as readonly [number, number, number];
    if (sizes.shape[0] !== batch) {
      throw invalidArgument(`num_nodes misshapen: got ${shapeText(sizes.shape)} but expected [${batch}]`);
    }
    if (scores.shape[2] !== width) {
      throw invalidArgument(
        `scores misshapen: got ${shapeText(scores.shape)} but expected [${batch},${width},${width}]`,
      );
    }
    const best = allocate(scores.dtype, batch) as Float64Array;
    const sources = new Int32Array(batch * width).fill(-1);
    for (let problem = 0; problem < batch; problem++) {
      const size = sizes.data[problem]!;
      if (size > width) {
        throw invalidArgument(
          `number of nodes in digraph ${problem} overflows input dimension: got ${size} but expected <= ${width}`,
        );
      }
      if (size <= 0) throw invalidArgument(`Non-positive number of nodes: ${size}`);
      const from = problem * width * width;
      const tree = spanningTree(digraphOf(scores.data, from, width, size, forest));
      const rooted = tree === undefined ? 0 : tree.subarray(1).filter((source) => source === 0).length;
      if (tree === undefined || (!forest && rooted !== 1)) throw failedPrecondition("Infeasible digraph");
      for (let target = 0; target < size; target++) {
        const source = tree[target + 1]! === 0 ? target : tree[target + 1]! - 1;
        sources[problem * width + target] = source;
        best[problem] = best[problem]! + scores.data[from + target * width + source]!;
      }
    }
    return [tensorValue(scores.dtype, [batch], best as never), tensorValue("int32", [batch, width], sources)];
  };
};

/** Host kernel of maximum spanning trees, which parsers of sentences end in. */
export const maxSpanningTreeKernels: KernelTable = { MaxSpanningTree: maxSpanningTree };
