import { type DType, dtypeEnumName, dtypeLabel } from "../core/dtype.js";
import { type PartialShape, shapeText } from "../core/shape.js";
import type { TensorValue } from "../core/tensor-value.js";
import { decodeText } from "../core/text.js";
import type { AttrValue, FunctionReference } from "./attr-value.js";
import type { NodeSpec } from "./import-nodes.js";

/** How many elements of a list and of a tensor messages show. */
const shownElements = 5;

/** A node as TensorFlow's messages print it (`SummarizeNodeDef`): `{{node m}} = Mul[T=DT_FLOAT](a, x)`. */
export function nodeText(node: NodeSpec): string {
  const attrs = [...node.attrs.keys()].sort().map((name) => `${name}=${attrValueText(node.attrs.get(name)!)}`);
  if (node.device !== "") attrs.push(`_device=${JSON.stringify(node.device)}`);
  const list = attrs.length === 0 ? "[]" : `[${attrs.join(", ")}]`;
  return `{{node ${node.name}}} = ${node.op}${list}(${node.inputs.join(", ")})`;
}

function attrValueText(attr: AttrValue): string {
  if (attr.kind !== "list") return elementText(attr.kind, attr.value);
  const shown = attr.value.slice(0, shownElements).map((item) => elementText(attr.of, item));
  return `[${shown.join(", ")}${attr.value.length > shownElements ? ", ..." : ""}]`;
}

function elementText(kind: string, value: unknown): string {
  switch (kind) {
    case "string":
      return JSON.stringify(decodeText(value as Uint8Array));
    case "type":
      return dtypeEnumName(value as DType);
    case "shape":
      return value === undefined ? "<unknown>" : dimsText(value as readonly number[]);
    case "func":
      return (value as FunctionReference).name;
    case "placeholder":
      return `$${String(value)}`;
    case "tensor": {
      const { dtype, shape } = value as TensorValue;
      return `Tensor<type: ${dtypeLabel(dtype)} shape: ${shapeText(shape)}>`;
    }
    default:
      return String(value);
  }
}

/** Sizes as they are stored: what is wrong with them is what the message is about. */
function dimsText(shape: readonly number[]): string {
  return `[${shape.map((size) => (size === -1 ? "?" : String(size))).join(",")}]`;
}

/** What TensorFlow adds to the error of a shape function: the node and the shapes of its inputs. */
export function shapeErrorSuffix(node: NodeSpec, shapes: readonly PartialShape[]): string {
  return ` for '${nodeText(node)}' with input shapes: ${shapes.map((shape) => (shape === undefined ? "<unknown>" : shapeText(shape))).join(", ")}.`;
}
