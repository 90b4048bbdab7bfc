"""Goldens of ops that came late (isotonic regression, approximate top-k, composite tensors, For, RefSelect) and of gradients that did."""
from golden import Golden, np, rng, run, tf
from tensorflow.core.protobuf import composite_tensor_variant_pb2, struct_pb2
from tensorflow.python.framework import function

g = Golden("more-ops", __file__)
r = rng(41)
f16, f32, f64, i32, i64 = np.float16, np.float32, np.float64, np.int32, np.int64
bf16 = tf.bfloat16.as_numpy_dtype
raw, v1 = tf.raw_ops, tf.compat.v1

pairs = [(f16, "float16"), (bf16, "bfloat16"), (f32, "float32"), (f64, "float64"), (np.int8, "float32"), (np.int16, "float32"), (i32, "float64"), (i64, "float64"), (f32, "float64"), (np.uint8, "float32")]
for t, out in pairs:
    for shape in [(6,), (3, 9), (2, 2, 5), (1, 1), (2, 0), (0, 3), ()]:
        x = r.randint(-9, 10, shape) if np.dtype(t).kind in "iu" else r.uniform(-3, 3, shape)
        g.case("IsotonicRegression", [np.asarray(x).astype(t)], {"output_dtype": out})
for name, x in {"falling": [[5, 4, 3, 1]], "rising": [[1, 2, 3, 4]], "ties": [[2, 2, 1, 1, 3, 3]], "not finite": [[3, np.nan, 2, np.inf, 1], [-np.inf, 0, np.inf, -1, 2]], "large": [[3e38, 3e38, 3.3e38]]}.items():
    g.case("IsotonicRegression", [np.array(x, f32)], name=name)
g.gradient_case("IsotonicRegression", [r.uniform(-3, 3, (3, 7)).astype(f32)], {"output_dtype": tf.float32})
g.gradient_case("IsotonicRegression", [r.uniform(-3, 3, (1, 4)).astype(f64)], {"output_dtype": tf.float64})

for t in (f16, bf16, f32):
    for shape, k in [((8,), 3), ((2, 20), 5), ((2, 3, 4), 4), ((3, 5), 1), ((2, 5), 0), ((0, 5), 2)]:
        g.case("ApproxTopK", [r.randint(-9, 10, shape).astype(t)], {"k": k}, known=True)
g.case("ApproxTopK", [np.array([[1, 7, np.inf, -np.inf, -0.0, 2]], f32)], {"k": 4}, name="not finite", known=True)
g.case("ApproxTopK", [r.uniform(0, 1, (1, 3000)).astype(f32)], {"k": 20, "recall_target": 0.5}, name="of many", known=True)
g.case("ApproxTopK", [r.uniform(0, 1, (2, 30)).astype(f32)], {"k": 4, "aggregate_to_topk": False}, known=True)
g.case("ApproxTopK", [r.uniform(0, 1, (2, 3)).astype(f32)], {"k": 4})
g.case("ApproxTopK", [np.array(1, f32)], {"k": 1})
for shape in [(7,), (3, 9), (2, 3, 5)]:
    g.gradient_case("ApproxTopK", [r.permutation(np.prod(shape)).reshape(shape).astype(f32)], {"k": 3})

g.case("MutableDenseHashTable", [np.array(-1, i64)], {"value_dtype": tf.float32})
g.case("SyncDevice", [])


def metadata(kind):
    proto = composite_tensor_variant_pb2.CompositeTensorVariantMetadata()
    proto.type_spec_proto.type_spec_class = kind
    proto.type_spec_proto.type_spec_class_name = "a name"
    return proto.SerializeToString()


RAGGED, EXTENSION = struct_pb2.TypeSpecProto.RAGGED_TENSOR_SPEC, struct_pb2.TypeSpecProto.EXTENSION_TYPE_SPEC
parts = [np.array([1, 2, 3], f32), np.array([0, 2, 3], i64), np.array([b"a", b"bc"], object)]


def composite(components, dtypes, there=metadata(RAGGED), back=metadata(RAGGED), shapes=True):
    def build():
        variant = raw.CompositeTensorVariantFromComponents(components=[tf.constant(x, tf.string if x.dtype == object else None) for x in components], metadata=there)
        return [run(raw.CompositeTensorVariantToComponents(encoded=variant, metadata=back, Tcomponents=dtypes))]
    return build


