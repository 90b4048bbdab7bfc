import type { DType } from "../core/dtype.js";
import type { PartialShape } from "../core/shape.js";
import { notFound } from "../core/status-error.js";
import { type TensorValue, tensorValue } from "../core/tensor-value.js";

/** Anything of a session that outlives a run: a variable, a table, a tree ensemble, a generator. */
export interface Resource {
  /** The kind, as TensorFlow's C++ class name in messages: `Var`, `LookupInterface`, … */
  readonly kind: string;
}

/** What a tensor of dtype resource holds: the key of a resource. */
export interface ResourceHandle {
  readonly container: string;
  readonly name: string;
  /** Kind of the resource this handle may point to. */
  readonly kind: string;
  /** The shape that a TF1 variable was declared with. */
  readonly shape?: PartialShape;
}

/** Mangled C++ names of resource classes, which TensorFlow's messages spell out. */
const cppNames: Readonly<Record<string, string>> = {
  Var: "N10tensorflow3VarE",
  YggdrasilModelResource: "N27tensorflow_decision_forests3ops22YggdrasilModelResourceE",
};

/** The container that nodes with an empty `container` attribute use. */
export const defaultContainer = "localhost";

/** The state of one session, keyed by container, kind and name. */
export class ResourceManager {
  readonly #resources = new Map<string, Resource>();
  /** Containers that ever held something: messages tell a missing container from a missing resource. */
  readonly #containers = new Set<string>();
  /** What handles were found to point to: a plan's handles stay, and making their keys would cost more than most reads. */
  #found = new WeakMap<ResourceHandle, Resource>();

  static #key(handle: ResourceHandle): string {
    return `${handle.container}\0${handle.kind}\0${handle.name}`;
  }

  /** The resource, or undefined where it was never made or has been destroyed. */
  find<R extends Resource>(handle: ResourceHandle): R | undefined {
    const known = this.#found.get(handle);
    if (known !== undefined) return known as R;
    const resource = this.#resources.get(ResourceManager.#key(handle));
    if (resource !== undefined) this.#found.set(handle, resource);
    return resource as R | undefined;
  }

  /** The resource; NOT_FOUND with TensorFlow's text otherwise. */
  get<R extends Resource>(handle: ResourceHandle): R {
    const found = this.find<R>(handle);
    if (found === undefined) {
      throw notFound(this.missingText(handle));
    }
    return found;
  }

  /** How TensorFlow says that a resource is not there. */
  missingText(handle: ResourceHandle): string {
    const { container, name, kind } = handle;
    if (this.#containers.has(container))
      return `Resource ${container}/${name}/${cppNames[kind] ?? kind} does not exist.`;
    return `Container ${container} does not exist. (Could not find resource: ${container}/${name})`;
  }

  /** The resource, made where it is not there yet. */
  getOrCreate<R extends Resource>(handle: ResourceHandle, create: () => R): R {
    const found = this.find<R>(handle);
    if (found !== undefined) return found;
    const made = create();
    this.#containers.add(handle.container);
    this.#resources.set(ResourceManager.#key(handle), made);
    return made;
  }

  /** Puts a resource under a handle, in place of what was there. */
  set(handle: ResourceHandle, resource: Resource): void {
    this.#found = new WeakMap();
    this.#containers.add(handle.container);
    this.#resources.set(ResourceManager.#key(handle), resource);
  }

  /** Removes a resource; whether there was one. */
  delete(handle: ResourceHandle): boolean {
    this.#found = new WeakMap();
    return this.#resources.delete(ResourceManager.#key(handle));
  }

  /** Every resource with its key's parts, for reports and for freezing. */
  *entries(): IterableIterator<readonly [ResourceHandle, Resource]> {
    for (const [key, resource] of this.#resources) {
      const [container = "", kind = "", name = ""] = key.split("\0");
      yield [{ container, kind, name }, resource];
    }
  }
}

/** A variable's state; undefined value is uninitialized. Assignment swaps the value: a reader keeps what it read. */
export interface VariableResource extends Resource {
  readonly kind: "Var";
  readonly dtype: DType;
  value: TensorValue | undefined;
  /** Whether anyone but the variable may hold the value: whoever hands it out sets this, and an update in place copies first. */
  shared: boolean;
}

/** The scalar tensor that carries a handle. */
export function handleValue(handle: ResourceHandle): TensorValue<"resource"> {
  return tensorValue("resource", [], [handle]);
}

/** The handle in a resource tensor. */
export function handleOf(value: TensorValue): ResourceHandle {
  return (value.data as readonly object[])[0] as ResourceHandle;
}
