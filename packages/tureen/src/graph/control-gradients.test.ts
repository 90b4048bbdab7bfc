import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { DType } from "../core/dtype.js";
import { floatValue, intValue, type TensorValue, toFlatArray, toTensor } from "../core/tensor-value.js";
import { Session } from "../runtime/session.js";
import { build } from "./build-op.js";
import { denseGradient } from "./gradient.js";
import { gradients } from "./gradients.js";
import { Graph, type Tensor } from "./graph.js";
import { graphFromBytes } from "./graph-def.js";
import { withGraph } from "./scope.js";
import { controlCases } from "./testing/control-cases.js";
import { Variable } from "./variable.js";

interface Run {
  readonly p: boolean;
  readonly n: number;
  readonly y: readonly number[];
  readonly gradients: readonly (readonly number[] | null)[];
  readonly second?: readonly (readonly number[] | null)[];
}

interface Case {
  readonly name: string;
  readonly init: string;
  /** The GraphDef before gradients were asked for. */
  readonly graph: string;
  readonly runs: readonly Run[];
}

interface Fixture {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly v: readonly number[];
  readonly table: readonly (readonly number[])[];
  readonly cases: readonly Case[];
}

/** Made by interop/control-flow/record_gradients.py with TensorFlow 2.15. */
const fixture = JSON.parse(
  gunzipSync(readFileSync(new URL("fixtures/control-gradients.json.gz", import.meta.url))).toString(),
) as Fixture;

/** A case as a graph of ours: y and what gradients are taken for. */
interface Built {
  readonly graph: Graph;
  readonly y: Tensor;
  readonly xs: readonly Tensor[];
  readonly init: readonly string[];
}

/** Compares y, its gradients and where recorded the gradients' own with what TensorFlow computed. */
function check({ name, runs }: Case, { graph, y, xs, init }: Built): void {
  const { first, second } = withGraph(graph, () => {
    const dense = (list: ReturnType<typeof gradients>): (Tensor | null)[] =>
      list.map((gradient) => (gradient === null ? null : denseGradient(gradient)));
    const once = dense(gradients([y], xs));
    const found = once.filter((gradient) => gradient !== null);
    return { first: once, second: runs[0]!.second === undefined ? [] : dense(gradients(found, xs)) };
  });
  const session = new Session(graph);
  session.run([], new Map(), init);
  for (const run of runs) {
    const feeds = new Map<Tensor, TensorValue>([
      [graph.tensor("x:0"), floatValue([...fixture.x], [3])],
      [graph.tensor("w:0"), floatValue([...fixture.w], [3])],
      [graph.tensor("p:0"), toTensor(run.p)],
      [graph.tensor("n:0"), intValue([run.n], [])],
    ]);
    const values = (tensors: readonly (Tensor | null)[]): (number[] | null)[] =>
      tensors.map((tensor) => {
        if (tensor === null) return null;
        const [value] = session.run([tensor], feeds);
        return toFlatArray(value!) as number[];
      });
    const where = `${name} p=${run.p} n=${run.n}`;
    expectClose(values([y]), [run.y], `${where} y`);
    expectClose(values(first), run.gradients, `${where} gradient`);
    if (run.second !== undefined) expectClose(values(second), run.second, `${where} second gradient`);
  }
}

function expectClose(
  actual: readonly (readonly number[] | null)[],
  expected: readonly (readonly number[] | null)[],
  where: string,
): void {
  actual.forEach((values, i) => {
    const recorded = expected[i];
    // TensorFlow gives zeros where it does not look whether a branch depends on a tensor.
    const wanted = recorded ?? [];
    const given = values ?? wanted.map(() => 0);
    const worst = given.reduce((most, value, k) => {
      const want = recorded === null ? 0 : wanted[k]!;
      return Math.max(most, Math.abs(value - want) / (1e-5 + Math.abs(want)));
    }, 0);
    if (recorded !== null) expect(given.length, `${where} ${i}`).toBe(wanted.length);
    expect(worst, `${where} ${i}: ${given.join()} for ${wanted.join()}`).toBeLessThan(2e-5);
  });
}

describe("graphs that TensorFlow built", () => {
  test.each(fixture.cases)("$name", (one) => {
    const graph = graphFromBytes(Buffer.from(one.graph, "base64"));
    const handles = ["v:0", "table:0"].map((name) => graph.tensor(name));
    const xs = [graph.tensor("x:0"), graph.tensor("w:0"), ...handles];
    check(one, { graph, y: graph.tensor("y:0"), xs, init: [one.init] });
  });
});

describe("graphs that our functions build", () => {
  const built = fixture.cases.filter(({ name }) => !/^v1_|_call|call_/.test(name));

  test.each(built)("$name", (one) => {
    const graph = new Graph();
    withGraph(graph, () => {
      const input = (name: string, dtype: DType, shape: readonly number[]): Tensor =>
        build("Placeholder", [], { dtype, shape }, name);
      const [x, w] = ["x", "w"].map((name) => input(name, "float32", [3])) as [Tensor, Tensor];
      const [p, n] = [input("p", "bool", []), input("n", "int32", [])];
      const v = new Variable({ name: "v", initializer: floatValue([...fixture.v], [3]) });
      const table = new Variable({ name: "table", initializer: floatValue(fixture.table.flat(), [4, 3]) });
      const y = controlCases[one.name]!({ x, w, p, n, v, table });
      const init = [v, table].map(({ initializer }) => initializer.name);
      check(one, { graph, y, xs: [x, w, v.handle, table.handle], init });
    });
  });
});
