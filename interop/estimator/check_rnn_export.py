"""TensorFlow loads our exports of recurrent models with both loaders, answers as we do, and reads their training's checkpoints.

python interop/estimator/check_rnn_export.py
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import check, end

root = pathlib.Path(__file__).resolve().parents[2]
r = np.random.RandomState(2)


def example(length):
    feature = tf.train.Feature
    return tf.train.Example(features=tf.train.Features(feature={
        "ids": feature(int64_list=tf.train.Int64List(value=r.randint(0, 7, length))),
        "price": feature(float_list=tf.train.FloatList(value=r.randn(length))),
        "context": feature(float_list=tf.train.FloatList(value=r.randn(2))),
    })).SerializeToString()


EXAMPLES = [example(length) for length in (3, 1, 5, 2, 4, 5)]
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "examples.json"), "w") as file:
        json.dump({"examples": [base64.b64encode(e).decode() for e in EXAMPLES], "labels": [0, 1, 1, 0, 1, 0]}, file)
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/estimator/export-rnn.ts", folder]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stderr)
        sys.exit(1)
    for one in json.loads(done.stdout.strip().split("\n")[-1]):
        kind, expected = one["cellType"], np.array(one["probabilities"])
        loaded = tf.saved_model.load(one["path"])
        answer = loaded.signatures["predict"](tf.constant(EXAMPLES))["probabilities"].numpy()
        check(f"{kind} v2 loader", np.allclose(answer, expected, atol=1e-6), (answer, expected))
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            meta = tf.compat.v1.saved_model.load(session, ["serve"], one["path"])
            signature = meta.signature_def["serving_default"]
            scores = session.run(signature.outputs["scores"].name, {signature.inputs["inputs"].name: EXAMPLES})
        check(f"{kind} v1 loader", np.allclose(scores, expected, atol=1e-6), (scores, expected))
        names = tf.train.load_checkpoint(f"{folder}/{kind}").get_variable_to_shape_map()
        check(f"{kind} checkpoint", {"global_step", "rnn_model/logits/kernel"} <= set(names), names)
end()
