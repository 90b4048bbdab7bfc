"""Exports small models of the kinds that today's TensorFlow and Keras make, and records what TensorFlow answers with them.

    TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 python interop/saved-model/record_keras_exports.py [NAME...]

Runs with TensorFlow 2.21 and Keras 3.15. Writes packages/tureen/src/saved-model/fixtures/exports/NAME.zip, see recorded_export.py.
"""

import os
import sys
import tempfile

from recorded_export import np, pack, record, tf

import keras
from keras import layers

if not keras.__version__.startswith("3."): raise SystemExit("Keras 3 is needed, this is " + keras.__version__)

keras.utils.set_random_seed(7)
random = np.random.RandomState(11)
VERSIONS = {"tensorflow": tf.__version__, "keras": keras.__version__}
SCRIPT = "interop/saved-model/record_keras_exports.py"


def floats(*shape): return random.normal(size=shape).astype(np.float32)


def stir(model):
    """Other than initial weights, so that biases and statistics count."""
    for w in model.weights:
        if "seed" in w.path or w.dtype not in ("float32",): continue
        base = np.abs(random.normal(size=w.shape)) + 0.5 if "variance" in w.path else random.normal(size=w.shape) * 0.4
        w.assign(base.astype(np.float32))


def cnn_sequential(folder):
    model = keras.Sequential([
        keras.Input((12, 12, 3)), layers.Rescaling(1 / 127.5, offset=-1), layers.Conv2D(6, 3, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.SpatialDropout2D(0.2), layers.DepthwiseConv2D(3, strides=2), layers.Activation("hard_swish"), layers.SeparableConv2D(8, 2, activation="gelu"),
        layers.MaxPooling2D(2), layers.Conv2DTranspose(4, 3, strides=2, padding="same"), layers.LayerNormalization(), layers.GroupNormalization(2),
        layers.GlobalAveragePooling2D(), layers.Dropout(0.3), layers.Dense(5, activation="softmax")])
    stir(model)
    model.export(folder, verbose=False)
    x = random.uniform(0, 255, (3, 12, 12, 3))
    return [("three images", "serving_default", {"": x}), ("one image", "serve", {"": x[:1]}), ("no images", "serve", {"": x[:0]})]


def functional_multi(folder):
    a = keras.Input((4,), name="numbers")
    b = keras.Input((3,), name="words", dtype="int32")
    e = layers.Flatten()(layers.Embedding(20, 4)(b))
    h = layers.Concatenate()([layers.Dense(8, activation="elu", kernel_regularizer="l2")(a), e])
    h = layers.Add()([layers.Dense(6)(h), layers.Dense(6, activation="selu")(h)])
    h = layers.LeakyReLU(0.2)(layers.BatchNormalization()(h))
    model = keras.Model({"numbers": a, "words": b}, {"score": layers.Dense(1, activation="sigmoid", name="score")(h), "kind": layers.Softmax(name="kind")(layers.Dense(3)(h))})
    stir(model)
    model.export(folder, verbose=False)
    return [("two rows", "serving_default", {"numbers": floats(2, 4), "words": [[1, 2, 3], [19, 0, 7]]}),
            ("a word out of range", "serve", {"numbers": floats(1, 4), "words": [[1, 2, 25]]})]


def recurrent(folder):
    x = keras.Input((None, 3), name="x")
    h = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(layers.Masking(0.0)(x))
    h = layers.GRU(4, return_sequences=True, reset_after=True)(h)
    h = layers.GRU(4, return_sequences=True, reset_after=False)(h)
    h, c = layers.SimpleRNN(3, return_state=True, go_backwards=True)(h)
    model = keras.Model(x, [h, c])
    stir(model)
    model.export(folder, verbose=False)
    masked = floats(2, 6, 3)
    masked[0, 4:] = 0
    masked[1, :2] = 0
    return [("five steps", "serving_default", {"x": floats(2, 5, 3)}), ("masked", "serving_default", {"x": masked}), ("one step", "serve", {"x": floats(1, 1, 3)})]


def recurrent_unrolled(folder):
    x = keras.Input((5, 3), name="x")
    h = layers.LSTM(4, unroll=True, return_sequences=True)(x)
    h = layers.ConvLSTM1D(2, 2, return_sequences=False)(layers.Reshape((5, 4, 1))(h))
    h = layers.Flatten()(h)
    model = keras.Model(x, layers.GRU(3, unroll=True)(layers.RepeatVector(3)(h)))
    stir(model)
    model.export(folder, verbose=False)
    return [("two rows", "serving_default", {"x": floats(2, 5, 3)})]


def preprocessing(folder):
    words = keras.Input((1,), dtype="string", name="kind")
    ids = keras.Input((1,), dtype="int64", name="id")
    age = keras.Input((2,), name="age")
    text = keras.Input((1,), dtype="string", name="text")
    norm = layers.Normalization()
    norm.adapt(floats(50, 2) * 3 + 1)
    lookup = layers.StringLookup(vocabulary=["soup", "stew", "broth"], num_oov_indices=2)
    numbers = layers.IntegerLookup(output_mode="multi_hot")
    numbers.adapt(np.array([[3], [3], [9], [12]]))
    vector = layers.TextVectorization(max_tokens=30, output_sequence_length=6, ngrams=2)
    vector.adapt(["The soup, the stew!", "a broth. A soup?", "stew"])
    tfidf = layers.TextVectorization(output_mode="tf_idf")
    tfidf.adapt(["the soup the stew", "a broth a soup", "stew"])
    buckets = layers.Discretization([-1.0, 0.0, 2.5], output_mode="one_hot")
    parts = [norm(age), layers.CategoryEncoding(6, output_mode="one_hot")(lookup(words)), numbers(ids), layers.Hashing(7, output_mode="one_hot")(words),
             layers.Hashing(11, salt=[3, 5], output_mode="multi_hot")(ids), layers.Flatten()(buckets(layers.Lambda(lambda t: t[:, :1])(age))),
             layers.HashedCrossing(5, output_mode="one_hot")((words, ids)), layers.Flatten()(tfidf(text))]
    model = keras.Model({"kind": words, "id": ids, "age": age, "text": text},
                        {"features": layers.Concatenate()([layers.Lambda(lambda t: tf.cast(t, tf.float32))(p) for p in parts]), "tokens": vector(text)})
    model.export(folder, verbose=False)
    return [("three rows", "serving_default", {"kind": [["soup"], ["nothing"], [""]], "id": [[3], [12], [-5]], "age": floats(3, 2) * 4,
                                                "text": [["Soup of the day!"], [""], ["stew STEW a broth -- and the rest of it"]]}),
            ("no rows", "serving_default", {"kind": np.zeros((0, 1), object), "id": np.zeros((0, 1)), "age": np.zeros((0, 2)), "text": np.zeros((0, 1), object)})]


def transformer(folder):
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    h = layers.Embedding(30, 8, mask_zero=True)(tokens)
    for _ in range(2):
        a = layers.MultiHeadAttention(2, 4)(h, h)
        h = layers.LayerNormalization()(h + layers.Dropout(0.1)(a))
        h = layers.LayerNormalization()(h + layers.Dense(8)(layers.Dense(16, activation="gelu")(h)))
    g = layers.GroupQueryAttention(4, 4, 2)(h, h, use_causal_mask=True)
    p = layers.Attention()([g, h])
    out = layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d", activation="log_softmax")(layers.AdditiveAttention()([p, h]))
    model = keras.Model(tokens, {"logits": out, "pooled": layers.GlobalMaxPooling1D()(out)})
    stir(model)
    model.export(folder, verbose=False)
    return [("padded", "serving_default", {"tokens": [[1, 5, 9, 0, 0], [3, 2, 1, 29, 4]]}), ("one token", "serve", {"tokens": [[7]]})]


class Endpoints(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable(floats(3, 2), name="v")
        self.half = tf.Variable(np.arange(4), dtype=tf.bfloat16, name="half")
        self.table = tf.lookup.experimental.MutableHashTable(tf.string, tf.float32, [-1.0, -1.0])
        self.table.insert(["a", "b"], [[1.0, 2.0], [3.0, 4.0]])
        self.dense = tf.lookup.experimental.DenseHashTable(tf.int64, tf.int64, -7, -1, -2)
        self.dense.insert([5, 6], [50, 60])


def module_signatures(folder):
    m = Endpoints()

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x"), tf.TensorSpec([], tf.float32, name="scale")])
    def scaled(x, scale=tf.constant(2.0)): return {"y": tf.matmul(x, m.v) * scale, "sum": tf.reduce_sum(x)}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="word"), tf.TensorSpec([None], tf.int64, name="id")])
    def names(word, id):
        text = tf.strings.join([tf.strings.upper(word), tf.strings.as_string(id)], "/")
        return {"vector": m.table.lookup(word), "name": m.dense.lookup(id), "text": text, "halves": tf.cast(m.half * 1.5, tf.float32),
                "b64": tf.io.encode_base64(text), "parts": tf.strings.split(text, "/").to_tensor(default_value="-")}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def ragged(text):
        tokens = tf.strings.split(text)
        lengths = tokens.row_lengths()
        best = tf.map_fn(lambda t: tf.reduce_max(tf.strings.length(t)), tf.where(tf.equal(text, ""), "x", text), fn_output_signature=tf.int32)
        return {"values": tokens.flat_values, "splits": tokens.row_splits, "lengths": lengths, "longest": best,
                "first": tf.RaggedTensor.from_row_splits(tokens.flat_values, tokens.row_splits)[:, :1].to_tensor("")}

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, name="x"), tf.TensorSpec([], tf.int32, name="n")])
    def control(x, n):
        total = tf.constant(0.0)
        for i in tf.range(n):
            if tf.equal(i % 2, 0): total += tf.reduce_sum(x)
            else: total *= 0.5
        array = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        array = array.write(0, total)
        index = tf.minimum(n, 2)
        return {"total": total, "picked": tf.switch_case(index, [lambda: x, lambda: -x, lambda: tf.transpose(tf.transpose(x))]), "all": array.stack()}

    tf.saved_model.save(m, folder, signatures={"serving_default": scaled, "names": names, "ragged": ragged, "with space/and:colon": control},
                        options=tf.saved_model.SaveOptions(experimental_variable_policy=None))
    return [("default left out", "serving_default", {"x": floats(2, 3)}), ("default fed", "serving_default", {"x": floats(2, 3), "scale": -1.0}),
            ("known and unknown", "names", {"word": ["a", "zz"], "id": [5, 7]}), ("words", "ragged", {"text": ["soup of the day", "", "a"]}),
            ("four turns", "with space/and:colon", {"x": floats(2, 3), "n": 4}), ("no turns", "with space/and:colon", {"x": floats(1, 2), "n": 0})]


