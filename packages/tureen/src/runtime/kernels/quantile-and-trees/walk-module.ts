import {
  advance,
  assemble,
  type Code,
  f32,
  get,
  i32,
  instantiate,
  integer,
  loopUntil,
  memory,
  repeatWhile,
  set,
  tee,
  valueType,
  type WasmMemory,
  whenElse,
} from "../simd/assembler.js";

/** Bytes of a tree's node in memory: its feature, its threshold plus 1, the nodes below it and above it; a leaf leads to itself. */
export const nodeBytes = 16;

/** The loop that moves rows through one tree; addresses in bytes. */
export interface WalkModule {
  readonly memory: WasmMemory;
  /**
   * Moves each row from its node at `from` (up to `end`) to the leaf that it leads to, in a tree of `count` nodes at `tree` with values at `values`.
   *
   * Rows have a byte a feature, which is the bucket plus 1, from `cells` on. Writes nodes at `last`, all bits but those of `mask` cleared, and
   * at `partial` the difference of the values times the weight, and `next` added. Gives 1 where a node is not in the tree.
   */
  move(
    from: number,
    end: number,
    cells: number,
    tree: number,
    count: number,
    values: number,
    last: number,
    partial: number,
    mask: number,
    weight: number,
    next: number,
  ): number;
}

/** The loop for rows of as many features; undefined where the engine has none. */
export function walkModule(features: number): WalkModule | undefined {
  const [from, end, cells, tree, count, values, last, partial, mask, weight, next] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const [start, node, at, bad] = [11, 12, 13, 14];
  const times = (local: number, shift: number, base: number): Code => [
    ...[...get(local), ...integer(shift), ...i32.shl, ...get(base), ...i32.add],
  ];
  // Without a branch: which way a row goes cannot be foreseen.
  const step: Code = [
    ...get(at),
    ...[...get(at), ...memory.load(4)],
    ...[...get(at), ...memory.load(), ...get(cells), ...i32.add, ...memory.load8()],
    ...[...i32.sub, ...integer(31), ...i32.shiftRight, ...integer(2), ...i32.shl],
    ...[...i32.add, ...memory.load(8), ...set(node)],
  ];
  const value = (local: number): Code => [...times(local, 2, values), ...memory.loadFloat()];
  const body: Code = [
    ...[...get(from), ...memory.load(), ...tee(start), ...get(count), ...i32.atLeastUnsigned],
    ...whenElse(
      [...integer(1), ...set(bad)],
      [
        ...[...times(start, 4, tree), ...set(at), ...step],
        // Most rows are at a leaf now, which leads to itself.
        ...repeatWhile([...times(node, 4, tree), ...tee(at), ...memory.load(8), ...get(node), ...i32.notEqual], step),
        ...[...get(last), ...get(node), ...get(mask), ...i32.and, ...memory.store()],
        ...[...get(partial), ...value(node), ...value(start), ...f32.sub, ...get(weight), ...f32.mul],
        ...[...get(next), ...f32.add, ...memory.storeFloat()],
      ],
    ),
    ...advance(cells, features),
    ...advance(last, 4),
    ...advance(partial, 4),
  ];
  const { i32: word, f32: number } = valueType;
  return instantiate<Pick<WalkModule, "move">>(
    assemble(
      [
        {
          name: "move",
          params: [word, word, word, word, word, word, word, word, word, number, number],
          results: [word],
          locals: [word, word, word, word],
          body: [...loopUntil(from, end, 4, body), ...get(bad)],
        },
      ],
      1,
    ),
  );
}
