"""Exports a small BoostedTreesClassifier and records what TensorFlow answers with it.

    python interop/saved-model/record_boosted_trees.py

Runs with TensorFlow 2.6 (tensorflow-cpu 2.6.5, Python 3.8), the last with BoostedTrees kernels in use. Writes
packages/tureen/src/saved-model/fixtures/boosted_trees_classifier/: the SavedModel, and recorded.json with the answers of each signature
and the script's and TensorFlow's name.
"""

import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../goldens"))
from golden import encode, error_of, np, rng, session_config, tf, value

if not tf.__version__.startswith("2.6."):
    raise SystemExit("TensorFlow 2.6 is needed, this is " + tf.__version__)

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
FOLDER = os.path.join(HERE, "../../packages/tureen/src/saved-model/fixtures/boosted_trees_classifier")
KINDS = ["steel", "wood", "glass"]

random = rng(4)
rows = 120
size = random.normal(size=rows).astype(np.float32)
weight = random.normal(size=(rows, 2)).astype(np.float32)
kind = random.choice(KINDS + ["paper"], rows)
grade = random.randint(0, 3, rows).astype(np.int64)
score = size + 0.8 * weight[:, 0] * weight[:, 1] + (kind == "wood") - 0.7 * (grade == 2) + 0.3 * random.normal(size=rows)
labels = np.where(score > 0.1, "accept", "reject")

column = tf.feature_column
columns = [
    column.numeric_column("size", default_value=0.25),
    column.numeric_column("weight", shape=(2,)),
    column.indicator_column(column.categorical_column_with_vocabulary_list("kind", KINDS)),
    column.bucketized_column(column.numeric_column("age", default_value=-1.0), [1.0, 2.0]),
    column.categorical_column_with_identity("grade", 3),
]


def input_fn():
    features = {"size": size[:, None], "weight": weight, "kind": kind[:, None], "grade": grade[:, None], "age": (grade * 1.0).astype(np.float32)[:, None]}
    return tf.data.Dataset.from_tensors((features, labels[:, None])).repeat()


scratch = tempfile.mkdtemp()
config = tf.estimator.RunConfig(model_dir=os.path.join(scratch, "model"), tf_random_seed=1, session_config=session_config())
classifier = tf.estimator.BoostedTreesClassifier(
    columns, n_batches_per_layer=1, n_trees=4, max_depth=3, learning_rate=0.4, l2_regularization=0.01, center_bias=True,
    label_vocabulary=["reject", "accept"], quantile_sketch_epsilon=0.1, config=config)
classifier.train(input_fn, max_steps=60)
spec = column.make_parse_example_spec(columns)
exported = classifier.export_saved_model(os.path.join(scratch, "export"), tf.estimator.export.build_parsing_serving_input_receiver_fn(spec))


def example(**features):
    def feature(values):
        if isinstance(values[0], (str, bytes)):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=[v.encode() if isinstance(v, str) else v for v in values]))
        if isinstance(values[0], int):
            return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Example(features=tf.train.Features(feature={k: feature(v) for k, v in features.items()})).SerializeToString(deterministic=True)


batch = [example(size=[float(size[i])], weight=[float(w) for w in weight[i]], kind=[str(kind[i])], age=[float(grade[i])], grade=[int(grade[i])]) for i in range(12)]
cases = {
    "a batch": batch,
    "one example": batch[:1],
    "no examples": [],
    "defaults": [example(weight=[0.5, -1.0], grade=[1]), example(weight=[1e9, -1e9], grade=[2], kind=["wood"])],
    "a value is missing": [example(size=[1.0], grade=[1])],
    "a grade is out of range": [example(weight=[0.5, -1.0], grade=[7])],
}

with tf.Graph().as_default(), tf.compat.v1.Session(config=session_config()) as sess:
    meta = tf.compat.v1.saved_model.load(sess, ["serve"], exported.decode() if isinstance(exported, bytes) else exported)
    recorded = []
    for key, signature in sorted(meta.signature_def.items()):
        (alias, info), = signature.inputs.items()
        aliases = sorted(signature.outputs)
        for name, examples in cases.items():
            record = {"signature": key, "name": name, "inputs": {alias: encode(np.array(examples, object))}}
            try:
                outputs = sess.run([signature.outputs[a].name for a in aliases], {info.name: np.array(examples, object)})
                tensors = [sess.graph.get_tensor_by_name(signature.outputs[a].name) for a in aliases]
                record["outputs"] = {a: encode(value(o, t.dtype)) for a, o, t in zip(aliases, outputs, tensors)}
            except tf.errors.OpError as e:
                record["error"] = error_of(e)
            recorded.append(record)

shutil.rmtree(FOLDER, ignore_errors=True)
shutil.copytree(exported.decode() if isinstance(exported, bytes) else exported, FOLDER)
shutil.rmtree(scratch)
with open(os.path.join(FOLDER, "recorded.json"), "w") as out:
    json.dump({"tensorflow": tf.__version__, "script": "interop/saved-model/record_boosted_trees.py", "cases": recorded}, out, indent=0)
    out.write("\n")
