"""What functions of tf.linalg, tf.random, tf.signal and the like give, and tf.nn.ctc_loss. Run: python interop/estimator/record_namespaces.py

A case is a function of this project by namespace and name with its arguments in order, tensors or plain, and its options. Its outputs are in
the order of the fields: of a sparse tensor indices, values and shape; of a ragged one the values and the row splits. Where it fails, the
error's message is recorded.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import re

import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
random = np.random.RandomState(7)
f32 = lambda *shape: random.randn(*shape).astype(np.float32)
f64 = lambda *shape: random.randn(*shape)
cases = []


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def leaves(value):
    if isinstance(value, tf.SparseTensor):
        return [value.indices, value.values, value.dense_shape]
    if isinstance(value, tf.RaggedTensor):
        return [value.flat_values, *value.nested_row_splits]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


def sparse(value):
    """A sparse tensor of a dense array, for an argument."""
    return v1.SparseTensorValue(np.argwhere(value), value[value != 0], value.shape)


def given(argument, i):
    """Tensors come from placeholders, so that nothing is checked before anything runs."""
    if isinstance(argument, v1.SparseTensorValue):
        return tf.SparseTensor(*argument)
    if isinstance(argument, list) and argument and isinstance(argument[0], np.ndarray):
        return [given(item, f"{i}_{j}") for j, item in enumerate(argument)]
    if isinstance(argument, np.ndarray):
        return v1.placeholder_with_default(argument, argument.shape, f"input_{i}")
    return argument


def told(argument):
    if isinstance(argument, v1.SparseTensorValue):
        return {"sparse": [stored(part) for part in argument]}
    if isinstance(argument, list) and argument and isinstance(argument[0], np.ndarray):
        return {"tensors": [stored(item) for item in argument]}
    return {"tensor": stored(argument)} if isinstance(argument, np.ndarray) else {"plain": argument}


def record(namespace, name, args, options=None, call=None, seed=None):
    """`call` where TensorFlow takes the arguments otherwise."""
    options = options or {}
    fn = call or getattr(getattr(tf, namespace), name)
    case = {"namespace": namespace, "name": camel(name), "args": [told(a) for a in args],
            "graphSeed": seed, "options": {camel(k): v.name if isinstance(v, tf.DType) else v for k, v in options.items()}}
    with tf.Graph().as_default(), v1.Session() as session:
        if seed is not None:
            v1.set_random_seed(seed)
        try:
            made = fn(*[given(a, i) for i, a in enumerate(args)], **options)
            outputs = [o for o in leaves(made) if isinstance(o, (tf.Tensor, tf.Operation))]
            session.run(v1.tables_initializer())
            values = session.run(outputs)
            case["outputs"] = [stored(v) for v in values if v is not None]
        except (tf.errors.InvalidArgumentError, ValueError, TypeError) as error:
            text = getattr(error, "message", str(error))
            said = re.search(r"\n([^\n]+)\n\t \[\[", text)
            case["error"] = said[1] if said else text
    cases.append(case)


square, batch = f32(3, 3), f32(2, 3, 3)
positive = (square @ square.T + 3 * np.eye(3)).astype(np.float32)
tall = f32(4, 3)
for name in ["inv", "det", "trace", "matrix_transpose", "expm", "adjoint", "slogdet"]:
    record("linalg", name, [batch])
for name in ["cholesky", "logdet", "eigvalsh", "sqrtm"]:
    record("linalg", name, [positive])
record("linalg", "adjoint", [(f32(2, 3) + 1j * f32(2, 3)).astype(np.complex64)])
record("linalg", "matmul", [f32(2, 3), f32(3, 4)])
record("linalg", "matmul", [f32(3, 2), f32(4, 3)], {"transpose_a": True, "transpose_b": True})
record("linalg", "matmul", [f32(2, 4, 3), f32(3, 2)])
record("linalg", "matmul", [f32(2, 3, 4), f32(2, 3, 2)], {"adjoint_a": True})
record("linalg", "matmul", [f32(2, 2), f32(2, 2)], {"adjoint_a": True, "transpose_a": True})
complexes = (f32(2, 3) + 1j * f32(2, 3)).astype(np.complex64)
record("linalg", "matmul", [complexes, complexes], {"adjoint_b": True})
record("linalg", "matmul", [complexes, complexes], {"transpose_b": True})
record("linalg", "matvec", [batch, f32(2, 3)])
record("linalg", "logm", [positive.astype(np.complex64)])
record("linalg", "solve", [batch, f32(2, 3, 2)])
record("linalg", "solve", [square, f32(3, 2)], {"adjoint": True})
record("linalg", "triangular_solve", [np.tril(positive), f32(3, 2)])
record("linalg", "triangular_solve", [np.triu(positive), f32(3, 2)], {"lower": False})
record("linalg", "triangular_solve", [np.tril(positive), f32(3, 2)], {"adjoint": True})
record("linalg", "cholesky_solve", [np.linalg.cholesky(positive), f32(3, 2)])
record("linalg", "lstsq", [f64(4, 3), f64(4, 2)])
record("linalg", "lstsq", [f64(4, 3), f64(4, 2)], {"l2_regularizer": 0.5})
record("linalg", "lstsq", [f64(4, 3), f64(4, 2)], {"fast": False})
record("linalg", "diag", [f32(2, 3)])
record("linalg", "diag", [f32(2, 3)], {"k": 1})
record("linalg", "diag", [f32(2, 3)], {"k": (-1, 0), "num_rows": 3, "num_cols": 3, "padding_value": 9.0})
record("linalg", "diag", [f32(2, 3)], {"k": (-1, 0), "align": "LEFT_LEFT"})
record("linalg", "diag_part", [batch])
record("linalg", "diag_part", [batch], {"k": (-1, 1), "padding_value": 7.0})
record("linalg", "diag_part", [f32(3, 4)], {"k": 1, "align": "LEFT_RIGHT"})
record("linalg", "set_diag", [batch, f32(2, 3)])
record("linalg", "set_diag", [batch, f32(2, 2)], {"k": 1})
record("linalg", "band_part", [batch, 1, 0])
record("linalg", "eye", [3], {"num_columns": 4, "batch_shape": [2]})
record("linalg", "norm", [batch], {"axis": (-2, -1)})
record("linalg", "norm", [batch], {"ord": 1, "axis": 1})
record("linalg", "normalize", [batch], {"axis": -1})
record("linalg", "normalize", [batch], {"ord": 1, "axis": 2})
record("linalg", "cross", [f32(2, 3), f32(2, 3)])
record("linalg", "tensordot", [f32(2, 3), f32(3, 4), 1])
record("linalg", "l2_normalize", [f32(2, 3), 1])
record("linalg", "tensor_diag", [f32(3)])
record("linalg", "tensor_diag_part", [square])

for dtype in [tf.float32, tf.float64]:
    record("random", "uniform", [[2, 3]], {"minval": -2.0, "maxval": 5.0, "dtype": dtype, "seed": 4}, seed=3)
    record("random", "normal", [[2, 3]], {"mean": 1.0, "stddev": 2.0, "dtype": dtype, "seed": 4}, seed=3)
    record("random", "truncated_normal", [[2, 3]], {"mean": 1.0, "stddev": 2.0, "dtype": dtype, "seed": 4}, seed=3)
    record("random", "stateless_uniform", [[2, 3], np.array([3, 4])], {"minval": -2.0, "maxval": 5.0, "dtype": dtype})
    record("random", "stateless_normal", [[2, 3], np.array([3, 4])], {"mean": 1.0, "stddev": 2.0, "dtype": dtype})
    record("random", "stateless_truncated_normal", [[2, 3], np.array([3, 4])], {"dtype": dtype})
record("random", "uniform", [[5]], {"maxval": 10, "dtype": tf.int32, "seed": 4}, seed=3)
record("random", "uniform", [[5]], {"dtype": tf.int64, "seed": 4}, seed=3)
record("random", "stateless_uniform", [[5], np.array([3, 4])], {"minval": -5, "maxval": 10, "dtype": tf.int64})
record("random", "shuffle", [np.arange(8, dtype=np.int32)], {"seed": 4}, seed=3)
record("random", "categorical", [f32(3, 4), 5], {"seed": 4}, seed=3)
record("random", "categorical", [f32(3, 4), 5], {"dtype": tf.int32, "seed": 4}, seed=3)
record("random", "stateless_categorical", [f32(3, 4), 5, np.array([3, 4])], {"dtype": tf.int32})
record("random", "gamma", [[4], np.array([0.5, 2.0], np.float32)], {"beta": 2.0, "seed": 4}, seed=3)
record("random", "poisson", [[4], np.array([0.5, 20.0], np.float32)], {"seed": 4}, seed=3)

ints = lambda: random.randint(0, 200, [6]).astype(np.int32)
for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]:
    record("bitwise", name, [ints(), ints()])
record("bitwise", "invert", [ints()])
record("bitwise", "left_shift", [ints(), np.arange(6, dtype=np.int32)])
record("bitwise", "right_shift", [ints(), np.arange(6, dtype=np.int32)])

wave = f32(2, 25)
for size in [1, 6, 7]:
    for periodic in [True, False]:
        record("signal", "hann_window", [size], {"periodic": periodic})
        record("signal", "hamming_window", [size], {"periodic": periodic, "dtype": tf.float64})
record("signal", "frame", [wave, 6, 4])
record("signal", "frame", [wave, 6, 4], {"pad_end": True, "pad_value": 2.0})
record("signal", "frame", [wave, 30, 4])
record("signal", "overlap_and_add", [f32(2, 4, 6), 3])
record("signal", "overlap_and_add", [f32(3, 5), 2])
record("signal", "stft", [wave, 8, 3])
record("signal", "stft", [wave, 6, 4], {"fft_length": 16, "window_fn": None, "pad_end": True})
record("signal", "inverse_stft", [(f32(2, 4, 5) + 1j * f32(2, 4, 5)).astype(np.complex64), 8, 4])
record("signal", "inverse_stft", [(f32(4, 5) + 1j * f32(4, 5)).astype(np.complex64), 6, 4], {"window_fn": None})
record("signal", "rfft", [wave], call=lambda x: tf.signal.rfft(x))
record("signal", "rfft", [wave], {"fft_length": 8}, call=lambda x, fft_length: tf.signal.rfft(x, [fft_length]))
record("signal", "irfft", [(f32(2, 5) + 1j * f32(2, 5)).astype(np.complex64)])
record("signal", "irfft", [(f32(2, 5) + 1j * f32(2, 5)).astype(np.complex64)], {"fft_length": 7},
       call=lambda x, fft_length: tf.signal.irfft(x, [fft_length]))
record("signal", "fft", [complexes])
for kind in [1, 2, 3, 4]:
    for norm in [None, "ortho"]:
        record("signal", "dct", [f32(2, 6)], {"type": kind, "norm": norm})
        record("signal", "idct", [f32(6)], {"type": kind, "norm": norm})
record("signal", "linear_to_mel_weight_matrix", [], {})
record("signal", "linear_to_mel_weight_matrix", [], {"num_mel_bins": 8, "num_spectrogram_bins": 33, "sample_rate": 16000, "upper_edge_hertz": 7600.0})
record("signal", "linear_to_mel_weight_matrix", [], {"upper_edge_hertz": 5000.0})
record("signal", "linear_to_mel_weight_matrix", [], {"lower_edge_hertz": 4000.0})
record("signal", "mfccs_from_log_mel_spectrograms", [f32(2, 3, 8)])

x, y = np.array([1, 2, 3, 4], np.float32), np.array([1, 2, 5, 4], np.float32)
for name in ["equal", "none_equal", "less", "less_equal", "greater", "greater_equal"]:
    record("debugging", "assert_" + name, [x, y], {"message": "told"})
    record("debugging", "assert_" + name, [x, y], {"summarize": 2})
    record("debugging", "assert_" + name, [x, x + (np.float32(1) if "less" in name or "none" in name else np.float32(-1) if "greater" in name else np.float32(0))])
for name in ["positive", "negative", "non_negative", "non_positive"]:
    record("debugging", "assert_" + name, [x])
    record("debugging", "assert_" + name, [-x])
record("debugging", "assert_positive", [x - 2], {"message": "told"})
record("debugging", "assert_near", [x, x + np.float32(1e-7)])
record("debugging", "assert_near", [x, y], {"atol": 3.0})
record("debugging", "assert_rank", [x, 1])
record("debugging", "assert_rank", [x, 2], {"message": "told"})
record("debugging", "assert_rank_at_least", [x, 2])
record("debugging", "assert_scalar", [x])
record("debugging", "assert_type", [x, "int32"], {"message": "told"}, call=lambda t, d, message: tf.debugging.assert_type(t, tf.as_dtype(d), message))
record("debugging", "assert_all_finite", [x, "told"])
record("debugging", "assert_all_finite", [x / np.float32(0), "told"])
record("debugging", "check_numerics", [x / np.float32(0)], {"message": "told"})

a, b = np.array([[1, 2, 3], [4, 4, 5]], np.int64), np.array([[3, 9, 1], [4, 6, 6]], np.int64)
for name in ["intersection", "union", "difference"]:
    record("sets", name, [a, b])
    record("sets", name, [a, sparse(b)])
    record("sets", name, [sparse(a), sparse(b)])
    record("sets", name, [sparse(a), b], call=lambda p, q, name=name: getattr(tf.sets, name)(tf.sparse.to_dense(p), q) if name == "difference" else getattr(tf.sets, name)(q, p))
record("sets", "difference", [a, b], {"aminusb": False})
record("sets", "size", [sparse(a)])

record("ragged", "constant", [[[1.0, 2.0], [], [3.0]]])
record("ragged", "constant", [[["a"], ["b", "c"]]], {"row_splits_dtype": tf.int32})
record("ragged", "constant", [[[[1.0], []], [[2.0, 3.0]]]], {"dtype": tf.float64})
record("ragged", "range", [np.array([2, 0, 3], np.int32), None])
record("ragged", "range", [np.array([0, 5, 8], np.int32), np.array([3, 3, 12], np.int32)], {"deltas": 2})
splits, values = np.array([0, 2, 2, 5], np.int64), f32(5)
record("ragged", "stack", [[values[:3], values[3:]]])
record("ragged", "from_row_lengths", [values, np.array([2, 0, 3], np.int64)], call=tf.RaggedTensor.from_row_lengths)
record("ragged", "from_row_splits", [values, splits], call=tf.RaggedTensor.from_row_splits)

nested = [[1.0, 2.0], [], [3.0]]
made = lambda: tf.ragged.constant(nested)
flags = [[True, False], [], [True]]
record("ragged", "row_lengths", [{"rows": nested}], call=lambda _: made().row_lengths())
record("ragged", "to_dense", [{"rows": nested}], {"default_value": -1.0}, call=lambda _, default_value: made().to_tensor(default_value))
record("ragged", "to_dense", [{"rows": nested}], {"shape": [None, 4]}, call=lambda _, shape: made().to_tensor(shape=shape))
record("ragged", "to_dense", [{"rows": [[[1.0], []], [[2.0, 3.0]]]}], call=lambda _: tf.ragged.constant([[[1.0], []], [[2.0, 3.0]]]).to_tensor())
record("ragged", "to_sparse", [{"rows": nested}], call=lambda _: made().to_sparse())
record("ragged", "boolean_mask", [{"rows": nested}, {"rows": flags}], call=lambda *_: tf.ragged.boolean_mask(made(), tf.ragged.constant(flags, dtype=tf.bool)))

record("math", "argmax", [f32(2, 3)], {"axis": 1})
record("math", "reduce_std", [f32(2, 3)], {"axis": 1})
record("math", "floormod", [x, np.array([2, 2, 2, 3], np.float32)])
record("math", "xlogy", [x, y])
record("math", "l2_normalize", [f32(2, 3), 1])
record("math", "top_k", [f32(2, 5)], {"k": 2})
steps, classes = 6, 4
logits, lengths = f32(steps, 3, classes), np.array([6, 5, 4], np.int32)
words, sizes = np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0]], np.int32), np.array([3, 2, 1], np.int32)
losses = lambda w, l, s, t, **options: tf.nn.ctc_loss(w, l, s, t, **options)
record("nn", "ctc_loss_v2", [words, logits, sizes, lengths], call=losses)
record("nn", "ctc_loss_v2", [words, logits.transpose(1, 0, 2).copy(), sizes, lengths], {"logits_time_major": False}, call=losses)
record("nn", "ctc_loss_v2", [np.where(words == 2, 0, words), logits, sizes, lengths], {"blank_index": 2}, call=losses)
record("nn", "ctc_loss_v2", [np.where(words == 3, 0, words), logits, sizes, lengths], {"blank_index": -1}, call=losses)
record("nn", "ctc_loss_v2", [sparse(words), logits, None, lengths], {"blank_index": 0}, call=losses)
record("nn", "ctc_loss_v2", [sparse(np.where(words == 3, 1, words)), logits, None, lengths], {"blank_index": -1}, call=losses)
record("nn", "ctc_loss_v2", [sparse(words), logits, None, lengths], call=losses)
write("namespaces", __file__, {"cases": cases})
