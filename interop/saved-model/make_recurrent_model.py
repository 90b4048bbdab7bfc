"""Records packages/tureen/src/saved-model/fixtures/recurrent: recurrent layers of Keras and loops like theirs, a signature each, with what
TensorFlow 2.15 answers in expected.json; and recurrent_v1: cells of TensorFlow 1 in dynamic_rnn, whose loops are frames.

    tf215/bin/python interop/saved-model/make_recurrent_model.py
"""
import json
import os
import shutil

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

FOLDER = os.path.join(os.path.dirname(__file__), "../../packages/tureen/src/saved-model/fixtures/recurrent")
L = tf.keras.layers
tf.keras.utils.set_random_seed(3)
random = np.random.RandomState(3)

LAYERS = {
    "lstm": L.LSTM(3),
    "lstm_sequence": L.LSTM(3, return_sequences=True, return_state=True),
    "lstm_backwards": L.LSTM(3, go_backwards=True, use_bias=False),
    "lstm_relu": L.LSTM(3, activation="relu"),
    "lstm_cell": L.RNN(L.LSTMCell(3)),
    "gru": L.GRU(3),
    "gru_sequence": L.GRU(3, return_sequences=True, return_state=True),
    "gru_reset_before": L.GRU(3, reset_after=False),
    "simple": L.SimpleRNN(3, return_sequences=True),
    "stacked": L.RNN([L.LSTMCell(3), L.GRUCell(2)]),
    "masked": tf.keras.Sequential([L.Masking(0.0), L.LSTM(3)]),
}


class Model(tf.Module):
    def __init__(self, layers):
        super().__init__()
        # The variables alone: what Keras saves with its layers is not of interest.
        self.weights = [variable for layer in layers for variable in layer.variables]


def signature(layer):
    @tf.function(input_signature=[tf.TensorSpec([None, None, 2], tf.float32, "x")])
    def run(x):
        results = tf.nest.flatten(layer(x))
        return {"y%d" % i: result for i, result in enumerate(results)}

    return run


@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
def counting(x):
    """A loop that uses its counter is no scan."""
    rows = tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x)
    sums = tf.TensorArray(tf.float32, tf.shape(x)[0])
    total = tf.zeros([2])
    for i in tf.range(tf.shape(x)[0]):
        total += rows.read(i) * tf.cast(i, tf.float32)
        sums = sums.write(i, total)
    return {"y0": sums.stack()}


@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, "x")])
def half(x):
    """A loop that ends before the last row is none either."""
    rows = tf.TensorArray(tf.float32, tf.shape(x)[0]).unstack(x)
    i, total = tf.while_loop(
        lambda i, total: i < tf.shape(x)[0] // 2, lambda i, total: (i + 1, total + rows.read(i)), (0, tf.zeros([2]))
    )
    return {"y0": total}


def prune():
    """Keeps the functions that the signatures need: not those of training and of other devices. The file is then one of TensorFlow 1."""
    path = os.path.join(FOLDER, "saved_model.pb")
    with open(path, "rb") as file:
        saved = SavedModel.FromString(file.read())
    meta = saved.meta_graphs[0]
    meta.ClearField("object_graph_def")
    library = {function.signature.name: function for function in meta.graph_def.library.function}
    needed, pending = set(), [meta.graph_def.node]
    while pending:
        for node in pending.pop():
            for key in [key for key in node.attr if key.startswith("_")]:
                del node.attr[key]
            for attr in list(node.attr.values()):
                name = attr.func.name
                if name in library and name not in needed:
                    needed.add(name)
                    pending.append(library[name].node_def)
    kept = [library[name] for name in sorted(needed)]
    for function in kept:
        function.attr.clear()
    del meta.graph_def.library.function[:]
    meta.graph_def.library.function.extend(kept)
    del meta.graph_def.library.gradient[:]
    with open(path, "wb") as file:
        file.write(saved.SerializeToString())


def run_v1():
    v1 = tf.compat.v1
    v1.disable_control_flow_v2()
    cells = {"basic_lstm": v1.nn.rnn_cell.BasicLSTMCell, "gru": v1.nn.rnn_cell.GRUCell, "basic": v1.nn.rnn_cell.BasicRNNCell}
    folder, cases = FOLDER + "_v1", []
    shutil.rmtree(folder, ignore_errors=True)
    with tf.Graph().as_default(), v1.Session() as session:
        v1.set_random_seed(3)
        signatures, fetches = {}, {}
        # An end given in advance may come before the last row: then it is no scan.
        for name, lengths in [*((name, None) for name in cells), ("cut_short", [2])]:
            x = v1.placeholder(tf.float32, [None, None, 2], name + "_x")
            cell = cells.get(name, v1.nn.rnn_cell.BasicLSTMCell)(3, name=name + "_cell")
            rows, state = v1.nn.dynamic_rnn(cell, x, dtype=tf.float32, sequence_length=lengths, scope=name)
            fetches[name] = x, {"y%d" % i: y for i, y in enumerate([rows, *tf.nest.flatten(state)])}
            signatures[name] = v1.saved_model.predict_signature_def({"x": x}, fetches[name][1])
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(folder)
        builder.add_meta_graph_and_variables(session, ["serve"], signatures, strip_default_attrs=True)
        builder.save()
        for name, (x, outputs) in fetches.items():
            for shape in ([1, 5, 2],) if name == "cut_short" else ([1, 5, 2], [3, 4, 2]):
                cases.append(case(name, random.uniform(-2, 2, shape), lambda value: session.run(outputs, {x: value})))
    save_cases(folder, cases)


def case(name, x, run):
    x = x.astype(np.float32)
    expected = {key: {"shape": list(y.shape), "data": y.ravel().tolist()} for key, y in run(x).items()}
    return {"signature": name, "x": {"shape": list(x.shape), "data": x.ravel().tolist()}, "outputs": expected}


def save_cases(folder, cases):
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump({"tensorflow": tf.__version__, "cases": cases}, file)


def main():
    for name, layer in LAYERS.items():
        layer(np.zeros([1, 1, 2], np.float32))
        for variable in layer.variables:
            variable.assign(random.uniform(-1, 1, variable.shape))
    functions = {name: signature(layer) for name, layer in LAYERS.items()}
    functions.update(counting=counting, half=half)
    shutil.rmtree(FOLDER, ignore_errors=True)
    model = Model(LAYERS.values())
    tf.saved_model.save(model, FOLDER, signatures=functions)
    shutil.rmtree(os.path.join(FOLDER, "assets"), ignore_errors=True)
    os.remove(os.path.join(FOLDER, "fingerprint.pb"))
    loaded = tf.saved_model.load(FOLDER)
    cases = []
    for name in functions:
        for shape in ([[4, 2], [1, 2]] if name in ("counting", "half") else [[1, 5, 2], [3, 4, 2], [2, 1, 2]]):
            x = random.uniform(-2, 2, shape)
            if name == "masked":
                x[0, -1:] = 0
            run = loaded.signatures[name]
            cases.append(case(name, x, lambda value: {key: y.numpy() for key, y in run(x=tf.constant(value)).items()}))
    prune()
    save_cases(FOLDER, cases)
    run_v1()


if __name__ == "__main__":
    main()
