"""Records the ragged family."""
from golden import Golden, tf, np

g = Golden("ragged", __file__)
i64 = lambda *x: np.array(x, np.int64)
i32 = lambda *x: np.array(x, np.int32)
f = np.float32


def s(values):
    return np.array(values, dtype=object)


VALUES = {tf.float32: np.arange(1, 7, dtype=f), tf.int64: np.arange(1, 7), tf.int32: np.arange(1, 7, dtype=np.int32), tf.string: s([b"a", b"b", b"c", b"d", b"e", b"f"]), tf.bool: np.array([True, False] * 3), tf.float64: np.arange(1, 7) * 1.5, tf.complex64: (np.arange(1, 7) * (1 + 2j)).astype(np.complex64)}
for t, v in VALUES.items():
    for sp in (i64, i32):
        g.case("RaggedTensorToSparse", [[sp(0, 2, 2, 6)], v])
        g.case("RaggedTensorToSparse", [[sp(0, 1, 3), sp(0, 2, 2, 6)], v])
        g.case("RaggedGather", [[sp(0, 2, 2, 6)], v, sp(2, 0, 1, 2)], {"OUTPUT_RAGGED_RANK": 1})
    d = s(b"-") if t == tf.string else v[1]
    for shape in (i64(-1, -1), i64(4, 3), i64(2, -1), i32(-1, 2), np.int64(-1)):
        g.case("RaggedTensorToTensor", [shape, v, d, [i64(0, 2, 2, 6)] if shape.dtype == np.int64 else [i64(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS"]}, name="%s %s" % (t.name, shape))
v = VALUES[tf.float32]
g.case("RaggedTensorToSparse", [[i64(0, 2, 3)], v.reshape(3, 2)])
g.case("RaggedTensorToSparse", [[i64(0)], v[:0]])
g.case("RaggedTensorToSparse", [[i64(0, 0)], v[:0]])
g.case("RaggedTensorToSparse", [[i64(1, 6)], v])
g.case("RaggedTensorToSparse", [[i64(0, 4, 3, 6)], v])
g.case("RaggedTensorToSparse", [[i64(0, 4)], v])
g.case("RaggedTensorToSparse", [[i64(0, 1), i64(0, 2, 6)], v])
g.case("RaggedTensorToSparse", [[i64()], v])
g.case("RaggedGather", [[i64(0, 2, 3, 3), i64(0, 2, 2, 6)], v, i64(1, 0)], {"OUTPUT_RAGGED_RANK": 2})
g.case("RaggedGather", [[i64(0, 2, 3)], v.reshape(3, 2), i64(1, 0, 1)], {"OUTPUT_RAGGED_RANK": 1})
g.case("RaggedGather", [[i64(0, 2, 2, 6)], v, np.array([[2, 0], [1, 1]], np.int64)], {"OUTPUT_RAGGED_RANK": 2})
g.case("RaggedGather", [[i64(0, 2, 2, 6)], v, np.int64(2)], {"OUTPUT_RAGGED_RANK": 0})
g.case("RaggedGather", [[i64(0, 2, 2, 6)], v, i64()], {"OUTPUT_RAGGED_RANK": 1})
g.case("RaggedGather", [[i64(0, 2, 2, 6)], v, i64(3)], {"OUTPUT_RAGGED_RANK": 1})
g.case("RaggedGather", [[i64(0, 2, 2, 6)], v, i64(-1)], {"OUTPUT_RAGGED_RANK": 1})
g.case("RaggedGather", [[i64(0, 2, 9)], v, i64(0)], {"OUTPUT_RAGGED_RANK": 1})
g.case("RaggedGather", [[i64(0, 3, 2, 6)], v, i64(0)], {"OUTPUT_RAGGED_RANK": 1})
for t in (np.int32, np.int64, np.float32, np.float64):
    a = lambda *x: np.array(x, t)
    for sp in (tf.int32, tf.int64):
        g.case("RaggedRange", [a(0, 5, 8), a(3, 5, 12), a(1, 1, 2)], {"Tsplits": sp})
    g.case("RaggedRange", [t(0), a(3, 5), t(1)])
    g.case("RaggedRange", [t(0), t(4), t(1)])
    g.case("RaggedRange", [a(5, 3, 0), a(0, 4, -3), a(-1, -1, -2)])
    g.case("RaggedRange", [a(5), a(0), a(1)])
    g.case("RaggedRange", [a(0), a(5), a(0)])
    g.case("RaggedRange", [a(0, 1), a(5), a(1)])
    g.case("RaggedRange", [a(), a(), a()])
g.case("RaggedRange", [np.array([0, 0.5], f), np.array([1, 2.6], f), np.array([0.1, 0.7], f)])
g.case("RaggedTensorToTensor", [i64(-1, -1, -1), v, f(0), [i64(0, 1, 3), i64(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS", "ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(3, 3, 3), v, f(0), [i64(0, 1, 3), i64(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS", "ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(1, 1, 1), v, f(0), [i64(0, 1, 3), i64(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS", "ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1), v, f(0), [np.int64(4), i64(0, 0, 1, 3, 3, 3)]], {"row_partition_types": ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1, -1), v, f(0), [np.int64(3), i64(0, 0, 1), i64(0, 0, 1, 2, 2, 2)]], {"row_partition_types": ["FIRST_DIM_SIZE", "VALUE_ROWIDS", "VALUE_ROWIDS"]})
g.case("RaggedTensorToTensor", [i64(2, 2), v, f(0), [np.int64(4), i64(0, 0, 0, 3, 3, 3)]], {"row_partition_types": ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1, 2), v.reshape(3, 2), f(9), [i64(0, 2, 2, 3)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1, -1), v.reshape(3, 2), np.array([8, 9], f), [i64(0, 2, 2, 3)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1, -1), v.reshape(3, 2), np.array([8], f), [i64(0, 2, 2, 3)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1), v[:0], f(9), [i64(0, 0, 0)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, -1), v[:0], f(9), [i64(0)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i64(-1, 3), v, f(9), [i64(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS"]})
g.case("RaggedTensorToTensor", [i32(-1, 3), v, f(9), [i32(0, 2, 2, 6)]], {"row_partition_types": ["ROW_SPLITS"]})
for w, t in ((i64(), tf.int64), (np.array([1, 2, 3, 4, 5, 6], f), tf.float32), (np.zeros([0], f), tf.float32), (np.arange(6, dtype=np.int32), tf.int32), (np.arange(6) * 0.5, tf.float64)):
    for binary in (False, True):
        g.case("RaggedBincount", [i64(0, 2, 2, 6), i32(1, 1, 0, 2, 5, 2), np.int32(4), w], {"binary_output": binary})
        g.case("SparseBincount", [np.array([[0, 0], [0, 1], [2, 0], [2, 1], [2, 2], [2, 3]], np.int64), i64(1, 1, 0, 2, 5, 2), i64(3, 4), np.int64(4), w], {"binary_output": binary})
        g.case("SparseBincount", [np.array([[0], [1], [2], [3], [4], [5]], np.int64), i64(1, 1, 0, 2, 5, 2), i64(6), np.int64(4), w], {"binary_output": binary})
R = (s([b"a", b"b", b"c", b"d"]), i64(0, 2, 3, 4))
S_ = (np.array([[0, 0], [1, 0], [1, 1]], np.int64), i64(5, 6, 7), i64(3, 2))
D = s([[b"p", b"q"], [b"r", b"s"], [b"t", b"u"]])
for order in ("RSD", "DRS", "SRD"):
    for hashed in (True, False):
        g.case("RaggedCross", [[R[0]], [R[1]], [S_[0]], [S_[1]], [S_[2]], [D]], {"input_order": order, "hashed_output": hashed, "num_buckets": 100 if hashed else 0, "hash_key": 956888297470, "out_values_type": tf.int64 if hashed else tf.string, "out_row_splits_type": tf.int64})
g.case("RaggedCross", [[R[0], np.arange(5)], [R[1].astype(np.int32), i32(0, 1, 1, 5)], [], [], [], []], {"input_order": "RR", "hashed_output": True, "num_buckets": 0, "hash_key": 7, "out_values_type": tf.int64, "out_row_splits_type": tf.int32})
g.write()
