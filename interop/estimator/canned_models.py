"""Every canned estimator and the receivers that it is exported with: the twins of packages/tureen/src/estimator/testing/canned-models.ts.

Each model is trained for a step on the rows below, so that its exports have variables; what they hold is of no interest to signatures.
"""
import numpy as np
import tensorflow as tf

E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1
TREES = tf.__version__.startswith("2.6.")
ROWS = 4
text = lambda *values: np.array([[value.encode()] for value in values], object)
TABLE = {
    "x": np.array([[0.5, -1], [1.5, 2], [-0.25, 0], [3, 1]], "f"),
    "age": np.array([5, 15, 25, 35], "f"),
    "c": text("a", "b", "z", "a"),
    "h": text("w1", "w2", "w3", "w4"),
}
SEQUENCES = {"ids": np.array([[1, 2, 3], [4, -1, -1], [0, 6, -1], [5, 5, 5]], "int64"), "context": TABLE["x"]}
POINTS = {"x": TABLE["x"]}
binary, values = np.array([0, 1, 1, 0], "int64"), np.array([1, 2, 0, 3], "f")
LABELS = {
    "binary": binary,
    "named": np.array([b"no", b"yes", b"yes", b"no"], object),
    "words": np.array([b"u", b"w", b"v", b"u"], object),
    "classes": np.array([2, 1, 0, 1], "int64"),
    "many": np.array([[0, 1, 1], [1, 0, 0], [0, 0, 0], [1, 1, 1]], "int64"),
    "values": values,
    "both": {"first": binary, "second": values},
}


def table_columns():
    age = fc.numeric_column("age")
    bucketized = fc.bucketized_column(age, [10.0, 20.0, 30.0])
    letter = fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])
    word = fc.categorical_column_with_hash_bucket("h", 10)
    dense = [fc.numeric_column("x", shape=[2]), bucketized, fc.indicator_column(letter), fc.embedding_column(word, 3)]
    return dense, [age, bucketized, letter, word, fc.crossed_column(["c", bucketized], 20)]


