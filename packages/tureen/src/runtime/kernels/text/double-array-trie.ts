/** No value. */
export const noValue = -1;

/** The root's number. */
export const rootNode = 0;

/** Which node follows another by a byte; -1 for none. `units` is a double array as Darts-clone lays it out. */
export function childOf(units: Uint32Array, node: number, byte: number): number {
  const unit = units[node]!;
  const next = (node ^ unitOffset(unit) ^ byte) >>> 0;
  // The label carries the sign bit, which values have.
  return next < units.length && (units[next]! & 0x800000ff) === byte ? next : -1;
}

/** The node after all the bytes; -1 where the path ends before. */
export function descend(units: Uint32Array, node: number, bytes: Uint8Array, from: number, to: number): number {
  let at = node;
  for (let i = from; i < to && at >= 0; i++) at = childOf(units, at, bytes[i]!);
  return at;
}

/** The value at a node, 31 bits; -1 for none. */
export function valueAt(units: Uint32Array, node: number): number {
  const unit = units[node]!;
  if ((unit & 0x100) === 0) return noValue;
  const leaf = (node ^ unitOffset(unit)) >>> 0;
  return leaf < units.length ? units[leaf]! & 0x7fffffff : noValue;
}

function unitOffset(unit: number): number {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;
}