S, F, I = tf.string, tf.float32, tf.int64
for name, build in {
        "three": composite(parts, [F, I, S]), "one": composite(parts[:1], [F]), "scalars": composite([np.array(1.5), np.array(True)], [tf.float64, tf.bool]),
        "an extension type": composite(parts, [F, I, S], metadata(EXTENSION), metadata(EXTENSION)), "another kind": composite(parts, [F, I, S], metadata(RAGGED), metadata(EXTENSION)),
        "no kind": composite(parts, [F, I, S], b"", b""), "kind against none": composite(parts, [F, I, S], metadata(RAGGED), b""), "too few": composite(parts, [F, I]), "too many": composite(parts[:1], [F, I]),
        "another dtype": composite(parts[:2], [F, tf.int32]), "junk": composite(parts[:1], [F], b"\xff\xff"), "junk back": composite(parts[:1], [F], metadata(RAGGED), b"\x0a\xff")}.items():
    g.sequence("composite of " + name, build, ops=["CompositeTensorVariantFromComponents", "CompositeTensorVariantToComponents"])



def ref_select():
    a, b = v1.Variable([1.0, 2.0], use_resource=False), v1.Variable([3.0, 4.0], use_resource=False)
    index = v1.placeholder(tf.int32, [])
    chosen = raw.RefSelect(index=index, inputs=[a._ref(), b._ref()])
    more, changed = chosen + 1.0, v1.assign(chosen, [7.0, 8.0])
    init = v1.global_variables_initializer()
    return [run(targets=[init]), run([more], {index: 0}), run([more], {index: 1}), run([changed], {index: 1}), run([a, b]), run([more], {index: 1}), run([more], {index: 2}), run([more], {index: -1}), run([changed], {index: 0}), run([a, b])]




def ref_switch():
    a, b = v1.Variable([1.0, 2.0], use_resource=False), v1.Variable([3.0, 4.0], use_resource=False)
    pred = v1.placeholder(tf.bool, [])
    _, left = raw.RefSwitch(data=a._ref(), pred=pred)
    right, _ = raw.RefSwitch(data=b._ref(), pred=pred)
    merged, index = raw.RefMerge(inputs=[left, right])
    init = v1.global_variables_initializer()
    return [run(targets=[init]), run([merged + 1.0, index], {pred: True}), run([merged + 1.0, index], {pred: False}), run([left * 2.0], {pred: True}), run([right * 2.0], {pred: False})]


g.sequence("RefSwitch", ref_switch, ops=["RefSwitch", "RefMerge"])
g.sequence("RefSelect", ref_select, ops=["RefSelect"])


def loop(shape=()):
    def build():
        @function.Defun(tf.int32, tf.float32, tf.int32, func_name="body")
        def body(i, x, n):
            return x * 2.0 + tf.cast(i, tf.float32), n + 1
        start, limit, delta = v1.placeholder(tf.int32, None), v1.placeholder(tf.int32, None), v1.placeholder(tf.int32, None)
        out = raw.For(start=start, limit=limit, delta=delta, input=[tf.constant([1.0, 2.0]), tf.constant(0)], body=body)
        feeds = [(0, 3, 1), (3, 0, -1), (0, 10, 4), (2, 2, 0), (2, 2, 1), (2, 2, -1), (0, 3, -1), (3, 0, 1), (0, 3, 0), (-5, -1, 2), ([0], 3, 1), (0, [3], 1), (0, 3, [1])]
        return [run(out, {start: np.array(a, i32), limit: np.array(b, i32), delta: np.array(c, i32)}) for a, b, c in feeds]
    return build


g.sequence("For", loop(), ops=["For"])


def variant_gradient(splits, dense, batched, row_splits, shape, dtype):
    def build():
        v = raw.RaggedTensorToVariant(rt_nested_splits=[np.array(s, i64) for s in splits], rt_dense_values=dense, batched_input=batched)
        return [run([raw.RaggedTensorToVariantGradient(encoded_ragged_grad=v, row_splits=np.array(row_splits, i64), dense_values_shape=np.array(shape, i32), Tvalues=dtype)])]
    return build


x = np.arange(6, dtype=f32)
for name, build in {
        "rows": variant_gradient([[0, 2, 2, 6]], x, True, [0, 2, 2, 6], [6], F), "rows of rows": variant_gradient([[0, 2, 6]], x.reshape(6, 1), True, [0, 2, 6], [6, 1], F),
        "whole": variant_gradient([[0, 2, 6]], x, False, [0, 2, 6], [6], F), "two ranks": variant_gradient([[0, 1, 2], [0, 2, 6]], x, True, [0, 1, 2], [6], F),
        "dense": variant_gradient([], x.reshape(3, 2), True, 0, [3, 2], F), "integers": variant_gradient([[0, 2, 6]], x.astype(i64), True, [0, 2, 6], [6], I),
        "doubles": variant_gradient([[0, 1, 6]], x.astype(f64), True, [0, 1, 6], [6], tf.float64), "no rows": variant_gradient([[0, 0, 0]], x[:0], True, [0, 0, 0], [0], F)}.items():
    g.sequence("gradient of ragged variants: " + name, build, ops=["RaggedTensorToVariantGradient"])

