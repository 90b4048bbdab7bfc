"""Saves models with Keras 2, training functions and all, and records what TensorFlow answers with them.

    TF_CPP_MIN_LOG_LEVEL=3 TF_ENABLE_ONEDNN_OPTS=0 python interop/saved-model/record_keras2_exports.py [NAME...]

Runs with TensorFlow 2.15. Writes packages/tureen/src/saved-model/fixtures/exports/NAME.zip, see recorded_export.py.
"""

import os
import sys
import tempfile

from recorded_export import np, record, tf

keras = tf.keras
layers = keras.layers
keras.utils.set_random_seed(3)
random = np.random.RandomState(9)
VERSIONS = {"tensorflow": tf.__version__, "keras": __import__("keras").__version__}
SCRIPT = "interop/saved-model/record_keras2_exports.py"


def floats(*shape): return random.normal(size=shape).astype(np.float32)


def trained(folder):
    """Compiled and fitted, so that the file holds the optimizer and the training functions too."""
    x = keras.Input((6,), name="x")
    h = layers.Dropout(0.2)(layers.BatchNormalization()(layers.Dense(5, "relu")(x)))
    model = keras.Model(x, layers.Dense(2, name="y")(h))
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(floats(16, 6), floats(16, 2), verbose=0)
    model.save(folder)
    return [("two rows", "serving_default", {"x": floats(2, 6)})]


def recurrent(folder):
    """Layers with a GPU and a CPU implementation, of which TensorFlow chooses when the graph is placed; stateful ones keep a variable."""
    x = keras.Input((None, 3), name="x", batch_size=2)
    h = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(x)
    h = layers.GRU(3, return_sequences=True, stateful=True)(h)
    h = layers.TimeDistributed(layers.Dense(2))(layers.RNN(layers.LSTMCell(3), return_sequences=True)(h))
    model = keras.Model(x, h)
    model.save(folder)
    return [("four steps", "serving_default", {"x": floats(2, 4, 3)})]


def text(folder):
    """Text in, from strings: an adapted vocabulary, word vectors, attention over them; a model of its own class."""
    vector = layers.TextVectorization(max_tokens=40, output_sequence_length=5, standardize="lower_and_strip_punctuation", split="character")
    vector.adapt(["abc abd", "xyz!"])
    lookup = layers.StringLookup(output_mode="count")
    lookup.adapt([["soup"], ["stew"]])

    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.vector, self.lookup, self.embed, self.attend, self.out = vector, lookup, layers.Embedding(40, 6), layers.MultiHeadAttention(2, 3), layers.Dense(3, "softmax")

        @tf.function(input_signature=[{"text": tf.TensorSpec([None], tf.string, name="text"), "kind": tf.TensorSpec([None, 2], tf.string, name="kind")}])
        def call(self, inputs):
            e = self.embed(self.vector(inputs["text"]))
            return {"p": self.out(tf.concat([tf.reduce_mean(self.attend(e, e), 1), tf.cast(self.lookup(inputs["kind"]), tf.float32)], 1)), "length": tf.strings.length(inputs["text"], unit="UTF8_CHAR")}

    model = Reader()
    model({"text": tf.constant(["a"]), "kind": tf.constant([["soup", "x"]])})
    model.save(folder)
    return [("two rows", "serving_default", {"text": ["Abc, d\u00e9f", ""], "kind": [["soup", "soup"], ["?", "stew"]]})]


def columns(folder):
    """Feature columns behind a Keras model, served from Examples through a signature of its own."""
    column = tf.feature_column
    kind = column.categorical_column_with_vocabulary_list("kind", ["a", "b"], num_oov_buckets=1)
    used = [column.numeric_column("size", (2,)), column.embedding_column(kind, 3), column.indicator_column(column.bucketized_column(column.numeric_column("age"), [10.0, 20.0])),
            column.indicator_column(column.crossed_column(["kind", "tag"], 5))]
    inputs = {"size": keras.Input((2,), name="size"), "age": keras.Input((1,), name="age"), "kind": keras.Input((1,), name="kind", dtype="string"),
              "tag": keras.Input((1,), name="tag", dtype="string")}
    model = keras.Model(inputs, layers.Dense(1)(layers.DenseFeatures(used)(inputs)))
    spec = column.make_parse_example_spec(used)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="examples")])
    def from_examples(examples):
        parsed = tf.io.parse_example(examples, spec)
        parsed = {k: tf.sparse.to_dense(v, default_value="") if isinstance(v, tf.SparseTensor) else v for k, v in parsed.items()}
        return {"score": model(parsed)}

    model.save(folder, signatures={"serving_default": from_examples})

    def feature(v):
        if isinstance(v[0], str): return tf.train.Feature(bytes_list=tf.train.BytesList(value=[x.encode() for x in v]))
        return tf.train.Feature(float_list=tf.train.FloatList(value=v))

    def example(**f): return tf.train.Example(features=tf.train.Features(feature={k: feature(v) for k, v in f.items()})).SerializeToString(deterministic=True)
    return [("two Examples", "serving_default", {"": np.array([example(size=[1.0, 2.0], age=[15.0], kind=["b"], tag=["t"]), example(size=[0.0, -2.0], age=[5.0], kind=["zz"], tag=["u"])], object)}),
            ("a value is missing", "serving_default", {"": np.array([example(size=[1.0, 2.0], kind=["b"], tag=["t"])], object)})]


def assign_state(folder):
    """Variables of many dtypes, one that a signature changes, random numbers from a generator with a fixed seed, a tuple as input."""
    class State(tf.Module):
        def __init__(self):
            super().__init__()
            self.kept = [tf.Variable(tf.cast([[1, 0], [3, 4]], d), name=d.name) for d in (tf.float16, tf.bfloat16, tf.float64, tf.int8, tf.uint16, tf.int64, tf.bool, tf.complex64)]
            self.names = tf.Variable(["x", "y"])
            self.last = tf.Variable([0.0, 0.0])

        @tf.function(input_signature=[(tf.TensorSpec([2], tf.float32), tf.TensorSpec([], tf.int64))])
        def step(self, pair):
            before = self.last.read_value()
            self.last.assign(self.last * 0.5 + pair[0])
            self.last.scatter_nd_update([[0]], [tf.cast(pair[1], tf.float32)])
            r = tf.random.stateless_uniform([2], [1, 2])
            return {"before": before, "after": self.last, "random": r, "names": self.names, **{v.dtype.name: tf.identity(v) for v in self.kept}}

    module = State()
    tf.saved_model.save(module, folder, signatures=module.step)
    return [("a step", "serving_default", {"pair": [1.0, 2.0], "pair_1": 7})]


MODELS = [trained, recurrent, text, columns, assign_state]

if __name__ == "__main__":
    for make in MODELS:
        if sys.argv[1:] and make.__name__ not in sys.argv[1:]: continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(scratch, "model")
            cases = make(folder)
            record("keras2_" + make.__name__ if make is not assign_state else "module_state", folder, cases, SCRIPT, VERSIONS)
