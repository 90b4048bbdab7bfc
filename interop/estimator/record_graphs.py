"""The PREDICT graphs that TensorFlow's canned estimators export: every node's name, op and inputs. Run: python interop/estimator/record_graphs.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import write

E, fc, v1 = tf.estimator, tf.feature_column, tf.compat.v1


def cases():
    x, age = fc.numeric_column("x", shape=[4]), fc.numeric_column("age")
    bucketized = fc.bucketized_column(age, [10.0, 20.0])
    letter = fc.categorical_column_with_vocabulary_list("c", ["a", "b", "c"])
    word = fc.categorical_column_with_hash_bucket("h", 10)
    dense = [x, age, bucketized, fc.indicator_column(letter), fc.embedding_column(word, 3)]
    wide = [age, bucketized, letter, word, fc.crossed_column(["c", bucketized], 20), fc.categorical_column_with_identity("i", 5)]
    yield "dnn_binary", E.DNNClassifier(feature_columns=dense, hidden_units=[8, 4]), dense
    yield "dnn_multi", E.DNNClassifier(feature_columns=dense, hidden_units=[8, 4], n_classes=3, batch_norm=True), dense
    yield "dnn_regressor", E.DNNRegressor(feature_columns=dense, hidden_units=[8, 4]), dense
    yield "linear_binary", E.LinearClassifier(feature_columns=wide), wide
    yield "linear_vocabulary", E.LinearClassifier(feature_columns=wide, n_classes=3, label_vocabulary=["u", "v", "w"]), wide
    yield "combined_binary", E.DNNLinearCombinedClassifier(linear_feature_columns=wide, dnn_feature_columns=dense, dnn_hidden_units=[8, 4]), dense + wide
    yield "baseline_binary", E.BaselineClassifier(), [x]


recorded = []
for name, estimator, columns in cases():
    with tf.Graph().as_default() as graph:
        v1.train.get_or_create_global_step()
        receiver = E.export.build_parsing_serving_input_receiver_fn(fc.make_parse_example_spec(columns))()
        spec = estimator.model_fn(receiver.features, None, "infer", estimator.config)
        nodes = [[node.name, node.op, *node.input] for node in graph.as_graph_def().node]
        summaries = [tensor.op.name for tensor in v1.get_collection(v1.GraphKeys.SUMMARIES)]
    recorded.append({"name": name, "nodes": nodes, "summaries": summaries, "predictions": {k: v.name for k, v in spec.predictions.items()}})
write("graphs", __file__, {"cases": recorded})
