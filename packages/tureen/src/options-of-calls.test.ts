import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { withGraph } from "./graph/scope.js";
import * as tf from "./index.js";

/** A public function, class or method that takes an object of options, as its declaration says. */
interface Call {
  readonly path: string;
  readonly kind: "function" | "class" | "method";
  /** The types of all parameters, the place of the options among them, and their names. */
  readonly parameters: readonly ts.Type[];
  readonly at: number;
  readonly names: readonly string[];
}

const entry = join(import.meta.dirname, "index.ts");
const program = ts.createProgram([entry], {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  customConditions: ["@tureen/source"],
  skipLibCheck: true,
  noEmit: true,
});
const checker = program.getTypeChecker();
const source = program.getSourceFile(entry)!;

/** Parameters that hold options: by their name, or taken apart where they are declared. */
const optionsName = /^(?:options|init|settings|__\d+)$/;

/**
 * An error, whose options are JavaScript's own; the insides of a graph and of an optimizer; an evaluation that a hook repeats. A session runs
 * too often to look at more than what it needs.
 */
const notCalls =
  /^(?:StatusError|Operation|Graph\.createOperation|Session\.(?:run|context)|optimizers\.\w+\.(?:prepare|minimize)|.*\.openEvaluation)$/;

function publicCalls(module: ts.Symbol, prefix = ""): Call[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const path = `${prefix}${exported.name}`;
    if (symbol.flags & ts.SymbolFlags.ValueModule) return publicCalls(symbol, `${path}.`);
    if (!(symbol.flags & ts.SymbolFlags.Value) || notCalls.test(path)) return [];
    const type = checker.getTypeOfSymbolAtLocation(symbol, source);
    const classes = type.getConstructSignatures();
    if (classes.length > 0) {
      return [
        ...callOf(path, "class", classes),
        ...membersOf(type, path, "function"),
        ...membersOf(classes[0]!.getReturnType(), path, "method"),
      ];
    }
    const calls = type.getCallSignatures();
    return calls.length > 0 ? callOf(path, "function", calls) : membersOf(type, path, "function");
  });
}

const seen = new Set<ts.Node>();

/** The functions of a class or an object; inherited ones once. */
function membersOf(type: ts.Type, path: string, kind: Call["kind"]): Call[] {
  if ((type.flags & ts.TypeFlags.Object) === 0) return [];
  return type.getProperties().flatMap((member) => {
    const declared = member.valueDeclaration;
    if (declared === undefined || declared.getSourceFile().fileName.includes("node_modules")) return [];
    if (isHidden(declared) || seen.has(declared) || notCalls.test(`${path}.${member.name}`)) return [];
    seen.add(declared);
    return callOf(
      `${path}.${member.name}`,
      kind,
      checker.getTypeOfSymbolAtLocation(member, source).getCallSignatures(),
    );
  });
}

function isHidden(declared: ts.Node): boolean {
  if (ts.isMethodDeclaration(declared) && ts.isPrivateIdentifier(declared.name)) return true;
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return ts.canHaveModifiers(declared) && (ts.getCombinedModifierFlags(declared as ts.Declaration) & hidden) !== 0;
}

function callOf(path: string, kind: Call["kind"], signatures: readonly ts.Signature[]): Call[] {
  const names = new Set<string>();
  let found: Pick<Call, "parameters" | "at"> | undefined;
  for (const { parameters, declaration } of signatures) {
    const at = parameters.findIndex(({ name }) => optionsName.test(name));
    if (at < 0 || (declaration !== undefined && isHidden(declaration))) continue;
    const types = parameters.map((parameter) => checker.getTypeOfSymbolAtLocation(parameter, source));
    found ??= { parameters: types, at };
    for (const { name } of checker.getNonNullableType(types[at]!).getProperties()) names.add(name);
  }
  return found === undefined ? [] : [{ path, kind, ...found, names: [...names] }];
}

/** Something of a parameter's type, as good as is needed to come to the options. */
function argument(type: ts.Type): unknown {
  const kinds = type.isUnion() ? type.types : [type];
  const has = (flag: ts.TypeFlags): boolean => kinds.some(({ flags }) => (flags & flag) !== 0);
  const named = (name: string): boolean => kinds.some(({ symbol }) => symbol?.name === name);
  if (named("Tensor")) return tf.constant([[1, 2]]);
  if (named("SparseTensor")) return tf.sparse.fromDense(tf.constant([[1, 2]]));
  const literals = kinds.filter((kind) => kind.isStringLiteral()).map(({ value }) => value);
  if (literals.length > 0) return literals.includes("float32") ? "float32" : literals[0];
  if (has(ts.TypeFlags.NumberLike)) return 1;
  if (has(ts.TypeFlags.StringLike)) return "x";
  if (has(ts.TypeFlags.BooleanLike)) return true;
  const list = kinds.find((kind) => checker.isArrayLikeType(kind));
  if (list !== undefined) {
    const [item] = checker.getTypeArguments(list as ts.TypeReference);
    return item === undefined ? [] : [argument(item)];
  }
  if (kinds.some((kind) => kind.getCallSignatures().length > 0)) return () => tf.constant(1);
  return has(ts.TypeFlags.Undefined) ? undefined : {};
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

type Member = Readonly<Record<string, unknown>>;

function lookUp(path: readonly string[]): unknown {
  return path.reduce<unknown>((holder, name) => (holder as Member)[name], tf);
}

async function run({ path, kind, parameters, at }: Call, options: object): Promise<unknown> {
  const names = path.split(".");
  // Wrapped, as the body of a scope must not return a promise.
  const { result } = withGraph(new tf.Graph(), () => {
    const args = parameters.map((type, i) => (i === at ? options : argument(type)));
    if (kind === "class") return { result: new (lookUp(names) as new (...args: unknown[]) => unknown)(...args) };
    const holder = lookUp(names.slice(0, -1));
    // Names are checked before anything of the object is looked at, so that one that was never made will do.
    const owner = kind === "method" ? Object.create((holder as { readonly prototype: object }).prototype) : holder;
    return { result: (owner as Record<string, (...args: unknown[]) => unknown>)[names.at(-1)!]!(...args) };
  });
  return isGenerator(result) ? result.next() : result;
}

const calls = publicCalls(checker.getSymbolAtLocation(source)!);

describe("options that a call does not know are refused by", () => {
  it("all public functions, classes and methods", async () => {
    expect(calls.length).toBeGreaterThan(1000);
    const accepting: string[] = [];
    for (const call of calls) {
      const slip = `${call.names[0]}_`;
      const said = await run(call, { [slip]: 1 }).then(
        () => "nothing",
        (error: Error) => error.message,
      );
      const wanted = `got an unexpected keyword argument '${slip}'. Did you mean '`;
      if (!said.includes(wanted)) accepting.push(`${call.path} (${call.names.join(", ")}) says: ${said}`);
    }
    expect(accepting).toEqual([]);
  });
});
