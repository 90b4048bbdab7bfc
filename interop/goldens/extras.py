"""Goldens of ops that stand at the edges of their families: serialized sparse tensors, sparse counts, ragged variants, fused products, CTC, scripts."""
from golden import Golden, np, rng, run, tf

g = Golden("extras", __file__)
r = rng(11)
f32, f64, i32, i64 = np.float32, np.float64, np.int32, np.int64
raw = tf.raw_ops


def blob(x):
    return np.array(x, object)


for t in (f32, f64):
    for shape, lengths in [((4, 2, 3), [4, 2]), ((1, 1, 2), [1]), ((6, 3, 4), [6, 0, 3]), ((5, 2, 2), [5, 5])]:
        x = r.uniform(-3, 3, shape).astype(t)
        for merge in (False, True):
            for blank in (-1, 0):
                g.case("CTCGreedyDecoder", [x, np.array(lengths, i32)], {"merge_repeated": merge, "blank_index": blank})
x = r.uniform(-3, 3, (4, 2, 3)).astype(f32)
g.case("CTCGreedyDecoder", [x, np.array([5, 2], i32)], name="too long")
g.case("CTCGreedyDecoder", [x, np.array([5], i32)], name="too few lengths")
g.case("CTCGreedyDecoder", [x[0], np.array([1, 1], i32)], name="a matrix")

values = [np.array([1.5, 2], f32), np.array([3, 4], i64), blob([b"a", b"bc"]), np.array([True, False])]
for v in values:
    for indices, shape in [([[0, 1], [2, 0]], [3, 2]), ([[0, 0], [0, 1]], [1, 4]), ([[0, 1, 0], [1, 0, 2]], [2, 2, 3]), ([[0], [2]], [4])]:
        sparse = [np.array(indices, i64), v, np.array(shape, i64)]
        g.case("SerializeSparse", sparse)
        g.case("SerializeManySparse", sparse)
        dtype = tf.string if v.dtype == object else tf.as_dtype(v.dtype)

        def one(many):
            def build():
                op = raw.SerializeManySparse if many else raw.SerializeSparse
                back = raw.DeserializeManySparse if many else raw.DeserializeSparse
                tensors = [tf.constant(sparse[0]), tf.constant(v, dtype), tf.constant(sparse[2])]
                runs = []
                for out in (tf.string, tf.variant):
                    packed = op(sparse_indices=tensors[0], sparse_values=tensors[1], sparse_shape=tensors[2], out_type=out)
                    if many and out == tf.variant:
                        unpacked = raw.DeserializeSparse(serialized_sparse=packed, dtype=dtype)
                    else:
                        unpacked = back(serialized_sparse=packed, dtype=dtype)
                    runs.append(run(list(unpacked)))
                return runs
            return build
        if len(shape) > 1:
            g.sequence("many %s %s there and back" % (dtype.name, shape), one(True), ops=["SerializeManySparse", "DeserializeManySparse", "DeserializeSparse"])
        g.sequence("%s %s there and back" % (dtype.name, shape), one(False), ops=["SerializeSparse", "DeserializeSparse"])
g.case("DeserializeSparse", [blob([b"x", b"y", b"z"])], {"dtype": tf.float32}, name="junk")
g.case("DeserializeSparse", [blob([b"x", b"y"])], {"dtype": tf.float32}, name="two parts")

none = np.zeros((0,), f32)
for minlength, maxlength, binary in [(-1, -1, False), (6, -1, False), (-1, 3, False), (2, -1, True), (4, 8, True)]:
    a = {"minlength": minlength, "maxlength": maxlength, "binary_output": binary}
    for t in (i32, i64):
        for v in ([1, 2, 2], [[1, 2, 2], [0, 5, 5]], [[], []], []):
            v = np.array(v, t)
            g.case("DenseCountSparseOutput", [v, none], a)
            if not binary:
                for w in (f32, f64, i32, i64):
                    g.case("DenseCountSparseOutput", [v, r.randint(1, 4, v.shape).astype(w)], a)
        g.case("SparseCountSparseOutput", [np.array([[0, 1], [2, 0], [2, 1]], i64), np.array([3, 3, 1], t), np.array([4, 2], i64), none], a)
        g.case("SparseCountSparseOutput", [np.array([[0], [2]], i64), np.array([3, 3], t), np.array([4], i64), none], a)
        g.case("RaggedCountSparseOutput", [np.array([0, 2, 2, 3], i64), np.array([3, 3, 1], t), none], a)
        if not binary:
            g.case("SparseCountSparseOutput", [np.array([[0, 1], [2, 0]], i64), np.array([3, 1], t), np.array([4, 2], i64), np.array([0.5, 2], f32)], a)
            g.case("RaggedCountSparseOutput", [np.array([0, 2, 3], i64), np.array([3, 3, 1], t), np.array([0.5, 1, 2], f32)], a)
