"""What model functions of 1.x do beside layers: variables from a checkpoint, gradients of one's own, lists of tensors, rows of different lengths, savers of a scaffold. Run: python interop/estimator/record_custom_training.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import re
import tempfile

import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.FATAL)
root = tempfile.mkdtemp()
random = np.random.RandomState(3)
SOURCE = {name: np.asarray(random.rand(*shape), "f") for name, shape in {"old/w": [2, 3], "old/b": [3], "old/in/b": [1], "other/c": [2], "top": []}.items()}


def make(variables):
    """Variables that start at -1, by the names of their scopes."""
    return [v1.get_variable(name, shape, initializer=v1.constant_initializer(-1.0), use_resource=True) for name, shape in variables.items()]


with tf.Graph().as_default(), v1.Session() as session:
    variables = [v1.get_variable(name, initializer=value, use_resource=True) for name, value in SOURCE.items()]
    session.run(v1.global_variables_initializer())
    v1.train.Saver(variables).save(session, root + "/source/model.ckpt", global_step=7)

NEW = {"new/w": [2, 3], "new/b": [3], "new/in/b": [1], "x/c": [2]}
MAPS = {
    "scopes": (NEW, {"old/": "new/"}),
    "names": (NEW, {"old/w": "new/w", "other/c": "x/c"}),
    "twice": ({**NEW, "y/b": [3]}, [["old/b", "new/b"], ["old/b", "y/b"]]),
    "everything": ({name: list(value.shape) for name, value in SOURCE.items()}, {"/": "/"}),
    "below a scope": ({"p/old/w": [2, 3], "p/top": [], "q": [2]}, {"/": "p/"}),
    "scope and name": (NEW, {"old/": "new/", "other/c": "x/c"}),
    "nothing there": (NEW, {"old/": "none/"}),
    "missing tensor": (NEW, {"old/x": "new/w"}),
    "missing in scope": (NEW, {"other/": "new/"}),
    "other shape": (NEW, {"old/b": "new/w"}),
    "no scope": (NEW, {"old/w": "new/"}),
    "no such variable": (NEW, {"old/w": "new/z"}),
}
starts = {}
for name, (shapes, assignment) in MAPS.items():
    with tf.Graph().as_default(), v1.Session() as session:
        variables = make(shapes)
        try:
            v1.train.init_from_checkpoint(root + "/source", assignment)
            session.run(v1.global_variables_initializer())
            result = {"values": {v.op.name: stored(session.run(v)) for v in variables}}
        except Exception as error:
            # The shapes of all tensors come in an order of chance.
            result = {"error": re.sub(r"(checkpoint) \{.*\}", r"\1", str(error).replace(root, "ROOT"))}
        starts[name] = {"shapes": shapes, "map": assignment, **result}
        print(name, result.get("error"))


@tf.custom_gradient
def clipped(x):
    return tf.identity(x), lambda dy: tf.clip_by_value(dy, -0.5, 0.5)


@tf.custom_gradient
def log1pexp(x):
    e = tf.exp(x)
    return tf.math.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))


@tf.custom_gradient
def pair(x, y):
    return [x * y, x + y], lambda da, db: [da * 2 + y, db * 3 - x]


@tf.custom_gradient
def constant_for_gradients(x, y):
    return x * y, lambda dy: [None, dy * 10]


def with_variable(w):
    @tf.custom_gradient
    def scaled(x):
        def grad(dy, variables):
            return [dy * 7], [tf.reduce_sum(dy) * tf.ones_like(variables[0])]

        return x * w, grad

    return scaled


def without_variables(w):
    return tf.custom_gradient(lambda x: (x * w, lambda dy: dy))


X, Y = np.float32([[0.3, -2, 5], [1, 0.1, -0.7]]), np.float32([[1, 2, 3], [4, 5, 6]])
FUNCTIONS = {
    "clipped": ([X], lambda x, w: tf.reduce_sum(clipped(x) * x)),
    "log1pexp": ([X * 15], lambda x, w: tf.reduce_sum(log1pexp(x))),
    "pair": ([X, Y], lambda x, y, w: tf.reduce_sum(pair(x, y)[0] * 2) + tf.reduce_sum(pair(x, y)[1] ** 2)),
    "nested": ([X], lambda x, w: tf.reduce_sum(clipped(log1pexp(x)) ** 2)),
    "no gradient of one": ([X, Y], lambda x, y, w: tf.reduce_sum(constant_for_gradients(x, y) + y)),
    "variable": ([X], lambda x, w: tf.reduce_sum(with_variable(w)(x) ** 2) + tf.reduce_sum(w)),
    "variable not taken": ([X], lambda x, w: tf.reduce_sum(without_variables(w)(x))),
    "too few": ([X, Y], lambda x, y, w: tf.reduce_sum(tf.custom_gradient(lambda x, y: (x * y, lambda dy: [dy]))(x, y))),
    "in a branch": ([X], lambda x, w: tf.cond(tf.reduce_sum(x) > 0, lambda: tf.reduce_sum(clipped(x) * x), lambda: 0.0)),
}
gradients = {}
for name, (inputs, function) in FUNCTIONS.items():
    with tf.Graph().as_default(), v1.Session() as session:
        tf.compat.v1.enable_control_flow_v2()
        w = v1.get_variable("w", initializer=np.float32([1.5, -2, 0.5]), use_resource=True)
        session.run(w.initializer)
        tensors = [tf.constant(x) for x in inputs]
        try:
            result = function(*tensors, w)
            slopes = v1.gradients(result, [*tensors, w])
            slopes = [None if slope is None else tf.convert_to_tensor(slope) for slope in slopes]
            found = [None if slope is None else stored(session.run(slope)) for slope in slopes]
            gradients[name] = {"inputs": [stored(x) for x in inputs], "result": stored(session.run(result)), "gradients": found}
        except Exception as error:
            gradients[name] = {"inputs": [stored(x) for x in inputs], "error": str(error)}
        print(name, gradients[name].get("error"))

def squares(x, dynamic=False):
    """Squares of the rows, gathered by a loop."""
    count = tf.shape(x)[0]
    array = tf.TensorArray(tf.float32, 0 if dynamic else count, dynamic_size=dynamic, element_shape=[3])
    return tf.while_loop(lambda i, _: i < count, lambda i, a: (i + 1, a.write(i, x[i] ** 2)), [0, array])[1]


def running(x):
    """Sums of the rows up to each, read back from the list they are written to."""
    array = tf.TensorArray(tf.float32, tf.shape(x)[0], element_shape=[3]).write(0, x[0])
    return tf.while_loop(lambda i, _: i < tf.shape(x)[0], lambda i, a: (i + 1, a.write(i, a.read(i - 1) + x[i])), [1, array])[1]


make_array = lambda size=3, **more: tf.TensorArray(tf.float32, size, **more)
LISTS = {
    "loop": lambda x: [squares(x).stack()],
    "loop that grows": lambda x: [squares(x, True).stack(), squares(x, True).size()],
    "loop that reads": lambda x: [running(x).stack()],
    "gather": lambda x: [make_array().unstack(x).gather([2, 0])],
    "read of nothing": lambda x: [make_array(element_shape=[2]).write(1, x[0, :2]).read(0)],
    "concat": lambda x: [make_array(2, infer_shape=False).write(0, x[:1]).write(1, x[1:]).concat()],
    "split": lambda x: [make_array(2, infer_shape=False).split(x, [1, 2]).read(1)],
    "scatter": lambda x: [make_array(5).scatter([4, 0, 2], x).stack()],
    "branch": lambda x: [tf.cond(tf.reduce_sum(x) > 0, lambda: make_array().unstack(x).write(1, x[0]), lambda: make_array().unstack(-x)).stack()],
    "beyond the end": lambda x: [make_array(2).write(2, x[0]).stack()],
    "other shape": lambda x: [make_array(2).write(0, x[0]).write(1, x[0, :2]).stack()],
}
ROWS = np.float32([[0.3, -2, 5], [1, 0.1, -0.7], [2, 3, -1]])
lists = {}
for name, make in LISTS.items():
    with tf.Graph().as_default(), v1.Session() as session:
        x = tf.identity(tf.constant(ROWS))
        try:
            made = make(x)
            slope = v1.gradients(made[0], x)[0]
            values = session.run([*made, tf.convert_to_tensor(slope)] if slope is not None else made)
            lists[name] = {"values": [stored(value) for value in values[: len(made)]], "gradient": stored(values[-1]) if slope is not None else None}
        except Exception as error:
            text = re.sub(r"^Graph execution error:.*?\nNode: '[^']*'\n", "", str(error), flags=re.S)
            lists[name] = {"error": re.sub(r"\n\t \[\[.*", "", text.split("\n\nOriginal stack trace")[0], flags=re.S)}
        print(name, lists[name].get("error"))

# A model that is evaluated and exported with averages of its weights.
POINTS, TARGETS = random.rand(8, 2).astype("f"), random.rand(8, 1).astype("f")


def averaged(features, labels, mode):
    w = v1.get_variable("w", [2, 1], initializer=v1.constant_initializer(0.25), use_resource=True)
    predictions = tf.matmul(features["x"], w)
    averages = tf.train.ExponentialMovingAverage(0.5)
    if mode != tf.estimator.ModeKeys.TRAIN:
        scaffold = v1.train.Scaffold(saver=v1.train.Saver(averages.variables_to_restore()))
        loss = None if labels is None else v1.losses.mean_squared_error(labels, predictions)
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, loss=loss, scaffold=scaffold)
    loss = v1.losses.mean_squared_error(labels, predictions)
    step = v1.train.GradientDescentOptimizer(0.5).minimize(loss, global_step=v1.train.get_global_step())
    with tf.control_dependencies([step]):
        train_op = averages.apply([w])
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def input_fn():
    return tf.data.Dataset.from_tensors(({"x": POINTS}, TARGETS)).repeat()


estimator = tf.estimator.Estimator(averaged, root + "/averaged")
estimator.train(input_fn, steps=6)
metrics = estimator.evaluate(input_fn, steps=1)
predicted = [row for row, _ in zip(estimator.predict(input_fn, yield_single_examples=True), range(len(POINTS)))]
averages = {
    "x": stored(POINTS), "y": stored(TARGETS), "loss": float(metrics["loss"]), "predictions": stored(np.concatenate([row["output"] if isinstance(row, dict) else row for row in predicted])),
    "variables": {name: stored(estimator.get_variable_value(name)) for name in estimator.get_variable_names()},
}
# Rows of different lengths, in training and in a receiver of Examples.
SPEC = {"x": tf.io.RaggedFeature(tf.float32), "w": tf.io.RaggedFeature(tf.int64, value_key="v", partitions=[tf.io.RaggedFeature.RowSplits("s")]), "y": tf.io.FixedLenFeature([], tf.float32)}
ROWS_OF = [{"x": [1, 2.5], "v": [3, 4, 5], "s": [0, 1, 3], "y": [1]}, {"x": [], "v": [], "s": [0], "y": [2]}, {"x": [-1, 2, 7], "v": [9], "s": [0, 0, 1], "y": [0.5]}]


def example(row):
    made = tf.train.Example()
    for key, values in row.items():
        kind = made.features.feature[key]
        (kind.int64_list if key in "vs" else kind.float_list).value.extend(values)
    return made.SerializeToString()


def ragged_model(features, labels, mode):
    w = v1.get_variable("w", initializer=np.float32([0.5, 0.25]), use_resource=True)
    y = tf.reduce_sum(features["x"], 1) * w[0] + tf.cast(tf.reduce_sum(tf.reduce_sum(features["w"], 2), 1), tf.float32) * w[1]
    predictions = {"y": y, "rows": features["w"].row_lengths()}
    if mode == tf.estimator.ModeKeys.PREDICT:
        outputs = {"serving_default": tf.estimator.export.PredictOutput({"x": features["x"]})} if RAGGED_OUTPUT else None
        return tf.estimator.EstimatorSpec(mode, predictions=predictions, export_outputs=outputs)
    loss = tf.reduce_mean(tf.math.squared_difference(y, labels))
    train = v1.train.GradientDescentOptimizer(0.005).minimize(loss, v1.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)


def ragged_input():
    parsed = tf.io.parse_example(tf.constant([example(row) for row in ROWS_OF]), SPEC)
    labels = parsed.pop("y")
    return parsed, labels


RAGGED_OUTPUT = False
serving_spec = {key: feature for key, feature in SPEC.items() if key != "y"}
receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(serving_spec)
estimator = tf.estimator.Estimator(ragged_model, root + "/ragged")
estimator.train(ragged_input, steps=5)
path = estimator.export_saved_model(root + "/ragged-export", receiver).decode()
examples = [example(row) for row in ROWS_OF]
with tf.Graph().as_default(), v1.Session() as session:
    signature = v1.saved_model.loader.load(session, ["serve"], path).signature_def["serving_default"]
    feed = {signature.inputs["examples"].name: examples}
    served = session.run({key: info.name for key, info in signature.outputs.items()}, feed)
RAGGED_OUTPUT = True
try:
    estimator.export_saved_model(root + "/ragged-export", receiver)
except ValueError as error:
    refused = str(error)
ragged = {"examples": stored(np.array(examples, object)), "served": {key: stored(value) for key, value in served.items()}, "w": stored(estimator.get_variable_value("w")), "refused": refused}
print(served, refused)
write("custom-training", __file__, {"source": {name: stored(value) for name, value in SOURCE.items()}, "starts": starts, "gradients": gradients, "rows": stored(ROWS), "lists": lists, "averages": averages, "ragged": ragged})
