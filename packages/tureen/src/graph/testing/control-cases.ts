import { toTensor } from "../../core/tensor-value.js";
import { build, buildOp, constant, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";
import * as tf from "../ops/index.js";
import type { Variable } from "../variable.js";

/** What the recorded cases are built of. */
export interface CaseInputs {
  readonly x: Tensor;
  readonly w: Tensor;
  readonly p: Tensor;
  readonly n: Tensor;
  readonly v: Variable;
  readonly table: Variable;
}

type Step = (i: Tensor, ...values: Tensor[]) => Tensor | readonly Tensor[];

const int = (value: number): Tensor => constant(value, "int32");
const add = (a: TensorLike, b: TensorLike): Tensor => build("AddV2", [a, b]);
const mul = (...factors: TensorLike[]): Tensor =>
  factors.reduce<TensorLike>((a, b) => build("Mul", [a, b]), factors.shift()!) as Tensor;
const one =
  (op: string) =>
  (a: TensorLike): Tensor =>
    build(op, [a]);
const [sin, cos, exp, tanh, square, neg, stop, abs] = [
  "Sin",
  "Cos",
  "Exp",
  "Tanh",
  "Square",
  "Neg",
  "StopGradient",
  "Abs",
].map(one) as [
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
  ReturnType<typeof one>,
];
const sum = (a: Tensor): Tensor => {
  const axes = toTensor(
    a.shape!.map((_, d) => d),
    "int32",
    [a.shape!.length],
  );
  return build("Sum", [a, axes]);
};
const join = (values: readonly TensorLike[]): Tensor => build("ConcatV2", [values, int(0)]);
const shaped = (a: Tensor, shape: readonly number[]): Tensor => build("Reshape", [a, toTensor([...shape], "int32")]);
const float = (a: Tensor, DstT = "float32"): Tensor => build("Cast", [a], { DstT });
const modulo = (a: Tensor, b: number): Tensor => build("FloorMod", [a, int(b)]);
const above = (a: TensorLike, b: TensorLike): Tensor => build("Greater", [a, b]);
const below = (a: TensorLike, b: TensorLike): Tensor => build("Less", [a, b]);
const gather = (a: TensorLike, indices: TensorLike): Tensor => build("GatherV2", [a, indices, int(0)]);
const item = (a: Tensor, i: TensorLike): Tensor =>
  build("StridedSlice", [a, build("Pack", [[i]]), build("Pack", [[add(i, int(1))]]), [1]], { shrink_axis_mask: 1 });

/** Repeats a step n times and gives the first value's last. */
function loop(n: Tensor | number, step: Step, ...first: Tensor[]): Tensor {
  return loops(n, step, ...first)[0]!;
}

function loops(n: Tensor | number, step: Step, ...first: Tensor[]): Tensor[] {
  const count = typeof n === "number" ? int(n) : n;
  const [, ...values] = tf.whileLoop(
    (i) => below(i as Tensor, count),
    (i, ...rest) => {
      const next = step(i as Tensor, ...(rest as Tensor[]));
      return [add(i as Tensor, int(1)), ...(Array.isArray(next) ? next : [next])];
    },
    [int(0), ...first],
  );
  return values as Tensor[];
}

/** The cases of interop/control-flow/record_gradients.py that the public functions can build, by name. */
export const controlCases: Readonly<Record<string, (a: CaseInputs) => Tensor>> = {
  cond_simple: ({ p, x, w }) =>
    tf.cond(
      p,
      () => mul(x, 2),
      () => mul(w, x),
    ),
  cond_exp: ({ p, x, w }) =>
    tf.cond(
      p,
      () => mul(exp(x), w),
      () => mul(x, x, x),
    ),
  cond_one_sided: ({ p, x, w }) =>
    tf.cond(
      p,
      () => mul(x, w),
      () => constant([1, 2, 3]),
    ),
  cond_identity: ({ p, x, w }) =>
    tf.cond(
      p,
      () => x,
      () => w,
    ),
  cond_nested: ({ p, n, x, w }) =>
    tf.cond(
      p,
      () =>
        tf.cond(
          above(n, int(1)),
          () => sin(x),
          () => mul(cos(x), w),
        ),
      () => square(w),
    ),
  cond_several: ({ p, x, w }) => {
    const [y, z] = tf.cond<readonly [Tensor, Tensor]>(
      p,
      () => [mul(x, w), add(x, w)],
      () => [w, x],
    );
    return mul(y, z);
  },
  cond_unused_output: ({ p, x, w }) =>
    tf.cond<readonly [Tensor, Tensor]>(
      p,
      () => [mul(x, w), exp(x)],
      () => [w, x],
    )[0],
  cond_record: ({ p, x, w }) => {
    const out = tf.cond(
      p,
      () => ({ a: sin(x), b: [w, x] }),
      () => ({ a: w, b: [mul(x, w), w] }),
    );
    return add(mul(out.a, out.b[0]!), out.b[1]!);
  },
  cond_variable: ({ p, x, v }) =>
    tf.cond(
      p,
      () => mul(v.read(), x),
      () => x,
    ),
  cond_variable_both: ({ p, x, v }) =>
    tf.cond(
      p,
      () => mul(v.read(), x),
      () => exp(v.read()),
    ),
  cond_integers: ({ p, x, w }) =>
    tf.cond(
      p,
      () => float(float(x, "int32")),
      () => mul(x, w),
    ),
  cond_integer_outputs: ({ p, x, w, n }) => {
    const [y, k] = tf.cond<readonly [Tensor, Tensor]>(
      p,
      () => [mul(x, w), n],
      () => [w, add(n, int(1))],
    );
    return mul(y, float(k));
  },
  cond_stop_gradient: ({ p, x, w }) =>
    tf.cond(
      p,
      () => mul(stop(x), w),
      () => mul(x, stop(w)),
    ),
  cond_matmul: ({ p, x, w }) => {
    const product = (a: Tensor, b: Tensor): Tensor => build("MatMul", [shaped(a, [3, 1]), shaped(b, [1, 3])]);
    return tf.cond(
      p,
      () => product(x, w),
      () => product(w, w),
    );
  },
  cond_of_intermediate: ({ p, x, w }) => {
    const y = mul(x, x);
    return mul(
      tf.cond(
        p,
        () => mul(y, w),
        () => add(y, w),
      ),
      y,
    );
  },
  cond_pred_of_x: ({ x }) =>
    tf.cond(
      above(sum(x), 0),
      () => mul(x, x),
      () => neg(x),
    ),
  cond_gather: ({ p, x, w }) =>
    tf.cond(
      p,
      () => sum(gather(x, constant([0, 2, 2], "int32"))),
      () => sum(mul(x, w)),
    ),
  cond_table_rows: ({ p, x, table }) =>
    tf.cond(
      p,
      () => sum(mul(table.gather(constant([0, 3, 3], "int32")), x)),
      () => sum(x),
    ),
  cond_variable_nested: ({ p, n, x, v }) =>
    tf.cond(
      p,
      () =>
        tf.cond(
          above(n, int(1)),
          () => mul(v.read(), v.read()),
          () => x,
        ),
      () => mul(v.read(), x),
    ),
  cond_softmax: ({ p, x, w }) =>
    tf.cond(
      p,
      () => mul(build("Softmax", [x]), w),
      () => build("LogSoftmax", [x]),
    ),
  cond_shapes_differ: ({ p, x, w }) =>
    sum(
      square(
        tf.cond(
          p,
          () => join([x, w]),
          () => x,
        ),
      ),
    ),
  switch_case: ({ n, x, w }) => tf.switchCase(n, [() => mul(x, x), () => mul(x, exp(w)), () => mul(w, w)]),
  switch_case_default: ({ n, x, w }) => tf.switchCase(n, { 0: () => x, 1: () => mul(w, x) }, { default: () => sin(x) }),
  switch_case_variable: ({ n, x, v }) => tf.switchCase(n, [() => mul(v.read(), x), () => x]),
  case_chain: ({ p, n, x, w }) =>
    tf.case(
      [
        [p, () => mul(x, w)],
        [above(n, int(1)), () => exp(x)],
      ],
      { default: () => mul(w, w) },
    ),
  case_exclusive: ({ p, n, x, w }) =>
    tf.case(
      [
        [p, () => mul(x, w)],
        [above(n, int(1)), () => exp(x)],
      ],
      { exclusive: true },
    ),
  while_power: ({ n, x }) => loop(n, (_, z) => mul(z!, x), x),
  while_captured: ({ n, x, w }) => loop(n, (_, z) => add(mul(z!, w), x), x),
  while_variable: ({ n, x, v }) => loop(n, (_, z) => tanh(mul(z!, v.read())), x),
  while_until: ({ x, w }) =>
    tf.whileLoop(
      (z) => below(sum(z), 30),
      (z) => add(mul(z, 2, abs(w)), 1),
      [x],
    )[0],
  while_swap: ({ n, x, w }) => {
    const [y, z] = loops(n, (_, a, b) => [b!, mul(a!, x)], x, w);
    return add(y!, mul(2, z!));
  },
  while_overwritten: ({ n, x, w }) => {
    const [y, z] = loops(n, (_, a, b) => [mul(a!, b!), constant([2, 3, 4])], x, w);
    return add(y!, z!);
  },
  while_counter_as_float: ({ n, x, w }) => loop(n, (i, z) => add(z!, mul(float(i), x)), w),
  while_maximum: ({ x, w }) =>
    tf.whileLoop(
      (z) => below(sum(abs(z)), 1e6),
      (z) => mul(z, w, 3),
      [x],
      { maximumIterations: 3 },
    )[0],
  while_maximum_tensor: ({ n, x, w }) =>
    tf.whileLoop(
      () => true,
      (z) => mul(z, w),
      [x],
      { maximumIterations: n },
    )[0],
  while_with_cond: ({ n, x }) =>
    loop(
      n,
      (i, z) =>
        tf.cond(
          build("Equal", [modulo(i, 2), int(0)]),
          () => mul(z!, x),
          () => sin(z!),
        ),
      x,
    ),
  while_nested: ({ n, x, w }) =>
    loop(
      n,
      (i, z) =>
        add(
          loop(i, (_, q) => mul(sin(q!), w), z!),
          x,
        ),
      x,
    ),
  while_nested_three: ({ n, x, w }) =>
    loop(
      n,
      (_, z) =>
        mul(
          loop(2, (j, q) => loop(j, (k, r) => add(mul(r!, x), float(k)), q!), z!),
          w,
        ),
      x,
    ),
  while_in_cond: ({ p, n, x, w }) =>
    tf.cond(
      p,
      () => loop(n, (_, z) => mul(z!, x), w),
      () => w,
    ),
  while_array_written: ({ n, x, w }) => {
    const shape = constant([3], "int32");
    const count = build("Maximum", [n, int(1)]);
    const list = tf.tensorListReserve(shape, count, { elementDtype: "float32" });
    const [z, array] = loops(count, (i, a, l) => [mul(a!, x), tf.tensorListSetItem(l!, i, mul(a!, w))], x, list);
    return add(sum(mul(tf.tensorListStack(array!, shape, { elementDtype: "float32" }), x)), sum(z!));
  },
  while_array_read: ({ x, w }) => {
    const scalar = toTensor([], "int32", [0]);
    const list = tf.tensorListFromTensor(mul(x, w), scalar);
    const read = (i: Tensor): Tensor => tf.tensorListGetItem(list, i, scalar, { elementDtype: "float32" });
    return loop(3, (i, z) => add(mul(z!, read(i)), x), w);
  },
  while_shapes_vary: ({ n, x, w }) => {
    const [, out] = tf.whileLoop(
      (i) => below(i, n),
      (i, z) => [add(i, int(1)), join([z, mul(x, w)])],
      [int(0), x],
      {
        shapeInvariants: [[], [-1]],
      },
    );
    return sum(square(out));
  },
  while_shapes_vary_squared: ({ n, x }) => {
    const [, out] = tf.whileLoop(
      (i) => below(i, n),
      (i, z) => [add(i, int(1)), join([square(z), x])],
      [int(0), x],
      {
        shapeInvariants: [[], [-1]],
      },
    );
    return sum(out);
  },
  while_stop_gradient: ({ n, x, w }) => loop(n, (_, z) => add(mul(stop(z!), x), z!), w),
  while_recurrent: ({ n, x, w, v }) => {
    const u = shaped(join([x, w, x]), [3, 3]);
    return loop(n, (_, h) => tanh(add(build("MatMul", [h!, u]), v.read())), shaped(w, [1, 3]));
  },
  while_slice: ({ x, w }) => loop(3, (i, z) => add(z!, mul(item(x, i), w)), w),
  while_table_rows: ({ n, x, table }) => loop(n, (i, z) => mul(z!, table.gather(modulo(i, 4))), x),
  while_passed_through: ({ n, x, w }) => {
    const [y, z] = loops(n, (_, a, b) => [mul(a!, b!), b!], x, w);
    return mul(y!, z!);
  },
  while_switch_case: ({ n, x, w }) =>
    loop(n, (i, z) => tf.switchCase(modulo(i, 3), [() => mul(z!, x), () => add(z!, w), () => square(z!)]), x),
  while_record: ({ n, x, w }) => {
    const [out] = tf.whileLoop(
      (s) => below(s.i, n),
      (s) => ({ i: add(s.i, int(1)), z: [s.z[1], mul(s.z[0], x)] }),
      [{ i: int(0), z: [x, w] }],
    );
    return add(out.z[0], out.z[1]);
  },
  while_random: ({ n, x, w }) =>
    loop(
      n,
      (i, z) => add(mul(z!, buildOp("StatelessRandomUniform", [[3], build("Pack", [[i, int(7)]])]).output), w),
      x,
    ),
  while_double: ({ n, x, w }) => float(loop(n, (_, z) => add(mul(z!, z!), float(w, "float64")), float(x, "float64"))),
  while_no_path: ({ n, x, w }) => {
    const [y, z] = loops(n, (_, a, b) => [add(a!, 1), mul(b!, x)], constant([0, 0, 0]), w);
    return add(y!, stop(z!));
  },
  while_dense_steps: ({ n, x, w }) => {
    const mean = (z: Tensor): Tensor => build("Mean", [z, constant([0], "int32")]);
    const step = (z: Tensor): Tensor =>
      build("RealDiv", [build("Relu", [add(mul(z, w), mean(z))]), add(1, sum(square(z)))]);
    return loop(n, (_, z) => step(z!), x);
  },
  map_square: ({ x }) => tf.mapFn((r) => mul(r, r, r), x),
  map_captured: ({ x, w }) => tf.mapFn((r) => mul(r, w), x),
  map_two: ({ x, w }) =>
    tf.mapFn((r) => mul(r[0], sin(r[1])), [x, w] as const, { fnOutputSignature: "float32" as const }),
  map_cond: ({ x }) =>
    tf.mapFn(
      (r) =>
        tf.cond(
          above(r, 0),
          () => mul(r, r),
          () => neg(r),
        ),
      x,
    ),
  map_nested: ({ x, w }) => tf.mapFn((r) => tf.mapFn((q) => mul(q, item(r, int(0))), r), shaped(join([x, w]), [2, 3])),
  scan_product: ({ x }) => tf.scan((s, r) => mul(s, r), x),
  scan_reverse: ({ x, w }) => tf.scan((s, r) => add(mul(s, w), r), x, { initializer: w, reverse: true }),
  scan_structure: ({ x, w }) => {
    const [y, z] = tf.scan((s, r) => [add(s[0], mul(r[0], r[1])), mul(s[1], r[0])], [x, w] as const, {
      initializer: [constant(0.5), constant(2)] as const,
    });
    return mul(y, z);
  },
  foldl_divide: ({ x }) => tf.foldl((s, r) => build("RealDiv", [s, add(1.5, r)]), x),
  foldr_divide: ({ x, w }) => tf.foldr((s, r) => build("RealDiv", [s, add(1.5, r)]), x, { initializer: w }),
  scan_in_while: ({ n, x }) => loop(n, (_, z) => tf.scan((s, r) => add(s, sin(r)), z!), x),
  cond_in_map_in_while: ({ n, x }) =>
    loop(
      n,
      (_, z) =>
        tf.mapFn(
          (r) =>
            tf.cond(
              above(r, 0.5),
              () => mul(r, item(x, int(0))),
              () => add(r, 1),
            ),
          z!,
        ),
      x,
    ),
};
