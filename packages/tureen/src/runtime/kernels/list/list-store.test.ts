import fc from "fast-check";
import { expect, test } from "vitest";
import { floatValue } from "../../../core/tensor-value.js";
import { type ListItem, ListStore } from "./list-store.js";

type Step = { readonly on: number; readonly kind: "set" | "push" | "pop"; readonly index: number };

const step: fc.Arbitrary<Step> = fc.record({
  on: fc.nat(),
  kind: fc.constantFrom("set", "push", "pop"),
  index: fc.nat(),
});

test("every version keeps its items, whichever version is changed or read", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 20 }), (steps, reads) => {
      const first: ListItem[] = [floatValue([0]), undefined, floatValue([1])];
      const versions = [{ store: new ListStore([...first]), items: first }];
      steps.forEach(({ on, kind, index }, i) => {
        const { store, items } = versions[on % versions.length]!;
        if (kind === "pop" && items.length > 0) {
          versions.push({ store: store.withoutLast(), items: items.slice(0, -1) });
          return;
        }
        const at = kind === "set" && items.length > 0 ? index % items.length : items.length;
        const item = floatValue([i + 2]);
        const next = [...items];
        next[at] = item;
        versions.push({ store: store.with(at, item), items: next });
        const read = versions[(reads[i % Math.max(1, reads.length)] ?? 0) % versions.length]!;
        expect(read.store.items()).toEqual(read.items);
      });
      for (const { store, items } of versions) {
        expect(store.length).toBe(items.length);
        expect(store.items()).toEqual(items);
      }
    }),
  );
});

test("a loop that sets every item of a long list takes linear time", () => {
  const size = 200_000;
  let store = new ListStore(new Array<ListItem>(size).fill(undefined));
  const item = floatValue([1]);
  // Copying the list at each step would move 4e10 items, which takes minutes.
  for (let i = 0; i < size; i++) store = store.with(i, item);
  expect(store.items().every((found) => found === item)).toBe(true);
});