DENSE, WIDE = table_columns()
SEQUENCE = [fc.embedding_column(fc.sequence_categorical_column_with_identity("ids", 7), 3)]
CONTEXT = [fc.numeric_column("context", shape=[2])]
STEPS = dict(sequence_feature_columns=SEQUENCE, context_feature_columns=CONTEXT)
GROVE = [fc.bucketized_column(fc.numeric_column("age"), [10.0, 20.0, 30.0]), fc.indicator_column(fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"]))]
TREE = dict(n_batches_per_layer=1, n_trees=4, max_depth=3)
TABLE_SPEC = {**fc.make_parse_example_spec(DENSE + WIDE)}
BARE_SPEC = {"x": tf.io.FixedLenFeature([2], tf.float32)}


def models():
    """Name, rows, label, the parsing receiver's spec, how it is made."""
    if TREES:
        spec = fc.make_parse_example_spec(GROVE)
        yield "trees_classifier", TABLE, "binary", spec, lambda **o: E.BoostedTreesClassifier(GROVE, **TREE, **o)
        yield "trees_regressor", TABLE, "values", spec, lambda **o: E.BoostedTreesRegressor(GROVE, **TREE, **o)
        return
    H, X = E, E.experimental
    dense, wide = fc.make_parse_example_spec(DENSE), fc.make_parse_example_spec(WIDE)
    combined = dict(linear_feature_columns=WIDE, dnn_feature_columns=DENSE, dnn_hidden_units=[4])
    sequences = fc.make_parse_example_spec(SEQUENCE + CONTEXT)
    yield "dnn_classifier", TABLE, "binary", dense, lambda **o: E.DNNClassifier([4], DENSE, **o)
    yield "dnn_words", TABLE, "words", dense, lambda **o: E.DNNClassifier([4], DENSE, n_classes=3, label_vocabulary=["u", "v", "w"], batch_norm=True, **o)
    yield "dnn_regressor", TABLE, "values", dense, lambda **o: E.DNNRegressor([4], DENSE, **o)
    yield "dnn_estimator", TABLE, "many", dense, lambda **o: E.DNNEstimator(H.MultiLabelHead(3), [4], DENSE, **o)
    yield "linear_classifier", TABLE, "named", wide, lambda **o: E.LinearClassifier(WIDE, label_vocabulary=["no", "yes"], **o)
    yield "linear_regressor", TABLE, "values", wide, lambda **o: E.LinearRegressor(WIDE, **o)
    yield "linear_estimator", TABLE, "values", wide, lambda **o: E.LinearEstimator(H.PoissonRegressionHead(), WIDE, **o)
    yield "combined_classifier", TABLE, "classes", TABLE_SPEC, lambda **o: E.DNNLinearCombinedClassifier(n_classes=3, **combined, **o)
    yield "combined_regressor", TABLE, "values", TABLE_SPEC, lambda **o: E.DNNLinearCombinedRegressor(**combined, **o)
    yield "combined_estimator", TABLE, "both", TABLE_SPEC, lambda **o: E.DNNLinearCombinedEstimator(H.MultiHead([H.BinaryClassHead(name="first"), H.RegressionHead(name="second")]), **combined, **o)
    yield "baseline_classifier", POINTS, "classes", BARE_SPEC, lambda **o: E.BaselineClassifier(n_classes=3, **o)
    yield "baseline_regressor", POINTS, "values", BARE_SPEC, lambda **o: E.BaselineRegressor(**o)
    yield "baseline_estimator", POINTS, "binary", BARE_SPEC, lambda **o: E.BaselineEstimator(H.LogisticRegressionHead(), **o)
    yield "rnn_classifier", SEQUENCES, "binary", sequences, lambda **o: X.RNNClassifier(units=[4], cell_type="gru", **STEPS, **o)
    yield "rnn_estimator", SEQUENCES, "values", sequences, lambda **o: X.RNNEstimator(H.RegressionHead(), units=[4], cell_type="lstm", **STEPS, **o)
    yield "k_means", POINTS, None, BARE_SPEC, lambda **o: v1.estimator.experimental.KMeans(2, initial_clusters=np.array([[0, 0], [1, 1]], "f"), use_mini_batch=False, **o)


def dataset(rows, label):
    found = rows if label is None else (rows, LABELS[label])
    return tf.data.Dataset.from_tensor_slices(found).batch(ROWS)


def dtype_of(value):
    return tf.string if value.dtype == object else tf.as_dtype(value.dtype)


def placeholders(rows):
    """Of the rows' dtypes and shapes; sequences may be of any length."""
    shape = lambda key, value: [None, None] if key == "ids" else [None, *value.shape[1:]]
    return {key: v1.placeholder(dtype_of(value), shape(key, value), key) for key, value in rows.items()}


def raw(rows):
    def receiver():
        with tf.Graph().as_default():
            build = E.export.build_raw_serving_input_receiver_fn(placeholders(rows))
        return build()

    return receiver


def csv():
    """Lines of text, as a model's own receiver reads them."""
    lines = v1.placeholder(tf.string, [None], "lines")
    x, y, age, letter, word = tf.io.decode_csv(lines, [[0.0], [0.0], [0.0], [""], [""]])
    features = {"x": tf.stack([x, y], 1), "age": age, "c": letter[:, None], "h": word[:, None]}
    return E.export.ServingInputReceiver(features, {"lines": lines})


def points():
    table = v1.placeholder(tf.float32, [None, 3], "table")
    return E.export.ServingInputReceiver({"x": table[:, 1:]}, table)


def bare_points():
    table = v1.placeholder(tf.float32, [None, 2], "table")
    return E.export.TensorServingInputReceiver(table * 2.0, table)


def tokens():
    """Numbered from 1, 0 where a row has ended."""
    numbers = v1.placeholder(tf.int64, [None, None], "tokens")
    context = tf.cast(tf.stack([tf.reduce_max(numbers, 1), tf.reduce_min(numbers, 1)], 1), tf.float32)
    return E.export.ServingInputReceiver({"ids": numbers - 1, "context": context}, {"tokens": numbers})


def dense_spec(spec):
    """The spec with one string for each row where it has a list, so that parsed features are dense."""
    plain = {key: tf.io.FixedLenFeature([1], tf.string, "") if getattr(one, "dtype", None) == tf.string else one for key, one in spec.items()}
    return plain


def alternatives(spec):
    def receiver():
        serialized = v1.placeholder(tf.string, [None], "serialized")
        features = tf.io.parse_example(serialized, dense_spec(spec))
        parsed = {}
        for key, value in features.items():
            if isinstance(value, tf.SparseTensor):
                parsed.update({key + "_indices": value.indices, key + "_values": value.values, key + "_shape": value.dense_shape})
            else:
                parsed[key] = value
        return E.export.ServingInputReceiver(features, {"examples": serialized}, {"parsed": parsed, "bare": serialized})

    return receiver


def sparse(rows):
    """The rows' ids and words as sparse tensors, fed as such; the length of sequences is not known, nor the shape of `h`."""
    shapes = {"c": [None, 1], "h": None, "ids": [None, None]}

    def receiver():
        features = {key: v1.sparse_placeholder(dtype_of(value), shapes[key], key) if key in shapes
                    else v1.placeholder(dtype_of(value), [None, *value.shape[1:]], key) for key, value in rows.items()}
        return E.export.ServingInputReceiver(features, features, {"only": features})

    return receiver


def receivers(name, rows, label, spec):
    """Name and, by mode, what makes the receiver of each kind of export."""
    parsing = E.export.build_parsing_serving_input_receiver_fn(spec)
    yield "parsing", {"infer": parsing}
    yield "raw", {"infer": raw(rows)}
    if rows is TABLE:
        yield "custom", {"infer": csv}
    else:
        yield "custom", {"infer": tokens if rows is SEQUENCES else points}
    if rows is not POINTS:
        yield "sparse", {"infer": sparse(rows)}
    if name == "k_means":
        yield "tensor", {"infer": bare_points}
    yield "alternatives", {"infer": alternatives(spec)}
    if label is not None and not name.startswith("trees"):
        keyed = LABELS[label] if isinstance(LABELS[label], dict) else None
        supervised = E.experimental.build_raw_supervised_input_receiver_fn

        def learning():
            with tf.Graph().as_default():
                labels = placeholders(keyed or {"label": LABELS[label]})
                build = supervised(placeholders(rows), labels if keyed else labels["label"])
            return build()

        yield "supervised", {"train": learning, "eval": learning, "infer": parsing}
