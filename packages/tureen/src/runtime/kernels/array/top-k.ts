/** Below this many wanted entries keeping them sorted while scanning beats sorting the whole row. */
const insertionLimit = 64;

/**
 * The places of the `k` largest of `count` entries from `start` on, largest first, equal ones in their order.
 *
 * Writes places relative to `start` into `places` at `at`.
 */
export function topPlaces(
  values: ArrayLike<number>,
  start: number,
  count: number,
  k: number,
  places: Int32Array,
  at: number,
): void {
  if (k <= insertionLimit) {
    insertTop(values, start, count, k, places, at);
    return;
  }
  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  order.sort((a, b) => {
    const [x, y] = [values[start + a]!, values[start + b]!];
    return x > y ? -1 : x < y ? 1 : a - b;
  });
  places.set(order.subarray(0, k), at);
}

function insertTop(
  values: ArrayLike<number>,
  start: number,
  count: number,
  k: number,
  places: Int32Array,
  at: number,
): void {
  let held = 0;
  for (let i = 0; i < count; i++) {
    const value = values[start + i]!;
    if (held === k && !(value > values[start + places[at + k - 1]!]!)) continue;
    let slot = held < k ? held : k - 1;
    while (slot > 0 && value > values[start + places[at + slot - 1]!]!) {
      places[at + slot] = places[at + slot - 1]!;
      slot -= 1;
    }
    places[at + slot] = i;
    if (held < k) held += 1;
  }
}
