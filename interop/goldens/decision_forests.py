"""Records the decision-forests family: small models that TensorFlow Decision Forests trains, and what its inference ops answer.

    python interop/goldens/decision_forests.py            with tensorflow 2.15.1 and tensorflow_decision_forests 1.8.1

Writes the models (Yggdrasil's files alone) to packages/tureen/src/runtime/kernels/fixtures/decision-forests/ and the fixture beside them,
in which a path is "$FIXTURES/..." for the folder of fixtures; two whole SavedModels with recorded answers go to
packages/tureen/src/saved-model/fixtures/.
"""
from golden import FIXTURES, Golden, encode, json, np, os, rng, run, sys, tf

import shutil
import tempfile

tf.compat.v1.enable_eager_execution()
import tensorflow_decision_forests as tfdf
from yggdrasil_decision_forests.dataset import data_spec_pb2
from yggdrasil_decision_forests.model import abstract_model_pb2
from yggdrasil_decision_forests.model.decision_tree import decision_tree_pb2
from yggdrasil_decision_forests.model.gradient_boosted_trees import gradient_boosted_trees_pb2

MODELS = os.path.abspath(os.path.join(FIXTURES, "decision-forests"))
SAVED = os.path.abspath(os.path.join(FIXTURES, "../../../saved-model/fixtures"))
ROWS = 400


def columns(rows):
    random = rng(rows)
    data = {
        "length": random.normal(size=rows).astype(np.float32),
        "weight": (random.normal(size=rows) * 10).astype(np.float32),
        "count": random.randint(0, 20, rows).astype(np.float32),
        "kind": random.choice([b"steel", b"wood", b"glass", b"paper", b""], rows, p=[0.3, 0.3, 0.2, 0.1, 0.1]),
        "grade": random.randint(0, 6, rows).astype(np.int64),
        "flag": random.randint(0, 2, rows).astype(np.float32),
    }
    for name in ("length", "weight"):
        data[name][random.rand(rows) < 0.15] = np.nan
    words = [b"red", b"green", b"blue", b"round", b"flat", b"long"]
    sets = [list(random.choice(words, random.randint(0, 5))) for _ in range(rows)]
    score = (np.nan_to_num(data["length"]) + 0.05 * np.nan_to_num(data["weight"]) + (data["kind"] == b"wood") - 0.7 * (data["grade"] == 2)
             + 0.6 * data["flag"] + 0.8 * np.array([b"red" in s or b"flat" in s for s in sets]) + 0.2 * random.normal(size=rows))
    data["tags"] = tf.ragged.constant(sets, dtype=tf.string)
    return data, score


