import type { OverviewSignature, OverviewTensor } from "../console-data.js";

const classifyMethod = "tensorflow/serving/classify";
const regressMethod = "tensorflow/serving/regress";

/** The verb of the REST API that a signature answers. */
export function verbOf({ method }: OverviewSignature): "predict" | "classify" | "regress" {
  if (method === classifyMethod) return "classify";
  return method === regressMethod ? "regress" : "predict";
}

/** A body to start from: one row of zeros in the signature's shapes, or one Example of zeros. */
export function exampleRequest(signature: OverviewSignature): string {
  if (verbOf(signature) !== "predict") {
    const { features = [{ name: "feature_name", dtype: "float32" }] } = signature;
    const example = Object.fromEntries(features.map((feature) => [feature.name, featureValue(feature)]));
    return pretty({ signature_name: signature.name, examples: [example] });
  }
  const rows = signature.inputs.every(({ shape }) => shape !== undefined && shape.length > 0 && shape[0] === -1);
  const texts = signature.inputs.filter(({ dtype }) => dtype === "string").length;
  // The one text that goes in beside parsed features is the Example.
  const text = (name: string): unknown =>
    signature.example !== undefined && texts === 1 ? { b64: signature.example } : textOf(name);
  const value = (input: OverviewTensor): unknown => zeros(input, rows ? 1 : 0, text);
  const [only] = signature.inputs;
  if (!rows) {
    const inputs = Object.fromEntries(signature.inputs.map((input) => [input.name, value(input)]));
    return pretty({ signature_name: signature.name, inputs });
  }
  const instance =
    signature.inputs.length === 1 && only !== undefined
      ? value(only)
      : Object.fromEntries(signature.inputs.map((input) => [input.name, value(input)]));
  return pretty({ signature_name: signature.name, instances: [instance] });
}

/** More numbers than this do not fit a text field that a person edits. */
const mostElements = 4096;

function zeros({ dtype, shape = [], name }: OverviewTensor, from: number, text: (name: string) => unknown): unknown {
  const dims = shape.slice(from).map((size) => (size < 0 ? 1 : size));
  if (dims.reduce((product, size) => product * size, 1) > mostElements) return [];
  const zero = dtype === "string" ? text(name) : dtype === "bool" ? false : 0;
  const fill = (depth: number): unknown =>
    depth === dims.length ? zero : Array.from({ length: dims[depth]! }, () => fill(depth + 1));
  return fill(0);
}

/** A feature's values to start from, as an Example has them in JSON: a list where there is not exactly one. */
function featureValue({ dtype, shape = [] }: OverviewTensor): unknown {
  const count = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  // Without a fraction JSON's numbers are int64 features.
  const zero = dtype === "string" ? "0" : dtype === "float32" ? 0.5 : 0;
  return count === 1 ? zero : count > mostElements ? [] : new Array(count).fill(zero);
}

/** Serialized Examples and images come as bytes. */
function textOf(name: string): unknown {
  return name === "examples" || name === "inputs" || name.endsWith("_bytes") ? { b64: "" } : "";
}

/** JSON with the inner lists of numbers on one line. */
function pretty(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /\[\s+([^[\]{}]*?)\s+\]/g,
    (_, items: string) => `[${items.replace(/\s+/g, " ")}]`,
  );
}
