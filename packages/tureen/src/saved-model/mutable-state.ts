import type { Graph, Operation } from "../graph/graph.js";
import { reachableOperations } from "./check-kernels.js";
import { componentTensors } from "./composite-info.js";
import { assigns } from "./constant-variables.js";
import type { SignatureInfo } from "./signature.js";

/** Stateful ops that leave what outlives a run as it is, however often they run. */
const readers =
  /^(VarHandleOp|ReadVariableOp|_ReadVariablesOp|VarIsInitializedOp|Variable(V2)?|VariableShape|ResourceGather(Nd)?|(Mutable)?HashTable(OfTensors)?(V2)?|MutableDenseHashTableV2|LookupTable(Find|Size|Export)(V2)?|If|Case|While|StatefulPartitionedCall|Assert|CheckNumerics(V2)?|DeepCopy|GuaranteeConst|Empty|TensorArray\w+|Stack\w+|BoostedTrees(Predict|EnsembleResourceHandleOp|QuantileStreamResourceHandleOp|QuantileStreamResourceGetBucketBoundaries|GetEnsembleStates)|Is\w+Initialized|StatelessRandomGetAlg|CudnnRNN(V[23])?|SimpleML(CreateModelResource|Inference\w+)|Sentencepiece\w+|WordpieceTokenizeWithOffsets)$/;

/** Ops that change tables; those with ref handles are not even registered as stateful. */
const tableChanges = /^(LookupTable(Insert|Import|Remove)|InitializeTable)/;

/**
 * Whether a request may change what later requests see: variables, tables, generators, or anything not known to be harmless.
 *
 * Such a model has one copy of its state, so it runs in one thread.
 */
export function mutatesState(graph: Graph, signatures: ReadonlyMap<string, SignatureInfo>): boolean {
  const fetches = [...signatures.values()].flatMap(({ outputs }) => componentTensors(graph, outputs));
  for (const op of reachableOperations(graph, fetches)) if (changesState(graph, op)) return true;
  return false;
}

/** Whether an operation itself may change what later runs see. */
export function changesState(graph: Graph, { type, def }: Operation): boolean {
  if (assigns.test(type) || tableChanges.test(type)) return true;
  // A function's own flag says what its body says.
  return def.isStateful && !readers.test(type) && !graph.functions.has(type);
}