def dataset(label):
    data, score = columns(ROWS)
    if label == "binary":
        y = (score > 0.6).astype(np.int64)
    elif label == "three":
        y = np.where(score > 1.2, 2, np.where(score > 0.2, 1, 0))
    elif label == "count":
        y = np.floor(np.exp(np.clip(score, -2, 2))).astype(np.float32)
    elif label == "rank":
        y = np.clip(np.round(score + 1), 0, 4).astype(np.float32)
        data = dict(data, group=np.array([b"q%d" % (i // 10) for i in range(ROWS)]))
    elif label == "uplift":
        y = (score > 0.6).astype(np.int64)
        data = dict(data, treatment=rng(3).randint(0, 2, ROWS))
    else:
        y = score.astype(np.float32)
    return tf.data.Dataset.from_tensor_slices((data, y)).batch(ROWS)


U = tfdf.keras.FeatureUsage
S = tfdf.keras.FeatureSemantic
ALL = {"length": S.NUMERICAL, "weight": S.NUMERICAL, "count": S.NUMERICAL, "kind": S.CATEGORICAL, "grade": S.CATEGORICAL, "flag": S.NUMERICAL, "tags": S.CATEGORICAL_SET}


def usages(names, **changed):
    return [U(n, semantic=changed.get(n, ALL[n])) for n in names]


GBT, RF, CART = tfdf.keras.GradientBoostedTreesModel, tfdf.keras.RandomForestModel, tfdf.keras.CartModel
T = tfdf.keras.Task
small = dict(exclude_non_specified_features=True, verbose=0, num_threads=1)
boost = dict(small, num_trees=6, max_depth=4, validation_ratio=0.0)
forest = dict(small, num_trees=5, max_depth=5, compute_oob_performances=False)
every = list(ALL)
plain = ["length", "weight", "kind", "grade"]
SPECS = {
    "gbt_binary": (GBT, "binary", dict(boost, features=usages(every))),
    "gbt_binary_logits": (GBT, "binary", dict(boost, features=usages(plain), apply_link_function=False)),
    "gbt_multiclass": (GBT, "three", dict(boost, features=usages(every))),
    "gbt_multiclass_logits": (GBT, "three", dict(boost, features=usages(plain), apply_link_function=False, num_trees=3)),
    "gbt_regression": (GBT, "score", dict(boost, features=usages(every), task=T.REGRESSION)),
    "gbt_poisson": (GBT, "count", dict(boost, features=usages(plain), task=T.REGRESSION, loss="POISSON")),
    "gbt_focal": (GBT, "binary", dict(boost, features=usages(plain), loss="BINARY_FOCAL_LOSS")),
    "gbt_ranking": (GBT, "rank", dict(boost, features=usages(plain), task=T.RANKING, ranking_group="group")),
    "gbt_oblique": (GBT, "binary", dict(boost, features=usages(["length", "weight", "count", "kind"]), split_axis="SPARSE_OBLIQUE", sparse_oblique_normalization="STANDARD_DEVIATION")),
    "gbt_discretized": (GBT, "score", dict(boost, features=usages(["length", "weight", "count"], weight=S.DISCRETIZED_NUMERICAL, length=S.DISCRETIZED_NUMERICAL), task=T.REGRESSION)),
    "gbt_missing": (GBT, "score", dict(boost, features=usages(every), task=T.REGRESSION, missing_value_policy="LOCAL_IMPUTATION")),
    "gbt_random_categories": (GBT, "binary", dict(boost, features=usages(["kind", "grade", "flag"]), categorical_algorithm="RANDOM")),
    "gbt_best_first": (GBT, "score", dict(boost, features=usages(plain), task=T.REGRESSION, growing_strategy="BEST_FIRST_GLOBAL", max_num_nodes=12, max_depth=-1)),
    "rf_votes": (RF, "three", dict(forest, features=usages(every))),
    "rf_distributions": (RF, "three", dict(forest, features=usages(every), winner_take_all=False)),
    "rf_binary": (RF, "binary", dict(forest, features=usages(plain))),
    "rf_regression": (RF, "score", dict(forest, features=usages(every), task=T.REGRESSION)),
    "rf_uplift": (RF, "uplift", dict(forest, features=usages(plain), task=T.CATEGORICAL_UPLIFT, uplift_treatment="treatment")),
    "cart": (CART, "three", dict(small, features=usages(plain), max_depth=4)),
}


def train(name):
    kind, label, options = SPECS[name]
    model = kind(**options)
    model.fit(dataset(label), verbose=0)
    return model


def read_model(folder):
    header, spec = abstract_model_pb2.AbstractModel(), data_spec_pb2.DataSpecification()
    names = os.listdir(folder)
    prefix = [n for n in names if n.endswith("data_spec.pb")][0][:-len("data_spec.pb")]
    with open(os.path.join(folder, prefix + "header.pb"), "rb") as f:
        header.ParseFromString(f.read())
    with open(os.path.join(folder, prefix + "data_spec.pb"), "rb") as f:
        spec.ParseFromString(f.read())
    return header, spec, prefix


def banks(header, spec):
    out = {"num": [], "bool": [], "cat": [], "set": []}
    kinds = {1: "num", 9: "num", 7: "bool", 4: "cat", 5: "set"}
    for i in header.input_features:
        out[kinds[spec.columns[i].type]].append(spec.columns[i])
    return out


def values(b, rows, extreme=False, seed=11):
    """Inputs of the op: numbers, flags, categories and sets, with missing and unknown ones among them."""
    r = rng(seed + rows)
    def absent(a, empty):
        return a if a.shape[1] else empty
    num = np.zeros((rows, len(b["num"])), np.float32)
    for j, c in enumerate(b["num"]):
        num[:, j] = r.normal(size=rows) * c.numerical.standard_deviation + c.numerical.mean
        if extreme:
            num[:, j] = r.choice(np.array([np.nan, np.inf, -np.inf, 0, -0.0, 3e38, 1e-40], np.float32), rows)
    num[r.rand(*num.shape) < 0.15] = np.nan
    flags = r.choice(np.array([0, 1, np.nan, 0.5, 0.25], np.float32), (rows, len(b["bool"])))
    cat = np.zeros((rows, len(b["cat"])), np.int32)
    for j, c in enumerate(b["cat"]):
        n = c.categorical.number_of_unique_values
        cat[:, j] = r.randint(-1, n, rows)
        if extreme:
            cat[:, j] = r.choice([-1, 0, n - 1, n, n + 7, -2, 2**31 - 1, -2**31], rows)
    items, inner = [], [0]
    for _ in range(rows):
        for c in b["set"]:
            n = c.categorical.number_of_unique_values
            chosen = sorted(set(r.randint(0, n, r.randint(0, 4)))) if r.rand() > 0.2 else [-1]
            if extreme and r.rand() < 0.3:
                chosen = [0, n, n + 100]
            items += [int(x) for x in chosen]
            inner.append(len(items))
    outer = np.arange(rows + 1, dtype=np.int64) * len(b["set"])
    if not b["set"]:
        outer = np.zeros(1, np.int64)
        inner = [0]
    none = np.zeros((0, 0), np.float32)
    return [absent(num, none), absent(flags, none), absent(cat, none.astype(np.int32)), np.array(items, np.int32), np.array(inner, np.int64), outer]


TYPES = [tf.float32, tf.float32, tf.int32, tf.int32, tf.int64, tf.int64]
op = tfdf.tensorflow.ops.inference.op


FEATURES = ["numerical_features", "boolean_features", "categorical_int_features", "categorical_set_int_features_values",
            "categorical_set_int_features_row_splits_dim_1", "categorical_set_int_features_row_splits_dim_2"]


def features(x):
    return dict(zip(FEATURES, x))


def placeholders():
    return [tf.compat.v1.placeholder(t, [None, None] if i < 3 else [None]) for i, t in enumerate(TYPES)]


def with_paths(sequence):
    """Paths of this machine become relative to the folder of fixtures."""
    for r in sequence["runs"]:
        for feed in r["feeds"].values():
            if feed["d"] == "string":
                feed["v"] = [x.replace(os.path.abspath(FIXTURES), "$FIXTURES") for x in feed["v"]]
        if "error" in r:
            r["error"]["message"] = r["error"]["message"].replace(os.path.abspath(FIXTURES), "$FIXTURES")


def width_of(header, spec):
    if header.task != 1:
        return 1
    classes = spec.columns[header.label_col_idx].categorical.number_of_unique_values - 1
    return 1 if classes == 2 and not header.classification_outputs_probabilities else classes


def answers(g, name):
    folder = os.path.join(MODELS, name)
    header, spec, prefix = read_model(folder)
    b, width = banks(header, spec), width_of(header, spec)

    def build(leaves):
        def graph():
            path = tf.compat.v1.placeholder(tf.string, [])
            handle = op.SimpleMLCreateModelResource(shared_name=name)
            load = op.SimpleMLLoadModelFromPathWithHandle(model_handle=handle, path=path, output_types=["LEAVES"] if leaves else [], file_prefix=prefix)
            x = placeholders()
            y = list(op.SimpleMLInferenceOpWithHandle(**features(x), model_handle=handle, dense_output_dim=width))
            fetches = [op.SimpleMLInferenceLeafIndexOpWithHandle(**features(x), model_handle=handle)] if leaves else y
            sizes = [(1, False), (20, False), (40, True)] if not leaves else [(20, False), (20, True)]
            runs = [run([], {path: folder.encode()}, [load])]
            runs += [run(fetches, dict(zip(x, values(b, rows, extreme)))) for rows, extreme in sizes]
            return runs
        return graph

    used = ["SimpleMLCreateModelResource", "SimpleMLLoadModelFromPathWithHandle"]
    g.sequence(name, build(False), used + ["SimpleMLInferenceOpWithHandle"])
    with_paths(g.sequences[-1])
    # The engine of leaves does not know uplift.
    g.sequence(name + ", leaves", build(True), used + ["SimpleMLInferenceLeafIndexOpWithHandle"])
    with_paths(g.sequences[-1])


def by_identifier(g, name):
    folder = os.path.join(MODELS, name)
    header, spec, _ = read_model(folder)
    b = banks(header, spec)

    def graph():
        path = tf.compat.v1.placeholder(tf.string, None)
        load = op.SimpleMLLoadModelFromPath(path=path, model_identifier="m")
        x = placeholders()
        y = list(op.SimpleMLInferenceOp(**features(x), model_identifier="m", dense_output_dim=width_of(header, spec)))
        feeds = dict(zip(x, values(b, 7)))
        return [run(y, feeds), run([], {path: (folder + "x").encode()}, [load]), run([], {path: np.array([b"a", b"b"], object)}, [load]),
                run([], {path: np.array([folder.encode()], object)}, [load]), run(y, feeds), run([], {path: (folder + "/none").encode()}, [load]), run(y, feeds)]

    g.sequence(name + ", by identifier", graph, ["SimpleMLLoadModelFromPath", "SimpleMLInferenceOp"])
    with_paths(g.sequences[-1])


def errors(g, name):
    folder = os.path.join(MODELS, name)
    header, spec, prefix = read_model(folder)
    b = banks(header, spec)

    def graph():
        path = tf.compat.v1.placeholder(tf.string, [])
        handle = op.SimpleMLCreateModelResource(shared_name="e")
        load = op.SimpleMLLoadModelFromPathWithHandle(model_handle=handle, path=path, file_prefix=prefix)
        other = op.SimpleMLLoadModelFromPathWithHandle(model_handle=handle, path=path, file_prefix="other")
        x = [tf.compat.v1.placeholder(t, None) for t in TYPES]
        y = list(op.SimpleMLInferenceOpWithHandle(**features(x), model_handle=handle, dense_output_dim=width_of(header, spec)))
        wide = list(op.SimpleMLInferenceOpWithHandle(**features(x), model_handle=handle, dense_output_dim=5))
        good = values(b, 4)
        def wrong(i, value):
            return dict(zip(x, good[:i] + [value] + good[i + 1:]))
        feeds = dict(zip(x, good))
        return [run([], {path: folder.encode()}, [other]), run([], {path: (folder + "/none").encode()}, [load]), run([], {path: folder.encode()}, [load]),
                run(y, feeds), run(wide, feeds), run(y, wrong(0, good[0][:, :1])), run(y, wrong(1, np.zeros((4, 3), np.float32))),
                run(y, wrong(2, good[2][:, :1])), run(y, wrong(0, good[0][:3])), run(y, wrong(5, good[5] + 1)), run(y, wrong(4, good[4][:2])),
                run(y, dict(zip(x, values(b, 0)))), run([], {path: folder.encode()}, [load]), run(y, feeds)]

    g.sequence("errors", graph, ["SimpleMLInferenceOpWithHandle"])
    with_paths(g.sequences[-1])


def whole(name, train_as):
    """A whole SavedModel with what it answers."""
    kind, label, options = SPECS[train_as]
    model = train(train_as)
    target = os.path.join(SAVED, name)
    shutil.rmtree(target, ignore_errors=True)
    model.save(target)
    for extra in ("keras_metadata.pb", "fingerprint.pb"):
        path = os.path.join(target, extra)
        if os.path.exists(path):
            os.remove(path)
    loaded = tf.saved_model.load(target)
    signature = loaded.signatures["serving_default"]
    cases = []
    for rows in (1, 9):
        data, _ = columns(rows)
        data["kind"] = data["kind"].copy()
        data["kind"][-1] = b"no such kind"
        # A ragged feature makes Keras number the inputs in the order of the features' names: args_0, args_0_1, ...
        flat = [t for f in sorted(ALL) for t in ([data[f].values, data[f].row_splits] if f == "tags" else [data[f]])]
        wanted = signature.structured_input_signature[1]
        keys = sorted(wanted, key=lambda k: int(k[7:] or 0))
        feeds = {k: tf.cast(v, wanted[k].dtype) if wanted[k].dtype != tf.string else tf.constant(v) for k, v in zip(keys, flat)}
        assert len(keys) == len(flat)
        out = signature(**feeds)
        cases.append({"signature": "serving_default", "name": "%d examples" % rows, "inputs": {k: encode(v.numpy()) for k, v in feeds.items()},
                      "outputs": {k: encode(v.numpy()) for k, v in out.items()}})
    with open(os.path.join(target, "recorded.json"), "w") as f:
        json.dump({"tensorflow": tf.__version__, "tensorflow_decision_forests": tfdf.__version__, "script": "interop/goldens/decision_forests.py", "cases": cases}, f)


def handmade(name, loss, logits):
    """A model with the conditions that TF-DF trains into none: booleans, missing values, large vocabularies, several shards."""
    folder = os.path.join(MODELS, name)
    os.makedirs(folder)
    spec = data_spec_pb2.DataSpecification()
    columns = [("label", 4, 4), ("n", 1, 0), ("b", 7, 0), ("c", 4, 9), ("s", 5, 9), ("big", 4, 2600), ("d", 9, 0), ("m", 1, 0), ("bigset", 5, 2600), ("label2", 1, 0)]
    for title, kind, values in columns:
        c = spec.columns.add(name=title, type=kind)
        if kind in (4, 5):
            c.categorical.number_of_unique_values = values
            c.categorical.is_already_integerized = title != "label"
        if title == "label":
            for i, text in enumerate(["<OOD>", "low", "mid dle", "high"]):
                c.categorical.items[text].index = i
        if kind in (1, 9):
            c.numerical.mean, c.numerical.standard_deviation = 0.5, 2
        if kind == 9:
            c.discretized_numerical.boundaries.extend([-2, -0.5, 0, 0.75, 2.5])
    three = loss == "MULTINOMIAL_LOG_LIKELIHOOD"
    header = abstract_model_pb2.AbstractModel(name="GRADIENT_BOOSTED_TREES", task=1 if three else 2, label_col_idx=0 if three else 9, input_features=list(range(8, 0, -1)))
    N = decision_tree_pb2.Node
    r = rng(4)

    def bitmap(values, size=9):
        out = bytearray((size + 7) // 8)
        for v in values:
            out[v >> 3] |= 1 << (v & 7)
        return bytes(out)

    def conditions():
        C = decision_tree_pb2.Condition
        for na in (False, True):
            yield 1, na, C(higher_condition=C.Higher(threshold=0.25))
            yield 2, na, C(true_value_condition=C.TrueValue())
            yield 3, na, C(contains_condition=C.ContainsVector(elements=[0, 2, 3, 7]))
            yield 3, na, C(contains_bitmap_condition=C.ContainsBitmap(elements_bitmap=bitmap([1, 4, 8])))
            yield 4, na, C(contains_condition=C.ContainsVector(elements=[1, 5]))
            yield 4, na, C(contains_bitmap_condition=C.ContainsBitmap(elements_bitmap=bitmap([0, 2, 8])))
            yield 5, na, C(contains_condition=C.ContainsVector(elements=list(range(0, 2600, 29))))
            yield 6, na, C(discretized_higher_condition=C.DiscretizedHigher(threshold=int(r.randint(0, 7))))
            yield 6, na, C(discretized_higher_condition=C.DiscretizedHigher(threshold=3))
            yield 1, na, C(oblique_condition=C.Oblique(attributes=[1, 7, 7], weights=[0.5, -1.25, 2], threshold=0.1))
            yield 8, na, C(contains_condition=C.ContainsVector(elements=list(range(7, 2600, 31))))
            for column in (1, 2, 3, 4, 5, 7, 8):
                yield column, na, C(na_condition=C.NA())

    nodes = []
    pool = list(conditions())

    def tree(depth):
        if depth == 0:
            nodes.append(N(regressor=decision_tree_pb2.NodeRegressorOutput(top_value=float(r.normal()))))
            return
        column, na, condition = pool[r.randint(len(pool))] if depth < 5 else pool[len(nodes) % len(pool)]
        nodes.append(N(condition=decision_tree_pb2.NodeCondition(na_value=na, attribute=column, condition=condition)))
        tree(depth - 1 if r.rand() < 0.8 else 0)
        tree(depth - 1)

    trees = 36
    for _ in range(trees):
        tree(5)
    shards = 3
    own = gradient_boosted_trees_pb2.Header(num_node_shards=shards, num_trees=trees, loss=loss, initial_predictions=[0, 0, 0] if three else [0.75],
                                            num_trees_per_iter=3 if three else 1, node_format="BLOB_SEQUENCE", output_logits=logits)
    per = -(-len(nodes) // shards)
    files = {"header.pb": header.SerializeToString(deterministic=True), "data_spec.pb": spec.SerializeToString(deterministic=True),
             "gradient_boosted_trees_header.pb": own.SerializeToString(deterministic=True), "done": b""}
    for i in range(shards):
        blobs = [n.SerializeToString(deterministic=True) for n in nodes[i * per:(i + 1) * per]]
        files["nodes-%05d-of-%05d" % (i, shards)] = b"BS" + bytes([0, 0, 0, 0, 0, 0]) + b"".join(len(b).to_bytes(4, "little") + b for b in blobs)
    for file, content in files.items():
        with open(os.path.join(folder, file), "wb") as out:
            out.write(content)


def main():
    shutil.rmtree(MODELS, ignore_errors=True)
    handmade("handmade_regression", "SQUARED_ERROR", False)
    handmade("handmade_classes", "MULTINOMIAL_LOG_LIKELIHOOD", False)
    scratch = tempfile.mkdtemp()
    for name in SPECS:
        saved = os.path.join(scratch, name)
        train(name).save(saved)
        shutil.copytree(os.path.join(saved, "assets"), os.path.join(MODELS, name))
        size = sum(os.path.getsize(os.path.join(MODELS, name, f)) for f in os.listdir(os.path.join(MODELS, name)))
        print(name, size, file=sys.stderr, flush=True)
    whole("decision_forest_classifier", "gbt_multiclass")
    whole("decision_forest_regressor", "rf_regression")
    shutil.rmtree(scratch)
    g = Golden("decision-forests", __file__)
    for name in ["handmade_regression", "handmade_classes", *SPECS]:
        print(name, file=sys.stderr, flush=True)
        answers(g, name)
    by_identifier(g, "gbt_binary")
    by_identifier(g, "rf_votes")
    errors(g, "gbt_binary")
    errors(g, "rf_regression")
    g.write()


main()
