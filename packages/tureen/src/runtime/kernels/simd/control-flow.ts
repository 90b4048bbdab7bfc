import { type Code, get, i32, integer, set } from "./assembler.js";

/** Code with blocks that jumps name, so that nobody has to count how deep one lies in another. */
export type Part = number | Block | Jump;

interface Block {
  readonly opens: number;
  readonly label: string;
  readonly body: readonly Part[];
  readonly otherwise?: readonly Part[];
}

interface Jump {
  readonly jumps: number;
  readonly to: string;
}

const [blockCode, loopCode, ifCode, elseCode, endCode, jumpCode, jumpIfCode] = [
  0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d,
] as const;

/** Code that a jump to `label` leaves. */
export const block = (label: string, ...body: readonly (readonly Part[])[]): Part[] => [
  { opens: blockCode, label, body: body.flat() },
];

/** Code that a jump to `label` begins anew; it runs once where nothing jumps. */
export const loop = (label: string, ...body: readonly (readonly Part[])[]): Part[] => [
  { opens: loopCode, label, body: body.flat() },
];

/** Code that runs where the integer that `condition` leaves is not 0. */
export const when = (condition: readonly Part[], ...body: readonly (readonly Part[])[]): Part[] => [
  ...condition,
  { opens: ifCode, label: "", body: body.flat() },
];

/** One of two pieces of code, by whether the integer that `condition` leaves is not 0. */
export const either = (condition: readonly Part[], body: readonly Part[], otherwise: readonly Part[]): Part[] => [
  ...condition,
  { opens: ifCode, label: "", body, otherwise },
];

/** Goes to a block's end or a loop's beginning. */
export const jump = (to: string): Part[] => [{ jumps: jumpCode, to }];

/** The same where the integer that `condition` leaves is not 0. */
export const jumpIf = (to: string, condition: readonly Part[]): Part[] => [...condition, { jumps: jumpIfCode, to }];

/** `local = value`. */
export const assign = (local: number, ...value: readonly (readonly Part[])[]): Part[] => [
  ...value.flat(),
  ...set(local),
];

/** `local += amount`. */
export const increase = (local: number, amount: number): Part[] => [
  ...get(local),
  ...integer(amount),
  ...i32.add,
  ...set(local),
];

/** Instructions of the code, each jump with the number of blocks between. */
export function flatten(parts: readonly Part[], around: readonly string[] = []): Code {
  return parts.flatMap((part) => {
    if (typeof part === "number") return [part];
    if ("to" in part) {
      const depth = around.indexOf(part.to);
      if (depth < 0) throw new Error(`a jump to ${part.to}, which is not around it`);
      return [part.jumps, depth];
    }
    const inside = [part.label, ...around];
    const body = flatten(part.body, inside);
    const otherwise = part.otherwise === undefined ? [] : [elseCode, ...flatten(part.otherwise, inside)];
    // 0x40: the block leaves nothing on the stack.
    return [part.opens, 0x40, ...body, ...otherwise, endCode];
  });
}
