import type { TensorValue } from "../../../core/tensor-value.js";

/** An element of a list; undefined where it was reserved and never set. */
export type ListItem = TensorValue | undefined;

/**
 * The items of one version of a list, in Baker's manner of persistent arrays ("Shallow Binding Makes Functional Arrays Fast", 1991).
 *
 * The newest version owns the array; changing it hands the array on to the version that comes of it and leaves behind how to undo the
 * change. So a loop that sets or pushes one item a step costs O(1) a step, and an older version that is still read makes a copy of its own,
 * once. To who holds a version it never changes.
 */
export class ListStore {
  #items: ListItem[] | undefined;
  #undo:
    | { readonly newer: ListStore; readonly index: number; readonly item: ListItem; readonly length: number }
    | undefined;

  constructor(items: ListItem[]) {
    this.#items = items;
  }

  get length(): number {
    return this.#items?.length ?? this.#undo!.length;
  }

  /** The items of this version, for reading. */
  items(): readonly ListItem[] {
    return this.#owned();
  }

  /** The version with another item at `index`, which is within the list or just behind it. */
  with(index: number, item: ListItem): ListStore {
    const items = this.#owned();
    const undo = { index, item: items[index], length: items.length };
    items[index] = item;
    return this.#handOn(items, undo);
  }

  /** The version without its last item. */
  withoutLast(): ListStore {
    const items = this.#owned();
    const undo = { index: items.length - 1, item: items.at(-1), length: items.length };
    items.pop();
    return this.#handOn(items, undo);
  }

  #handOn(items: ListItem[], undo: { index: number; item: ListItem; length: number }): ListStore {
    const newer = new ListStore(items);
    this.#items = undefined;
    this.#undo = { newer, ...undo };
    return newer;
  }

  #owned(): ListItem[] {
    if (this.#items !== undefined) return this.#items;
    const changes: { index: number; item: ListItem; length: number }[] = [];
    let store: ListStore = this;
    while (store.#items === undefined) {
      changes.push(store.#undo!);
      store = store.#undo!.newer;
    }
    const items = store.#items.slice();
    for (const { index, item, length } of changes.reverse()) {
      items.length = length;
      if (index < length) items[index] = item;
    }
    this.#items = items;
    this.#undo = undefined;
    return items;
  }
}
