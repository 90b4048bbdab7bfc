import { createHash } from "node:crypto";
import type { Plan, Step } from "./plan.js";

/** A plan in two: what depends on the feeds alone, and what is left to do with that. */
export interface SplitPlan {
  /** Takes the plan's feeds and gives what the rest needs of them. */
  readonly ahead: Plan;
  /** Takes what `ahead` gives and gives the plan's fetches. */
  readonly rest: Plan;
  /** Tells plans apart: two of one digest give and take the same values, step by step. */
  readonly digest: string;
  readonly identities: Identities;
}

/** Tell apart what plans of one graph make of the same feeds: what is equal in two plans has one identity. */
export interface Identities {
  /** Of the values that the part ahead gives. */
  readonly values: readonly string[];
  /** Of its steps that are there for their effects, such as assertions. */
  readonly effects: readonly string[];
}

/**
 * Where the part ahead of another plan has what the rest of this one needs, value by value; undefined where it has not all of it, or where it would not
 * have the same effects.
 */
export function placesIn(other: Identities, own: Identities): readonly number[] | undefined {
  const places = own.values.map((identity) => other.values.indexOf(identity));
  const hasEffects = own.effects.every((identity) => other.effects.includes(identity));
  return hasEffects && !places.includes(-1) ? places : undefined;
}

/** Steps with a handle or an effect that are the same in every session whose tables hold the same entries. */
const repeatable: ReadonlySet<string> = new Set(["Assert", "LookupTableFindV2", "LookupTableSizeV2"]);

/** Makers of a table's handle, which either part can do for itself: a handle is worth nothing in another session. */
const tables: ReadonlySet<string> = new Set(["HashTableV2"]);

/** What only this plan's own partitioner or compiler can run. */
const own: ReadonlySet<string> = new Set(["_PlanOrt", "_PlanLoop"]);

/**
 * Cuts a plan where the first variable, random number or segment comes in, so that the part before can be run ahead: for the next batch while this
 * one trains, in another thread and session.
 *
 * Undefined where there is nothing before the cut, or where values may be dead.
 */
export function splitPlan(plan: Plan): SplitPlan | undefined {
  if (plan.hasSwitch) return undefined;
  const given = new Set<number>(Array.from({ length: plan.feeds }, (_, i) => i));
  const handles = new Set<number>();
  const [ahead, rest]: [Step[], Step[]] = [[], []];
  for (const step of plan.steps) {
    if (tables.has(step.type)) {
      for (const slot of step.outputs) handles.add(slot);
      ahead.push(step);
      rest.push(step);
      continue;
    }
    const isKnown = (slot: number): boolean => given.has(slot) || handles.has(slot) || isConstant(plan, slot);
    const isAhead =
      (!step.isStateful || repeatable.has(step.type)) &&
      !own.has(step.type) &&
      step.inputs.length > 0 &&
      step.inputs.every(isKnown);
    if (!isAhead) {
      rest.push(step);
      continue;
    }
    ahead.push(step);
    for (const slot of step.outputs) given.add(slot);
  }
  if (ahead.length === tableCount(ahead)) return undefined;
  const wanted = new Set([...rest.flatMap((step) => step.inputs), ...plan.fetches].filter((slot) => given.has(slot)));
  const handed = [...wanted];
  const used = new Set(rest.flatMap((step) => step.inputs));
  const { template } = plan;
  const places = new Map(handed.map((slot, i) => [slot, i]));
  const moved = (slot: number): number => places.get(slot) ?? slot + handed.length;
  return {
    ahead: { ...plan, steps: ahead, fetches: handed },
    rest: {
      steps: rest
        .filter((step) => !tables.has(step.type) || step.outputs.some((slot) => used.has(slot)))
        .map((step) => ({ ...step, inputs: step.inputs.map(moved), outputs: step.outputs.map(moved) })),
      feeds: handed.length,
      fetches: plan.fetches.map(moved),
      template: [...handed.map(() => undefined), ...template],
      hasSwitch: false,
    },
    digest: digestOf(plan, handed),
    identities: identitiesOf(plan, ahead, handed),
  };
}

/** Whether a slot holds a constant; the handle of a variable is another one's in another session. */
function isConstant({ template }: Plan, slot: number): boolean {
  const value = template[slot];
  return value !== undefined && value.dtype !== "resource";
}

function tableCount(steps: readonly Step[]): number {
  return steps.filter((step) => tables.has(step.type)).length;
}

function digestOf(plan: Plan, handed: readonly number[]): string {
  const hash = createHash("sha256");
  for (const { name, type, inputs, outputs } of plan.steps) hash.update(`${name} ${type} ${inputs} ${outputs}\n`);
  hash.update(`${plan.feeds} ${plan.fetches} ${handed}`);
  return hash.digest("hex");
}

function identitiesOf(plan: Plan, ahead: readonly Step[], handed: readonly number[]): Identities {
  const known = new Map(Array.from({ length: plan.feeds }, (_, i) => [i, `feed ${i}`]));
  const effects: string[] = [];
  for (const { name, type, inputs, outputs } of ahead) {
    const hash = createHash("sha256").update(`${name} ${type}`);
    // Constants of a step are those of the graph, wherever it is.
    for (const slot of inputs) hash.update(`\n${known.get(slot) ?? "constant"}`);
    const step = hash.digest("hex");
    for (const [i, slot] of outputs.entries()) known.set(slot, `${step}:${i}`);
    if (outputs.length === 0) effects.push(step);
  }
  return { values: handed.map((slot) => known.get(slot)!), effects };
}
