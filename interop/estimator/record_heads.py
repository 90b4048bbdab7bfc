"""What TensorFlow's v2 heads make of given logits and labels: losses, metrics, predictions. Run: python interop/estimator/record_heads.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
E, v1 = tf.estimator, tf.compat.v1
SUM = tf.losses.Reduction.SUM
r = np.random.RandomState(5)
BATCHES, B = 2, 12


def logits(n, scale=2.0):
    return [(scale * r.randn(B, n)).astype("f") for _ in range(BATCHES)]


def ints(high, shape, dtype="int64"):
    return [r.randint(0, high, shape).astype(dtype) for _ in range(BATCHES)]


def words(values, shape):
    return [np.array(values, object)[r.randint(0, len(values), shape)] for _ in range(BATCHES)]


def floats(shape):
    return [r.rand(*shape).astype("f") for _ in range(BATCHES)]


CASES = [
    ("BinaryClassHead", {}, logits(1), ints(2, (B, 1))),
    ("BinaryClassHead", dict(weight_column="w", thresholds=[0.25, 0.5, 0.9]), logits(1), ints(2, (B,))),
    ("BinaryClassHead", dict(label_vocabulary=["no", "yes"], loss_reduction=SUM, name="named"), logits(1), words(["no", "yes"], (B, 1))),
    ("MultiClassHead", dict(n_classes=3), logits(3), ints(3, (B, 1))),
    ("MultiClassHead", dict(n_classes=4, weight_column="w", label_vocabulary=["a", "b", "c", "d"]), logits(4), words(["a", "b", "c", "d"], (B,))),
    ("RegressionHead", {}, logits(1), floats((B,))),
    ("RegressionHead", dict(label_dimension=2, weight_column="w"), logits(2), floats((B, 2))),
    ("PoissonRegressionHead", dict(weight_column="w"), logits(1, 0.5), [a.astype("f") for a in ints(5, (B, 1))]),
    ("LogisticRegressionHead", {}, logits(1), floats((B, 1))),
    ("MultiLabelHead", dict(n_classes=3), logits(3), ints(2, (B, 3))),
    ("MultiLabelHead", dict(n_classes=3, weight_column="w", thresholds=[0.5], classes_for_class_based_metrics=[0, 2]), logits(3), ints(2, (B, 3))),
    ("MultiLabelHead", dict(n_classes=3, label_vocabulary=["a", "b", "c"], classes_for_class_based_metrics=["b"]), logits(3), ints(2, (B, 3))),
]


def run(kind, options, logit_batches, label_batches, weights):
    with tf.Graph().as_default():
        v1.train.get_or_create_global_step()
        lg = v1.placeholder(tf.float32, [None, logit_batches[0].shape[1]])
        w = v1.placeholder(tf.float32, [None])
        lab = v1.placeholder(tf.as_dtype(label_batches[0].dtype), [None, *label_batches[0].shape[1:]])
        head = getattr(E, kind)(**options)
        spec = head.create_estimator_spec({"x": lg, "w": w}, "eval", lg, lab)
        with v1.Session() as s:
            s.run([v1.global_variables_initializer(), v1.local_variables_initializer(), v1.tables_initializer()])
            metric_vars = [v for m in v1.get_collection(v1.GraphKeys.METRIC_VARIABLES) for v in [m]]
            s.run([v.initializer for v in metric_vars])
            losses, predictions = [], []
            for a, b, c in zip(logit_batches, label_batches, weights):
                feed = {lg: a, lab: b, w: c}
                loss, preds, _ = s.run([spec.loss, spec.predictions, {k: u for k, (_, u) in spec.eval_metric_ops.items()}], feed)
                losses.append(float(loss))
                predictions.append(preds)
            metrics = {k: float(s.run(v)) for k, (v, _) in spec.eval_metric_ops.items()}
    return {
        "kind": kind,
        "options": options,
        "logits": [stored(a) for a in logit_batches],
        "labels": [stored(a) for a in label_batches],
        "weights": [stored(a) for a in weights],
        "losses": losses,
        "metrics": metrics,
        "predictions": [{k: stored(v) for k, v in p.items()} for p in predictions],
    }


write("heads", __file__, {"cases": [run(*case, [(r.rand(B) + 0.1).astype("f") for _ in range(BATCHES)]) for case in CASES]})