def export_archive(folder):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2)])
    stir(model)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("call", model.call, input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
    archive.add_endpoint("probabilities", lambda x: {"p": tf.nn.softmax(model(x))}, input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
    archive.add_endpoint("top", lambda x, k: tf.math.top_k(model(x), k)._asdict(), input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x"), tf.TensorSpec((), tf.int32, name="k")])
    archive.write_out(folder, verbose=False)
    return [("two rows", "serving_default", {"x": floats(2, 4)}), ("two rows", "probabilities", {"x": floats(2, 4)}), ("the best", "top", {"x": floats(2, 4), "k": 1}),
            ("too many", "top", {"x": floats(2, 4), "k": 9})]


def quantized(folder):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8, activation="relu"), layers.Dense(4)])
    stir(model)
    model.quantize("int8")
    model.export(folder, verbose=False)
    return [("two rows", "serving_default", {"": floats(2, 8)})]


def quantized_int4(folder):
    model = keras.Sequential([keras.Input((8,)), layers.Dense(8, activation="relu"), layers.Dense(4)])
    stir(model)
    model.quantize("int4")
    model.export(folder, verbose=False)
    return [("two rows", "serving_default", {"": floats(2, 8)})]


def mixed_precision(folder):
    with_policy = keras.mixed_precision.Policy("mixed_bfloat16")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(8, activation="silu", dtype=with_policy), layers.LayerNormalization(dtype=with_policy), layers.Dense(3, dtype="float32")])
    stir(model)
    model.export(folder, verbose=False)
    return [("two rows", "serving_default", {"": floats(2, 6)})]


