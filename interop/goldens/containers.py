"""Goldens of stacks and maps of tensors, of updates in place, of sparse tensors kept by handle, and of ragged rows that are filled."""
from golden import Golden, np, rng, run, tf

g = Golden("containers", __file__)
r = rng(4)
raw = tf.raw_ops
i32, i64, f32 = np.int32, np.int64, np.float32
string = lambda *x: np.array(x, object)


def maps(name, build, ops):
    def make():
        return [run([x]) for x in build()]
    g.sequence(name, make, ops)


def empty():
    return raw.EmptyTensorMap()


PAIRS = [(tf.constant, np.float32(1.5), np.array([1, 2], f32)), (tf.constant, np.int64(7), np.array([[1]], i32)), (tf.constant, b"key", np.array(b"value", object)), (tf.constant, np.int32(-1), np.array(True))]
for n, (_, k, v) in enumerate(PAIRS):
    def build():
        key, value = tf.constant(k), tf.constant(v, tf.string if np.asarray(v).dtype == object else None)
        other = tf.constant({0: np.float32(2), 1: np.int64(8), 2: b"other", 3: np.int32(0)}[n])
        m = raw.TensorMapInsert(input_handle=empty(), key=key, value=value)
        m2 = raw.TensorMapInsert(input_handle=m, key=other, value=value)
        m3 = raw.TensorMapErase(input_handle=m2, key=key, value_dtype=value.dtype)
        gone = raw.TensorMapErase(input_handle=m, key=other, value_dtype=value.dtype)
        return [raw.TensorMapSize(input_handle=x) for x in (empty(), m, m2, m3)] + [
            raw.TensorMapLookup(input_handle=m, key=key, value_dtype=value.dtype), raw.TensorMapHasKey(input_handle=m, key=key), raw.TensorMapHasKey(input_handle=m, key=other),
            raw.TensorMapHasKey(input_handle=m3, key=key), raw.TensorMapStackKeys(input_handle=m, key_dtype=key.dtype), raw.TensorMapLookup(input_handle=m, key=other, value_dtype=value.dtype),
            raw.TensorMapSize(input_handle=gone), raw.TensorMapSize(input_handle=raw.TensorMapInsert(input_handle=m2, key=key, value=value)),
            raw.TensorMapStackKeys(input_handle=empty(), key_dtype=key.dtype), raw.TensorMapSize(input_handle=raw.AddN(inputs=[m, m])) if False else raw.TensorMapSize(input_handle=m2)]
    maps("map of %s" % np.asarray(k).dtype, build, ["EmptyTensorMap", "TensorMapInsert", "TensorMapErase", "TensorMapSize", "TensorMapLookup", "TensorMapHasKey", "TensorMapStackKeys"])


def other_map():
    m = raw.TensorMapInsert(input_handle=empty(), key=tf.constant(np.float32(1)), value=tf.constant([1, 2]))
    return [raw.TensorMapLookup(input_handle=m, key=tf.constant(np.float32(1)), value_dtype=tf.float32), raw.TensorMapLookup(input_handle=m, key=tf.constant(np.int32(1)), value_dtype=tf.int32),
            raw.TensorMapHasKey(input_handle=m, key=tf.constant(np.float64(1))), raw.TensorMapSize(input_handle=raw.EmptyTensorList(element_shape=np.int32(-1), max_num_elements=-1, element_dtype=tf.float32)),
            raw.TensorMapStackKeys(input_handle=m, key_dtype=tf.int32),
            raw.TensorMapLookup(input_handle=raw.TensorMapInsert(input_handle=m, key=tf.constant([1.0, 2.0]), value=tf.constant(5)), key=tf.constant([1.0, 2.0]), value_dtype=tf.int32)]
maps("maps of other dtypes", other_map, ["TensorMapLookup", "TensorMapHasKey", "TensorMapSize", "TensorMapStackKeys"])


for elem, values in [(tf.float32, [[1.0, 2.0], [3.0]]), (tf.int32, [[1], [2, 3], []]), (tf.string, [b"a", b"b"])]:
    for v2 in (True, False):
        def build():
            h = raw.StackV2(max_size=5, elem_type=elem) if v2 else raw.Stack(elem_type=elem)
            push, pop, close = (raw.StackPushV2, raw.StackPopV2, raw.StackCloseV2) if v2 else (raw.StackPush, raw.StackPop, raw.StackClose)
            with tf.control_dependencies([]):
                last = None
                outs = []
                for value in values:
                    with tf.control_dependencies([last] if last is not None else []):
                        last = push(handle=h, elem=tf.constant(value, elem))
                        outs.append(last)
                for _ in values[:2]:
                    with tf.control_dependencies([last]):
                        last = pop(handle=h, elem_type=elem)
                        outs.append(last)
                with tf.control_dependencies([last]):
                    done = close(handle=h)
            return [run(outs), run(outs[:1], targets=[done])]
        g.sequence("stack %s %s" % (elem.name, "with a limit" if v2 else "v1"), build, ops=["StackV2", "StackPushV2", "StackPopV2", "StackCloseV2"] if v2 else ["Stack", "StackPush", "StackPop", "StackClose"])


def bad_stacks(which):
    def build():
        h = raw.Stack(elem_type=tf.float32, stack_name="mine")
        if which == "dtype":
            return [run([raw.StackPush(handle=h, elem=tf.constant(3))])]
        h2 = raw.StackV2(max_size=-1, elem_type=tf.float32)
        return [run([raw.StackPushV2(handle=h2, elem=tf.constant(3))])]
    return build
for which in ("dtype", "dtype 2"):
    g.sequence("bad stack: " + which, bad_stacks(which), ops=["Stack"])

