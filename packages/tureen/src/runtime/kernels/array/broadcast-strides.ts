import { type Shape, stridesOf } from "../../../core/shape.js";

/** The strides, in elements, with which a value of `shape` is read as one of shape `target`: 0 where it is repeated; undefined where it does not fit. */
export function broadcastStrides(shape: Shape, target: Shape): number[] | undefined {
  const lead = target.length - shape.length;
  if (lead < 0) return undefined;
  const own = stridesOf(shape);
  const strides = new Array<number>(target.length).fill(0);
  for (let d = 0; d < shape.length; d++) {
    if (shape[d] === target[lead + d]) strides[lead + d] = own[d]!;
    else if (shape[d] !== 1) return undefined;
  }
  return strides;
}
