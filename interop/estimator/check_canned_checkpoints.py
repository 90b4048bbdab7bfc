"""Checkpoints of every canned estimator go both ways: TensorFlow goes on with our training and we with TensorFlow's, with equal losses and variables.

    python interop/estimator/check_canned_checkpoints.py      (needs node; run by `npm run interop`)

Boosted trees go with TensorFlow 2.6, the last that grows them, where TUREEN_INTEROP_TREES_VENV names an environment that has it.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
import canned_models

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tally import add, check, end

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEFORE, AFTER = 3, 6


class Losses(tf.estimator.SessionRunHook):
    def __init__(self):
        self.values = []

    def before_run(self, run_context):
        return tf.estimator.SessionRunArgs(tf.compat.v1.get_collection(tf.compat.v1.GraphKeys.LOSSES)[-1])

    def after_run(self, run_context, run_values):
        self.values.append(float(run_values.results))


def train(model, directory, steps):
    _, rows, label, _, make = model
    losses = Losses()
    config = tf.estimator.RunConfig(tf_random_seed=5, save_summary_steps=1000)
    make(model_dir=directory, config=config).train(lambda: canned_models.dataset(rows, label).repeat(), steps=steps, hooks=[losses])
    return losses.values


def train_ours(jobs, folder):
    path = os.path.join(folder, "jobs.json")
    with open(path, "w") as file:
        json.dump(jobs, file)
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/estimator/train-canned.ts", path]
    done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        print(done.stderr.decode())
        sys.exit(1)
    return json.loads(done.stdout.decode().strip().split("\n")[-1])


def close(ours, theirs):
    return len(ours) == len(theirs) == AFTER and np.allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def same_variables(one, other):
    """The names of what differs in the last checkpoints of two folders."""
    a, b = tf.train.load_checkpoint(one), tf.train.load_checkpoint(other)
    names = set(a.get_variable_to_shape_map())
    different = names ^ set(b.get_variable_to_shape_map())
    for name in names - different:
        left, right = a.get_tensor(name), b.get_tensor(name)
        if isinstance(left, bytes) or getattr(left, "dtype", None) == object:
            continue  # serialized trees: maps are in any order; their losses are equal or not
        if not np.allclose(left, right, rtol=1e-4, atol=1e-5):
            different.add(name)
    return sorted(different)


def main():
    models = list(canned_models.models())
    with tempfile.TemporaryDirectory() as base:
        at = lambda who, model: os.path.join(base, who, model[0])
        jobs = []
        for model in models:
            train(model, at("theirs", model), BEFORE)
            shutil.copytree(at("theirs", model), at("theirs-copy", model))
            jobs.append({"model": model[0], "modelDir": at("theirs-copy", model), "steps": AFTER})
            jobs.append({"model": model[0], "modelDir": at("ours", model), "steps": BEFORE, "copyTo": at("ours-copy", model), "more": AFTER})
        losses = train_ours(jobs, base)
        for i, model in enumerate(models):
            theirs = train(model, at("theirs", model), AFTER)
            check(model[0] + ": we go on with TensorFlow's training", close(losses[2 * i], theirs), "ours %s, TensorFlow's %s" % (losses[2 * i], theirs))
            different = same_variables(at("theirs-copy", model), at("theirs", model))
            check(model[0] + ": we end with TensorFlow's variables", not different, different)
            theirs = train(model, at("ours-copy", model), AFTER)
            check(model[0] + ": TensorFlow goes on with ours", close(losses[2 * i + 1], theirs), "ours %s, TensorFlow's %s" % (losses[2 * i + 1], theirs))
            different = same_variables(at("ours", model), at("ours-copy", model))
            check(model[0] + ": TensorFlow ends with our variables", not different, different)
    venv = os.environ.get("TUREEN_INTEROP_TREES_VENV")
    if not canned_models.TREES and venv is None:
        print("skipped: checkpoints of boosted trees (TUREEN_INTEROP_TREES_VENV names no environment with TensorFlow 2.6)")
    elif not canned_models.TREES:
        run = subprocess.run([os.path.join(venv, "bin/python"), __file__], stdout=subprocess.PIPE)
        *lines, last = run.stdout.decode().strip().split("\n")
        print("\n".join(lines + ["with TensorFlow 2.6: " + last]))
        add(last)
    end()


main()
