import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** Runs a product twice in a process that believes to be on a platform for which onnxruntime-node has no binary. */
const program = `
Object.defineProperty(process, "platform", { value: "aix" });
const { build } = await import("./build-op.js");
const { Graph } = await import("./graph.js");
const { withGraph } = await import("./scope.js");
const { ortPartitioner } = await import("../runtime/ort/index.js");
const { Session } = await import("../runtime/session.js");
const { floatValue } = await import("../core/tensor-value.js");
const graph = new Graph();
const [x, y] = withGraph(graph, () => {
  const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 2] });
  return [x, build("MatMul", [x, floatValue([1, 2, 3, 4], [2, 2])])];
});
for (let i = 0; i < 2; i++) {
  const session = new Session(graph, { partitioner: ortPartitioner({ always: true }) });
  const [result] = session.run([y], new Map([[x, floatValue([1, 1], [1, 2])]]));
  console.log(JSON.stringify([...result.data]));
}
process.on("warning", (warning) => console.log("warning", warning.code));
`;

/** Runs a resize whose ONNX form onnxruntime calls deprecated, when it is run alone. */
const resizing = `
const { build } = await import("./build-op.js");
const { Graph } = await import("./graph.js");
const { withGraph } = await import("./scope.js");
const { ortPartitioner } = await import("../runtime/ort/index.js");
const { Session } = await import("../runtime/session.js");
const { floatValue, toTensor } = await import("../core/tensor-value.js");
const graph = new Graph();
const [x, y] = withGraph(graph, () => {
  const x = build("Placeholder", [], { dtype: "float32", shape: [-1, 2, 2, 1] });
  return [x, build("ResizeNearestNeighbor", [x, toTensor([3, 3], "int32")], { half_pixel_centers: true })];
});
const session = new Session(graph, { partitioner: ortPartitioner({ always: true, observe: ({ ran }) => console.log(ran) }) });
session.run([y], new Map([[x, floatValue([1, 2, 3, 4], [1, 2, 2, 1])]]));
`;

test("onnxruntime's warnings of what nobody here can change are not printed", () => {
  const from = new URL("../../graph/", import.meta.url);
  const script = resizing.replaceAll('import(".', `import("${from}.`);
  const args = ["--conditions=@tureen/source", "--import", "tsx", "--no-warnings", "--input-type=module", "-e", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: "onnxruntime\n", stderr: "" });
});

test("without a binary for the platform the host computes, after one warning", () => {
  const from = new URL("../../graph/", import.meta.url);
  const output = execFileSync(
    process.execPath,
    [
      "--conditions=@tureen/source",
      "--import",
      "tsx",
      "--no-warnings",
      "--input-type=module",
      "-e",
      program.replaceAll('import(".', `import("${from}.`),
    ],
    { encoding: "utf8" },
  );
  expect(output.trim().split("\n")).toEqual(["[4,6]", "[4,6]", "warning TUREEN_NO_ONNXRUNTIME"]);
});
