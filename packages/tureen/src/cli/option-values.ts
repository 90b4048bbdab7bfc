import { InvalidArgumentError } from "commander";

/** A whole number from 0. */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is no whole number.");
  return Number(text);
}

/** A whole number from 1. */
export function count(text: string): number {
  const value = whole(text);
  if (value === 0) throw new InvalidArgumentError("It has to be at least 1.");
  return value;
}

/** The parts of a comma-separated list. */
export function list(text: string): readonly string[] {
  return text.split(",").filter((part) => part !== "");
}