g.case("DenseCountSparseOutput", [np.array([1, -1]), none], {"minlength": -1, "maxlength": -1, "binary_output": False})
g.case("DenseCountSparseOutput", [np.array([1, 2]), np.ones((3,), f32)], {"minlength": -1, "maxlength": -1, "binary_output": False})
a = {"minlength": -1, "maxlength": -1, "binary_output": False}
g.case("SparseCountSparseOutput", [np.array([[0, 1]], i64), np.array([3]), np.array([4, 2], i64), np.ones((2,), f32)], a)
g.case("SparseCountSparseOutput", [np.array([[4, 1]], i64), np.array([3]), np.array([4, 2], i64), none], a)
g.case("RaggedCountSparseOutput", [np.array([0, 2], i64), np.array([3, 3]), np.ones((3,), f32)], a)
g.case("RaggedCountSparseOutput", [np.array([1, 2], i64), np.array([3, 3]), none], a)
g.case("RaggedCountSparseOutput", [np.array([0, 3], i64), np.array([3, 3]), none], a)


def ragged(splits, dense, batched, rank, out, dtype):
    def build():
        v = raw.RaggedTensorToVariant(rt_nested_splits=[np.array(s, i64) for s in splits], rt_dense_values=dense, batched_input=batched)
        back = raw.RaggedTensorFromVariant(encoded_ragged=v, input_ragged_rank=rank, output_ragged_rank=out, Tvalues=dtype, Tsplits=tf.int64)
        return [run([tf.shape(v), *back[0], back[1]])]
    return build


for dense in (np.array([1, 2, 3], f32), np.array([[1, 2], [3, 4], [5, 6]], i32), blob([b"a", b"b", b"c"])):
    dtype = tf.string if dense.dtype == object else tf.as_dtype(dense.dtype)
    for name, splits, batched, rank, out in [
            ("rows", [[0, 2, 3]], True, 0, 1), ("whole", [[0, 2, 3]], False, 1, 1), ("two ranks", [[0, 2, 3], [0, 1, 1, 3]], True, 1, 2), ("inferred", [[0, 2, 3], [0, 1, 1, 3]], True, -1, 2),
            ("empty rows", [[0, 0, 3, 3]], True, 0, 1), ("wrong rank", [[0, 2, 3]], False, 2, 2)]:
        g.sequence("ragged %s %s" % (dtype.name, name), ragged(splits, dense, batched, rank, out, dtype), ops=["RaggedTensorToVariant", "RaggedTensorFromVariant"])
g.sequence("ragged of another dtype", ragged([[0, 2, 3]], np.array([1, 2, 3], f32), False, 1, 1, tf.int32), ops=["RaggedTensorFromVariant"])
g.sequence("ragged of a matrix", ragged([], np.array([[1, 2, 3], [4, 5, 6]], f32), True, -1, 1, tf.float32), ops=["RaggedTensorToVariant", "RaggedTensorFromVariant"])

for t in (f32, f64):
    x, w = r.uniform(-1, 1, (1, 4, 4, 2)).astype(t), r.uniform(-1, 1, (2, 2, 2, 3)).astype(t)
    stats = [r.uniform(0.5, 1, 3).astype(t) for _ in range(4)]
    for fused in (["BiasAdd"], ["BiasAdd", "Relu"], ["BiasAdd", "Relu6"], ["BiasAdd", "Elu"], ["BiasAdd", "LeakyRelu"], ["BiasAdd", "Tanh"], ["BiasAdd", "Sigmoid"], ["FusedBatchNorm"], ["FusedBatchNorm", "Relu"]):
        norm = fused[0] == "FusedBatchNorm"
        for padding in ("SAME", "VALID"):
            g.case("_FusedConv2D", [x, w, stats if norm else stats[:1], []], {"strides": [1, 1, 1, 1], "padding": padding, "fused_ops": fused, "num_args": 4 if norm else 1, "epsilon": 0.001}, name="%s %s %s" % (np.dtype(t).name, padding, fused))
        if not norm and t == f32:
            for ta, tb in [(False, False), (True, True)]:
                a, b = r.uniform(-1, 1, (2, 4) if not ta else (4, 2)).astype(t), r.uniform(-1, 1, (4, 3) if not tb else (3, 4)).astype(t)
                g.case("_FusedMatMul", [a, b, stats[:1]], {"fused_ops": fused, "transpose_a": ta, "transpose_b": tb}, name="%s %s" % (fused, ta))
for codes in (range(0, 0x3000, 97), range(0x3000, 0x20000, 611), range(0x20000, 0x110000, 20011), [-1, 0x110000, 0x7fffffff, 0xd800, 65, 0x430, 0x5d0, 0x627, 0x915, 0xe01, 0x4e00, 0x3042, 0xac00]):
    g.case("UnicodeScript", [np.array(list(codes), i32)], name="from %d" % list(codes)[0])
for shape in [(), (0,), (2, 2), (1, 2, 3)]:
    g.case("UnicodeScript", [r.randint(0, 0x3000, shape).astype(i32)])
g.write()
