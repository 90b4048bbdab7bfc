import { webcrypto } from "node:crypto";
import type { Attrs } from "../../../graph/attr-value.js";
import type { KernelNode } from "../../kernel.js";
import type { Resource, ResourceHandle } from "../../resource-manager.js";
import type { RunContext } from "../../run-context.js";
import { Philox } from "./philox.js";

interface GeneratorResource extends Resource {
  readonly kind: "GuardedPhiloxRandom";
  readonly generator: Philox;
}

/** Takes the generator of a stateful random op where it stands, and moves it over `blocks` blocks for the next run. */
export type ReserveBlocks = (context: RunContext, blocks: number) => Philox;

/**
 * The generator of a stateful random op: made from its seeds in the first run, it lives as long as the session, whatever plan the node is in.
 *
 * Both seeds zero mean seeds that nobody knows.
 */
export function sessionGenerator({ name, attrs }: KernelNode): ReserveBlocks {
  // No variable or table lives in the empty container.
  const handle: ResourceHandle = { container: "", name, kind: "GuardedPhiloxRandom" };
  return ({ resources }, blocks) => {
    const { generator } = resources.getOrCreate<GeneratorResource>(handle, () => ({
      kind: "GuardedPhiloxRandom",
      generator: seeded(attrs),
    }));
    const local = generator.copy();
    generator.skip(blocks);
    return local;
  };
}

function seeded(attrs: Attrs): Philox {
  const [seed, seed2] = [attrs.bigint("seed"), attrs.bigint("seed2")];
  if (seed !== 0n || seed2 !== 0n) return Philox.fromSeeds(seed, seed2);
  const [a = 0n, b = 0n] = webcrypto.getRandomValues(new BigUint64Array(2));
  return Philox.fromSeeds(a, b);
}
