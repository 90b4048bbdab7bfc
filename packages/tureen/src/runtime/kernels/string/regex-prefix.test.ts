import { expect, test } from "vitest";
import { stringValue } from "../../../core/tensor-value.js";
import { build } from "../../../graph/build-op.js";
import { Graph } from "../../../graph/graph.js";
import { withGraph } from "../../../graph/scope.js";
import { Session } from "../../session.js";

/** Both ops of a pattern: only the one whose pattern is an attribute knows it before it runs. */
async function matches(pattern: string, texts: readonly string[]): Promise<readonly unknown[]> {
  const graph = new Graph();
  const fetches = withGraph(graph, () => {
    const input = build("Placeholder", [], { dtype: "string", shape: [-1] });
    return {
      input,
      both: [
        build("StaticRegexFullMatch", [input], { pattern }),
        build("RegexFullMatch", [input, stringValue([pattern], [])]),
      ],
    };
  });
  const session = new Session(graph);
  const found = await session.run(fetches.both, new Map([[fetches.input, stringValue([...texts])]]));
  return found.map(({ data }) => [...(data as Uint8Array)]);
}

test("a literal before any rest of a line matches as it does when it is compiled", async () => {
  const texts = ["s3://bucket/a", "s3://", "s3:/a", "as3://a", "s3://a\nb", "S3://a", "", "s3://ä"];
  expect(await matches("^s3://.*", texts)).toEqual([
    [1, 1, 0, 0, 0, 0, 0, 1],
    [1, 1, 0, 0, 0, 0, 0, 1],
  ]);
  expect(await matches("a_b.*", ["a_b", "a_bc", "xa_b"])).toEqual([
    [1, 1, 0],
    [1, 1, 0],
  ]);
});