for t in (np.float16, f32, np.float64, np.int8, np.int16, i32, i64, np.uint8, np.complex64, np.bool_):
    x = r.randint(0, 2 if t == np.bool_ else 9, (4, 3)).astype(t)
    for op in ("InplaceUpdate", "InplaceAdd", "InplaceSub"):
        for i, v in [(np.array([0, 2], i32), x[1:3]), (np.array([-1, 5], i32), x[:2]), (np.int32(1), x[0]), (np.array([], i32), x[:0])]:
            # Copies: TensorFlow writes in place, and where an array is aligned as it likes, into the array that was fed.
            g.case(op, [np.array(x), i, np.array(v)])
x = r.uniform(0, 1, (3, 2)).astype(f32)
for op in ("InplaceUpdate", "InplaceAdd", "InplaceSub"):
    g.case(op, [np.array(x), np.array([0, 0], i32), np.array(x[:2])], name="twice")
    g.case(op, [np.array(x), np.array([[0]], i32), np.array(x[:1])], name="a matrix of rows")
    g.case(op, [np.array(x), np.array([0], i32), np.array(x[:2])], name="more values")
    g.case(op, [np.array(x), np.array([0], i32), np.ones((1, 3), f32)], name="wider values")
    g.case(op, [np.float32(1), np.array([0], i32), np.ones(1, f32)], name="a scalar")
    g.case(op, [np.array(x), np.array([0], i32), np.ones((2,), f32)], name="values of less rank")
    g.case(op, [np.zeros((0, 2), f32), np.array([], i32), np.zeros((0, 2), f32)], name="empty")

for op in ("ScatterNdMax", "ScatterNdMin"):
    for t in (f32, np.float64, i32, i64):
        def build():
            v = tf.compat.v1.get_variable("v", initializer=np.array([[1, 5], [3, 3], [9, 0]], t), use_resource=False)
            out = getattr(raw, op)(ref=v.op.outputs[0], indices=np.array([[0], [2]], i32), updates=np.array([[2, 2], [4, 4]], t))
            again = getattr(raw, op)(ref=v.op.outputs[0], indices=np.array([[1, 0]], i64), updates=np.array([2], t))
            bad = getattr(raw, op)(ref=v.op.outputs[0], indices=np.array([[3, 0]], i64), updates=np.array([2], t))
            return [run([], targets=[v.initializer]), run([out]), run([again]), run([v]), run([bad])]
        g.sequence("%s %s" % (op, np.dtype(t).name), build, ops=[op])


for values in (np.array([1.5, 2, 3], f32), np.array([3, 4, 5], i64), string(b"a", b"bc", b"")):
    dtype = tf.string if values.dtype == object else tf.as_dtype(values.dtype)
    def build():
        v = tf.constant(values, dtype)
        h = raw.AddManySparseToTensorsMap(sparse_indices=np.array([[0, 1], [2, 0], [2, 1]], i64), sparse_values=v, sparse_shape=np.array([3, 4], i64), shared_name="m")
        h1 = raw.AddSparseToTensorsMap(sparse_indices=np.array([[0], [2], [3]], i64), sparse_values=v, sparse_shape=np.array([5], i64), shared_name="m")
        op = h.op
        handles = tf.compat.v1.placeholder(tf.int64, [None])
        take = raw.TakeManySparseFromTensorsMap(sparse_handles=handles, dtype=dtype, container="", shared_name="m")
        return [run([h]), run([h1]), run(list(take), {handles: np.array([2, 0, 1], i64)}), run(list(take), {handles: np.array([3], i64)}), run(list(take), {handles: np.array([3], i64)}), run(list(take), {handles: np.array([99], i64)})]
    g.sequence("sparse tensors by handle %s" % dtype.name, build, ops=["AddManySparseToTensorsMap", "AddSparseToTensorsMap", "TakeManySparseFromTensorsMap"])

for values, default in [(np.array([1, 2, 3], f32), f32(-1)), (np.array([1, 2, 3], i64), i64(9)), (string(b"a", b"b", b"c"), np.array(b"-", object)), (np.array([True, False, True]), np.array(False))]:
    for rows, n in [([0, 0, 2], 4), ([1, 1, 1], 2), ([2, 0, 1], 3), ([0, 1, 2], 3)]:
        g.case("RaggedFillEmptyRows", [np.array(rows, i64), values, i64(n), default])
    g.case("RaggedFillEmptyRows", [np.array([], i64), values[:0], i64(3), default])
g.case("RaggedFillEmptyRows", [np.array([0, 5, 1], i64), np.ones(3, f32), i64(3), f32(0)], name="row beyond")
g.case("RaggedFillEmptyRows", [np.array([0, -1, 1], i64), np.ones(3, f32), i64(3), f32(0)], name="negative row")
g.case("RaggedFillEmptyRows", [np.array([0, 1], i64), np.ones(3, f32), i64(3), f32(0)], name="fewer rows than values")
g.case("RaggedFillEmptyRows", [np.array([0, 1, 1], i64), np.ones(3, f32), i64(3), np.zeros(1, f32)], name="default vector")
g.case("RaggedFillEmptyRows", [np.array([0], i64), np.ones(1, f32), i64(0), f32(0)], name="no rows")
for t in (f32, np.float64, i32, i64):
    g.case("RaggedFillEmptyRowsGrad", [np.array([0, 1, 3], i64), np.array([1, 2, 4, 8, 16]).astype(t)])
    g.case("RaggedFillEmptyRowsGrad", [np.array([], i64), np.array([1, 2]).astype(t)])
g.case("RaggedFillEmptyRowsGrad", [np.array([9], i64), np.array([1, 2], f32)], name="beyond")
g.gradient_case("RaggedFillEmptyRows", [np.array([0, 0, 2], i64), np.array([1, 2, 3], f32), i64(4), f32(-1)])

g.write()
