import { type DType, dtypeLabel } from "../../../core/dtype.js";
import {
  isCompatible,
  isFullyDefined,
  type PartialShape,
  type Shape,
  sameShape,
  shapeText,
} from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { ResourceHandle } from "../../resource-manager.js";
import type { FloatArray } from "../linalg/gemm.js";
import { realArray, realData, realValue } from "../linalg/real-data.js";
import { zeroElement } from "./rows.js";

interface Slot {
  value: TensorValue | undefined;
  /** The shape that zeros take where nothing was written: that of the forward array's element. */
  shape: Shape | undefined;
  written: boolean;
  cleared: boolean;
}

const emptySlot = (): Slot => ({ value: undefined, shape: undefined, written: false, cleared: false });

/** What makes a TensorArray. */
export interface TensorArrayInit {
  readonly name: string;
  readonly dtype: DType;
  readonly elementShape: PartialShape;
  readonly size: number;
  readonly dynamicSize: boolean;
  readonly clearAfterRead: boolean;
  readonly identicalShapes: boolean;
}

/** The state behind a TensorArray's handle, with the texts of TensorFlow's tensor_array.h. */
export class TensorArray {
  readonly name: string;
  readonly dtype: DType;
  #elementShape: PartialShape;
  #dynamicSize: boolean;
  readonly #clearAfterRead: boolean;
  readonly #identicalShapes: boolean;
  /** Gradient arrays sum what is written to one index; others take one write. */
  readonly #aggregates: boolean;
  #slots: Slot[];
  readonly #gradients = new Map<string, TensorArray>();
  #closed = false;

  constructor(init: TensorArrayInit, aggregates = false) {
    this.name = init.name;
    this.dtype = init.dtype;
    this.#elementShape = init.elementShape;
    this.#dynamicSize = init.dynamicSize;
    this.#clearAfterRead = init.clearAfterRead;
    this.#identicalShapes = init.identicalShapes;
    this.#aggregates = aggregates;
    this.#slots = Array.from({ length: init.size }, emptySlot);
  }

  get size(): number {
    this.#checkOpen();
    return this.#slots.length;
  }

  get elementShape(): PartialShape {
    return this.#elementShape;
  }

  /** Whether writing beyond the end makes it grow. */
  get dynamicSize(): boolean {
    return this.#dynamicSize;
  }

  write(index: number, value: TensorValue): void {
    this.#checkOpen();
    if (index < 0 || (index >= this.#slots.length && !this.#dynamicSize)) {
      throw invalidArgument(
        `TensorArray ${this.name}: Tried to write to index ${index} but array is not resizeable and size is: ${this.#slots.length}`,
      );
    }
    while (this.#slots.length <= index) this.#slots.push(emptySlot());
    const slot = this.#slots[index]!;
    if (value.dtype !== this.dtype) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not write to TensorArray index ${index} because the value dtype is ${dtypeLabel(value.dtype)} but TensorArray dtype is ${dtypeLabel(this.dtype)}.`,
      );
    }
    if (!isCompatible(this.#elementShape, value.shape)) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not write to TensorArray index ${index} because the value shape is ${shapeText(value.shape)} which is incompatible with the TensorArray's inferred element shape: ${shapeText(this.#elementShape)} (consider setting infer_shape=False).`,
      );
    }
    if (this.#identicalShapes && !isFullyDefined(this.#elementShape)) this.#elementShape = value.shape;
    if (slot.cleared) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not write to TensorArray index ${index} because it has already been read.`,
      );
    }
    if (slot.written) {
      if (!this.#aggregates) {
        throw invalidArgument(
          `TensorArray ${this.name}: Could not write to TensorArray index ${index} because it has already been written to.`,
        );
      }
      slot.value = this.#sum(slot.value!, value, index);
      return;
    }
    slot.value = value;
    slot.shape = value.shape;
    slot.written = true;
  }

  #sum(a: TensorValue, b: TensorValue, index: number): TensorValue {
    if (!sameShape(a.shape, b.shape)) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not aggregate to TensorArray index ${index} because the existing shape is ${shapeText(a.shape)} but the new input shape is ${shapeText(b.shape)}.`,
      );
    }
    const out = realArray(a.dtype, a.data.length);
    const [x, y]: readonly FloatArray[] = [realData(a), realData(b)];
    for (let i = 0; i < out.length; i++) out[i] = x![i]! + y![i]!;
    return realValue(a.dtype, a.shape, out);
  }

  read(index: number): TensorValue {
    this.#checkOpen();
    if (index < 0 || index >= this.#slots.length) {
      throw invalidArgument(`Tried to read from index ${index} but array size is: ${this.#slots.length}`);
    }
    const slot = this.#slots[index]!;
    if (slot.cleared) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not read index ${index} twice because it was cleared after a previous read (perhaps try setting clear_after_read = false?).`,
      );
    }
    const value = slot.value ?? this.#zeros(slot, index);
    if (this.#clearAfterRead) {
      slot.value = undefined;
      slot.cleared = true;
    } else {
      slot.value = value;
    }
    return value;
  }

  #zeros(slot: Slot, index: number): TensorValue {
    const shape = slot.shape ?? this.#elementShape;
    if (!isFullyDefined(shape)) {
      throw invalidArgument(
        `TensorArray ${this.name}: Could not read from TensorArray index ${index}.  Furthermore, the element shape is not fully defined: ${shapeText(shape)}.  It is possible you are working with a resizeable TensorArray and stop_gradients is not allowing the gradients to be written.  If you set the full element_shape property on the forward TensorArray, the proper all-zeros tensor will be returned instead of incurring this error.`,
      );
    }
    return zeroElement(this.dtype, shape);
  }

  /** The array that sums gradients of this one's elements; one for each `source`. This one's size is fixed from then on. */
  gradient(source: string): TensorArray {
    this.#checkOpen();
    const known = this.#gradients.get(source);
    if (known !== undefined) return known;
    this.#dynamicSize = false;
    const made = new TensorArray(
      {
        name: `${this.name}@${source}`,
        dtype: this.dtype,
        elementShape: this.#elementShape,
        size: this.#slots.length,
        dynamicSize: false,
        clearAfterRead: true,
        identicalShapes: this.#identicalShapes,
      },
      true,
    );
    this.#slots.forEach(({ shape }, i) => {
      made.#slots[i]!.shape = shape;
    });
    this.#gradients.set(source, made);
    return made;
  }

  close(): void {
    this.#slots = [];
    this.#closed = true;
  }

  #checkOpen(): void {
    if (this.#closed) throw invalidArgument(`TensorArray ${this.name} has already been closed.`);
  }
}

/** A handle that carries its state itself, so that arrays and stacks of a run are gone with the run's values. */
export interface StatefulHandle<T> extends ResourceHandle {
  readonly state: T;
}

/** The resource tensor of a state that lives as long as its handles. */
export function statefulHandle<T>(kind: string, name: string, state: T): TensorValue<"resource"> {
  const handle: StatefulHandle<T> = { container: "", name, kind, state };
  return tensorValue("resource", [], [handle]);
}

/** The state that a handle carries; INVALID_ARGUMENT for a handle to something else. */
export function stateOf<T>(value: TensorValue, kind: string): T {
  const handle = (value.data as readonly Partial<StatefulHandle<T>>[])[0];
  if (handle?.kind !== kind || handle.state === undefined) {
    throw invalidArgument(
      `The handle of a ${kind} was expected, but a handle of a ${handle?.kind ?? "resource"} was given`,
    );
  }
  return handle.state;
}
