"""How TensorFlow's RNN estimators train, evaluate, predict and export. Run: python interop/estimator/record_rnn.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow_estimator.python.estimator.head.sequential_head import SequentialHeadWrapper

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
# Keras draws the seeds of its initializers from Python's generator.
tf.keras.utils.set_random_seed(5)
E, fc, x_ = tf.estimator, tf.feature_column, tf.estimator.experimental
ROWS, BATCH, STEPS, WIDTH = 24, 8, 50, 5
AT = [1, 2, 5, 10, 50]

r = np.random.RandomState(5)
lengths = r.randint(1, WIDTH + 1, ROWS)
# Dense labels of whole sequences must be as wide as the longest row of their batch.
lengths[::BATCH] = WIDTH
inside = np.arange(WIDTH)[None, :] < lengths[:, None]
ids = np.where(inside, r.randint(0, 7, (ROWS, WIDTH)), -1).astype("int64")
price = np.where(inside, r.randn(ROWS, WIDTH) + 0.01, 0).astype("f")
context = r.randn(ROWS, 2).astype("f")
weight = np.where(inside, r.rand(ROWS, WIDTH) + 0.5, 0).astype("f")
score = (np.where(inside, np.where(ids % 2, 1, -1) * price, 0)).sum(1) + context[:, 0]
running = np.cumsum(np.where(inside, price, 0), 1)
LABELS = {
    "binary": (score > np.median(score)).astype("int64"),
    "multi": np.digitize(score, np.quantile(score, [1 / 3, 2 / 3])).astype("int64"),
    "regression": score.astype("f"),
    "steps": (running > 0).astype("int64"),
    "values": running.astype("f"),
}


def sparse(values, missing):
    where = np.argwhere(inside)
    return tf.sparse.SparseTensor(where, values[inside], values.shape)


def features():
    return {"ids": sparse(ids, -1), "price": sparse(price, 0), "context": context, "weight": weight}


def columns():
    words = fc.embedding_column(fc.sequence_categorical_column_with_identity("ids", 7), 3)
    return dict(
        sequence_feature_columns=[words, fc.sequence_numeric_column("price")],
        context_feature_columns=[fc.numeric_column("context", shape=[2])],
    )


def stacked():
    k = tf.keras.layers
    return k.StackedRNNCells([k.LSTMCell(4), k.GRUCell(3)])


def cases():
    only = dict(sequence_feature_columns=columns()["sequence_feature_columns"])
    k, H = tf.keras.optimizers.legacy, tf.estimator
    yield "simple", "binary", lambda **o: x_.RNNClassifier(**columns(), units=[6], **o)
    yield "lstm_cell", "binary", lambda **o: x_.RNNClassifier(**only, units=[5], cell_type="lstm", **o)
    yield "lstm_layer", "binary", lambda **o: x_.RNNClassifier(**only, units=5, cell_type="lstm", optimizer=lambda: k.Adam(0.02), **o)
    yield "gru_layer", "binary", lambda **o: x_.RNNClassifier(**only, units=5, cell_type="gru", **o)
    yield "simple_layer", "binary", lambda **o: x_.RNNClassifier(**only, units=4, cell_type="simple_rnn", optimizer="SGD", **o)
    yield "gru_two", "multi", lambda **o: x_.RNNClassifier(**columns(), units=[5, 4], cell_type="gru", n_classes=3, optimizer="Adam", **o)
    yield "lstm_steps", "steps", lambda **o: x_.RNNClassifier(**columns(), units=[5], cell_type="lstm", return_sequences=True, weight_column="weight", **o)
    yield "regressor", "regression", lambda **o: x_.RNNEstimator(H.RegressionHead(), **columns(), rnn_cell_fn=stacked, **o)
    yield "regressor_steps", "values", lambda **o: x_.RNNEstimator(SequentialHeadWrapper(H.RegressionHead(), sequence_length_mask="mask"), **columns(), units=[4], cell_type="gru", return_sequences=True, **o)


def config():
    return E.RunConfig(tf_random_seed=42, save_summary_steps=1000)


class Losses(tf.estimator.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return tf.estimator.SessionRunArgs(tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def checkpoint(path):
    reader = tf.train.load_checkpoint(path)
    return {name: stored(reader.get_tensor(name)) for name in sorted(reader.get_variable_to_shape_map())}


def signatures(path):
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel.FromString(open(os.path.join(path, "saved_model.pb"), "rb").read())
    info = lambda t: [t.name, t.dtype, [d.size for d in t.tensor_shape.dim]]
    return {
        key: {
            "method": s.method_name,
            "inputs": {k: info(v) for k, v in sorted(s.inputs.items())},
            "outputs": {k: info(v) for k, v in sorted(s.outputs.items())},
        }
        for key, s in sorted(model.meta_graphs[0].signature_def.items())
    }


recorded = []
for name, label, make in cases():
    model_dir = tempfile.mkdtemp()
    dataset = lambda: tf.data.Dataset.from_tensor_slices((features(), LABELS[label])).batch(BATCH)
    estimator, losses = make(model_dir=model_dir, config=config()), Losses()
    estimator.train(lambda: dataset().repeat(), steps=STEPS, hooks=[losses])
    metrics = estimator.evaluate(dataset)
    inputs = lambda: tf.data.Dataset.from_tensor_slices(features()).batch(BATCH)
    predictions = list(estimator.predict(inputs))
    spec = fc.make_parse_example_spec(columns()["sequence_feature_columns"] + columns()["context_feature_columns"])
    exported = estimator.export_saved_model(tempfile.mkdtemp(), E.export.build_parsing_serving_input_receiver_fn(spec)).decode()
    recorded.append({
        "name": name,
        "label": label,
        "first": checkpoint(model_dir + "/model.ckpt-0"),
        "losses": {str(step): losses.values[step - 1] for step in AT},
        "last": checkpoint(model_dir + f"/model.ckpt-{STEPS}"),
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": {key: stored(np.stack([p[key] for p in predictions])) for key in predictions[0]},
        "signatures": signatures(exported),
    })
    print(name, metrics, sorted(recorded[-1]["last"]))

write("rnn", __file__, {
    "batch": BATCH,
    "steps": STEPS,
    "features": {"ids": stored(ids), "price": stored(price), "context": stored(context), "weight": stored(weight)},
    "sparse": {"ids": lengths.tolist(), "price": lengths.tolist()},
    "labels": {key: stored(value) for key, value in LABELS.items()},
    "cases": recorded,
})
