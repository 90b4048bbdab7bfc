import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import { Attrs, type AttrValue } from "../../../graph/attr-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../../kernel.js";
import { defaultContainer, type Resource, type ResourceHandle } from "../../resource-manager.js";
import type { RunContext } from "../../run-context.js";
import { int64Value, numbersOf } from "./integers.js";
import { serializeKernels } from "./serialize.js";

/** Sparse tensors that wait in a session until they are taken, each by its number. */
interface SparseTensorsMap extends Resource {
  readonly kind: "SparseTensorsMap";
  readonly stored: Map<number, readonly object[]>;
  next: number;
}

function mapOf({ name, attrs }: KernelNode): (context: RunContext) => SparseTensorsMap {
  const container = attrs.text("container");
  const shared = attrs.text("shared_name");
  const handle: ResourceHandle = {
    container: container === "" ? defaultContainer : container,
    name: shared === "" ? name : shared,
    kind: "SparseTensorsMap",
  };
  return ({ resources }) =>
    resources.getOrCreate<SparseTensorsMap>(handle, () => ({ kind: "SparseTensorsMap", stored: new Map(), next: 0 }));
}

/** The node as one of the serializing ops, whose work is the same; parts are kept as variants. */
function asSerializer(node: KernelNode): KernelNode {
  const attrs = new Map<string, AttrValue>(node.attrs.map).set("out_type", { kind: "type", value: "variant" });
  return { ...node, attrs: new Attrs(attrs, node.type), outputTypes: ["variant"] };
}

/** Whether the parts of a sparse tensor have no values. */
function isEmpty(parts: readonly object[]): boolean {
  return (parts[1] as { readonly value: TensorValue }).value.shape[0] === 0;
}

function add(many: boolean): KernelFactory {
  return (node) => {
    const map = mapOf(node);
    const serialize = serializeKernels[many ? "SerializeManySparse" : "SerializeSparse"]!(asSerializer(node));
    return (inputs, context) => {
      const parts = serialize(inputs, context)[0]!.data as readonly object[];
      const kept = map(context);
      const handles = new Array<number>(parts.length / 3).fill(-1);
      // Rows that have entries are numbered before empty ones.
      for (const empty of [false, true]) {
        for (let row = 0; row < handles.length; row++) {
          const own = parts.slice(3 * row, 3 * row + 3);
          if (many && isEmpty(own) !== empty) continue;
          if (handles[row] !== -1) continue;
          kept.stored.set(kept.next, own);
          handles[row] = kept.next;
          kept.next += 1;
        }
      }
      return [int64Value(many ? [handles.length] : [], handles)];
    };
  };
}

const takeMany: KernelFactory = (node) => {
  const map = mapOf(node);
  const shared = node.attrs.text("shared_name");
  const deserialize = serializeKernels.DeserializeSparse!(node);
  return (inputs, context) => {
    const kept = map(context);
    const parts = Array.from(numbersOf(inputs[0]!), (handle) => {
      const found = kept.stored.get(handle);
      if (found === undefined) {
        throw invalidArgument(`Unable to find SparseTensor: ${handle} in map: ${shared === "" ? node.name : shared}`);
      }
      kept.stored.delete(handle);
      return found;
    });
    const serialized: TensorValue = tensorValue("variant", [parts.length, 3], parts.flat());
    return deserialize([serialized], context);
  };
};

/** Host kernels of sparse tensors that are kept in a session by handle. */
export const sparseByHandleKernels: KernelTable = {
  AddSparseToTensorsMap: add(false),
  AddManySparseToTensorsMap: add(true),
  TakeManySparseFromTensorsMap: takeMany,
};
