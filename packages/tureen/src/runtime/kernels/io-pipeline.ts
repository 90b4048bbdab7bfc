import { isFullyDefined, type Shape } from "../../core/shape.js";
import { failedPrecondition, invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers, zeros } from "../../core/tensor-value.js";
import type { Attrs } from "../../graph/attr-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { defaultContainer, handleOf, handleValue, type ResourceHandle } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import { concatenate } from "./array-join.js";
import { FifoQueue, type QueueElement } from "./io/queue.js";

/*
 * The input pipelines that training graphs leave in exports. Queues work; iterators stand there as TensorFlow's do before anything has
 * initialised them, which nothing in an exported graph can do without datasets.
 */

function handleFrom(attrs: Attrs, own: string, kind: string): ResourceHandle {
  const [container, shared] = [attrs.text("container"), attrs.text("shared_name")];
  return { container: container === "" ? defaultContainer : container, name: shared === "" ? own : shared, kind };
}

const iterator: KernelFactory = ({ attrs, name }) => {
  const value = handleValue(handleFrom(attrs, name, "IteratorResource"));
  return () => [value];
};

/** Handles are names of a process's memory: none that a request could bring was made by this one. */
const iteratorFromString: KernelFactory = () => () => {
  throw invalidArgument("Could not parse string_handle as a valid ResourceHandle");
};

const iteratorGetNext: KernelFactory = () => () => {
  throw failedPrecondition(
    "GetNext() failed because the iterator has not been initialized. Ensure that you have run the initializer operation for this iterator before getting the next element.",
  );
};

const queue: KernelFactory = ({ attrs, name }) => {
  // TensorFlow numbers the queues of a process in front of the names they take from their nodes.
  const handle = handleFrom(attrs, `_0_${name}`, "QueueInterface");
  const value = handleValue(handle);
  return (_, { resources }) => {
    resources.getOrCreate(handle, () => new FifoQueue(handle.name, attrs.shapes("shapes"), attrs.int("capacity")));
    return [value];
  };
};

function onQueue(
  run: (queue: FifoQueue, inputs: readonly TensorValue[], attrs: Attrs) => readonly TensorValue[],
): KernelFactory {
  return ({ attrs }) =>
    ([handle, ...inputs], context: RunContext) =>
      run(context.resources.get<FifoQueue>(handleOf(handle!)), inputs, attrs);
}

function rowsOf(components: readonly TensorValue[]): QueueElement[] {
  const count = components[0]?.shape[0];
  if (count === undefined) throw invalidArgument("Input to QueueEnqueueMany must have at least one dimension");
  return Array.from({ length: count }, (_, row) =>
    components.map(({ dtype, shape, data }) => {
      if (shape[0] !== count) throw invalidArgument(`All input tensors must have the same size in the 0th dimension`);
      const size = data.length / count;
      const list = data as unknown as Uint8Array;
      return tensorValue(dtype, shape.slice(1), list.slice(row * size, (row + 1) * size) as never);
    }),
  );
}

function stacked(elements: readonly QueueElement[]): TensorValue[] {
  return elements[0]!.map((_, i) =>
    concatenate(
      elements.map((element) => tensorValue(element[i]!.dtype, [1, ...element[i]!.shape], element[i]!.data)),
      0,
    ),
  );
}

function dequeueMany(upTo: boolean): KernelFactory {
  return onQueue((fifo, [n], attrs) => {
    const [count] = toIntegers(n!) as [number];
    if (count < 0) throw invalidArgument(`DequeueManyOp requested ${count} < 0 elements`);
    if (!fifo.shapes.every(isFullyDefined) || fifo.shapes.length === 0) {
      throw invalidArgument("FIFOQueue's DequeueMany and DequeueUpTo require the components to have specified shapes.");
    }
    if (count === 0) {
      return attrs.types("component_types").map((dtype, i) => zeros(dtype, [0, ...(fifo.shapes[i] as Shape)]));
    }
    return stacked(fifo.dequeue(count, upTo));
  });
}

/** Nothing here is ever pending, so that `cancel_pending_enqueues` makes no difference. */
const close = onQueue((fifo) => {
  fifo.close();
  return [];
});

/** Host kernels of iterators and queues. */
export const ioPipelineKernels: KernelTable = {
  IteratorV2: iterator,
  IteratorFromStringHandle: iteratorFromString,
  IteratorFromStringHandleV2: iteratorFromString,
  IteratorGetNext: iteratorGetNext,
  IteratorGetNextSync: iteratorGetNext,
  FIFOQueueV2: queue,
  QueueEnqueueV2: onQueue((fifo, components) => {
    fifo.enqueue([components]);
    return [];
  }),
  QueueEnqueueManyV2: onQueue((fifo, components) => {
    fifo.enqueue(rowsOf(components));
    return [];
  }),
  QueueDequeueV2: onQueue((fifo) => fifo.dequeue(1)[0]!),
  QueueDequeueManyV2: dequeueMany(false),
  QueueDequeueUpToV2: dequeueMany(true),
  QueueCloseV2: close,
  QueueSizeV2: onQueue((fifo) => [tensorValue("int32", [], Int32Array.of(fifo.size))]),
  QueueIsClosedV2: onQueue((fifo) => [tensorValue("bool", [], Uint8Array.of(Number(fifo.isClosed)))]),
};