def image_layers(folder):
    x = keras.Input((10, 8, 3), name="image")
    h = layers.CenterCrop(8, 8)(layers.Resizing(9, 11)(x))
    h = layers.UpSampling2D(2, interpolation="bilinear")(layers.ZeroPadding2D(((1, 0), (0, 1)))(h))
    h = layers.RandomFlip()(layers.RandomRotation(0.1)(layers.RandomZoom(0.2)(h)))
    h = layers.Cropping2D(2)(layers.AveragePooling2D(3, strides=2, padding="same")(h))
    h = layers.Conv2D(6, 3, groups=3, padding="same")(h)
    h = layers.Conv2D(4, 3, dilation_rate=2, padding="same", activation="mish")(layers.PReLU()(h))
    model = keras.Model(x, {"map": layers.UnitNormalization()(h), "wide": layers.Conv1D(3, 3, padding="causal")(layers.Reshape((-1, 4))(h)),
                            "deep": layers.MaxPooling3D((1, 2, 2))(layers.Conv3D(2, (1, 2, 2))(layers.Reshape((1, h.shape[1], h.shape[2], 4))(h)))})
    stir(model)
    model.export(folder, verbose=False)
    return [("two images", "serving_default", {"image": random.uniform(0, 1, (2, 10, 8, 3))})]


MODELS = [cnn_sequential, functional_multi, recurrent, recurrent_unrolled, preprocessing, transformer, module_signatures, export_archive, quantized, quantized_int4, mixed_precision, image_layers]


def refused_xla():
    """What jax2tf and Keras' JAX backend export is one op around a compiled module, which is for TensorFlow's XLA alone."""
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32, name="x")])
    def call(x): return {"y": gen_xla_ops.xla_call_module(args=[x], version=9, module=b"ML\xefR", Sout=[[2]], Tout=[tf.float32], platforms=["CPU"])[0]}
    module = tf.Module()
    module.call = call
    with tempfile.TemporaryDirectory() as scratch:
        tf.saved_model.save(module, scratch, signatures=call)
        pack("refused_xla_call_module", scratch, {**VERSIONS, "script": SCRIPT, "refused": {
            "code": "UNIMPLEMENTED", "message": "No kernel for these ops: XlaCallModule (needed by the signatures serving_default)"}})


if __name__ == "__main__":
    wanted = sys.argv[1:]
    for make in MODELS:
        if wanted and make.__name__ not in wanted: continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(scratch, "model")
            cases = make(folder)
            # A unit in the last place of a bfloat16 between layers is 2^-8 of it.
            rtol = 4e-3 if make is mixed_precision else None
            record("keras3_" + make.__name__ if make is not module_signatures else make.__name__, folder, cases, SCRIPT, VERSIONS, rtol=rtol)
    if not wanted or "refused_xla" in wanted: refused_xla()