for t in (f32, f64):
    for shape in [(2, 3, 4, 3), (5, 3), (3,)]:
        g.gradient_case("RGBToHSV", [r.uniform(0.01, 1, shape).astype(t)], rtol=1e-4, atol=1e-5)
    special = np.array([[0.5, 0.5, 0.5], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.2], [0.2, 0.5, 0.5], [0.5, 0.2, 0.5], [0.7, 0.1, 0.1]], t)
    g.gradient_case("RGBToHSV", [special], name="special %s" % np.dtype(t).name, rtol=1e-4, atol=1e-5)
    for shape, n, reverse in [((6,), 2, False), ((3, 5), 0, True), ((2, 3, 4), 3, False)]:
        g.gradient_case("NthElement", [r.permutation(np.prod(shape)).reshape(shape).astype(t), np.array(n, i32)], {"reverse": reverse})
    g.gradient_case("NthElement", [np.array([[2, 2, 1, 2]], t), np.array(1, i32)], name="ties %s" % np.dtype(t).name)

for op, t in [("FusedBatchNormGrad", f32), ("FusedBatchNormGradV2", f32), ("FusedBatchNormGradV3", f32)]:
    for training in (True, False):
        for shape in [(2, 3, 3, 2), (3, 2, 2, 4)]:
            channels = shape[3]
            x, dy, scale = r.uniform(-2, 2, shape).astype(t), r.uniform(-1, 1, shape).astype(t), r.uniform(0.5, 1.5, channels).astype(t)
            mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2)) if training else r.uniform(0.5, 2, channels).astype(t)
            inputs = [dy, x, scale, mean, var] + ([np.zeros(0, f32)] if op[-2:] == "V3" else [])
            g.gradient_case(op, inputs, {"is_training": training, "epsilon": 0.01}, outputs=[0, 1, 2], rtol=2e-4, atol=2e-4, name="%s training=%s" % (list(shape), training))

splits = [np.array([0, 2, 2, 5], i64)]
for t in (f32, f64):
    values = r.uniform(-2, 2, 5).astype(t)
    wide = r.uniform(-2, 2, (5, 2)).astype(t)
    g.gradient_case("RaggedGather", [splits, values, np.array([2, 0, 2, 1], i32)], {"OUTPUT_RAGGED_RANK": 1}, name="rows %s" % np.dtype(t).name)
    g.gradient_case("RaggedGather", [splits, wide, np.array([[2, 0], [1, 2]], i64)], {"OUTPUT_RAGGED_RANK": 2}, name="matrix of rows %s" % np.dtype(t).name)
    g.gradient_case("RaggedGather", [[np.array([0, 1, 3], i64)] + splits, values, np.array([1, 1, 0], i32)], {"OUTPUT_RAGGED_RANK": 2}, name="two ranks %s" % np.dtype(t).name)
    kinds = {"row_partition_types": ["ROW_SPLITS"]}
    for name, shape, data, default in [("whole", [-1, -1], values, 0.5), ("cut", [2, 2], values, 0.5), ("larger", [4, 4], values, 0.5), ("wide", [-1, -1, 2], wide, 0.5), ("a default row", [-1, 4, 2], wide, [0.5, 1.5]), ("a default of one", [-1, 4, 2], wide, [0.5])]:
        g.gradient_case("RaggedTensorToTensor", [np.array(shape, i64), data, np.array(default, t), splits], kinds, name="%s %s" % (name, np.dtype(t).name))
    g.gradient_case("RaggedTensorToTensor", [np.array([-1, -1], i64), values, np.array(0.5, t), [np.array(4, i64), np.array([0, 0, 2, 2, 3], i64)]], {"row_partition_types": ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]}, name="rows by number %s" % np.dtype(t).name)
    g.gradient_case("RaggedTensorToTensor", [np.array([-1, -1, -1], i64), values, np.array(0.5, t), [np.array([0, 1, 3], i64)] + splits], {"row_partition_types": ["ROW_SPLITS", "ROW_SPLITS"]}, name="two ranks %s" % np.dtype(t).name)
    g.gradient_case("RaggedTensorToSparse", [splits, values], name="rows %s" % np.dtype(t).name)
    g.gradient_case("RaggedTensorToSparse", [[np.array([0, 1, 3], i64)] + splits, wide], name="two ranks %s" % np.dtype(t).name)
g.gradient_case("HSVToRGB", [r.uniform(0, 1, (4, 3)).astype(f32)])
g.cases = [c for c in g.cases if "{{node" not in c.get("error", {}).get("message", "")]
g.write()
