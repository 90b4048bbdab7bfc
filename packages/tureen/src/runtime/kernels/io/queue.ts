import { isCompatible, type PartialShape, shapeText } from "../../../core/shape.js";
import { invalidArgument, outOfRange, StatusError } from "../../../core/status-error.js";
import type { TensorValue } from "../../../core/tensor-value.js";
import type { Resource } from "../../resource-manager.js";

/** One entry of a queue: a tensor for each component. */
export type QueueElement = readonly TensorValue[];

/**
 * A first-in-first-out queue of a session (TensorFlow's FIFOQueue).
 *
 * A run here never waits: where TensorFlow would wait for another thread to enqueue or dequeue, the op fails with FAILED_PRECONDITION.
 */
export class FifoQueue implements Resource {
  readonly kind = "QueueInterface";
  readonly #name: string;
  readonly #shapes: readonly PartialShape[];
  readonly #capacity: number;
  readonly #elements: QueueElement[] = [];
  #closed = false;

  constructor(name: string, shapes: readonly PartialShape[], capacity: number) {
    this.#name = name;
    this.#shapes = shapes;
    this.#capacity = capacity < 0 ? Number.POSITIVE_INFINITY : capacity;
  }

  get size(): number {
    return this.#elements.length;
  }

  /** The shape of each component; none where they may differ from element to element. */
  get shapes(): readonly PartialShape[] {
    return this.#shapes;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** No more elements come in; those that are in may still come out. */
  close(): void {
    this.#closed = true;
  }

  /** Appends all of `elements` or none of them. */
  enqueue(elements: readonly QueueElement[]): void {
    if (this.#closed) throw new StatusError("CANCELLED", `FIFOQueue '${this.#name}' is closed.`);
    for (const element of elements) this.#check(element);
    if (this.#elements.length + elements.length > this.#capacity) {
      throw this.#wouldWait(`room for ${elements.length} elements`);
    }
    this.#elements.push(...elements);
  }

  /** Takes `count` elements, or with `upTo` as many as a closed queue still has. */
  dequeue(count: number, upTo = false): QueueElement[] {
    const enough = this.#elements.length >= count || (upTo && this.#closed && this.#elements.length > 0);
    if (!enough && this.#closed) {
      throw outOfRange(
        `FIFOQueue '${this.#name}' is closed and has insufficient elements (requested ${count}, current size ${this.#elements.length})`,
      );
    }
    if (!enough) throw this.#wouldWait(`${count} elements`);
    return this.#elements.splice(0, count);
  }

  #check(element: QueueElement): void {
    if (this.#shapes.length === 0) return;
    element.forEach((value, i) => {
      if (isCompatible(this.#shapes[i], value.shape)) return;
      throw invalidArgument(
        `Shape mismatch in tuple component ${i}. Expected ${shapeText(this.#shapes[i])}, got ${shapeText(value.shape)}`,
      );
    });
  }

  #wouldWait(what: string): StatusError {
    return new StatusError(
      "FAILED_PRECONDITION",
      `FIFOQueue '${this.#name}' has ${this.#elements.length} elements: nothing in this run can give it ${what}`,
    );
  }
}
