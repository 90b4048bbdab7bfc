"""The feature columns, inputs and mistakes that record_feature_columns.py shows to TensorFlow."""

import json

# Vocabulary files, written next to the fixtures.
FILES = {"colours.txt": "red\ngreen\nblue\n", "numbers.txt": "10\n20\n30\n"}


def col(fn, *args, **options):
    return {"fn": fn, "args": list(args), **({"options": options} if options else {})}


numeric = lambda key="x", **o: col("numericColumn", key, **o)
vocabulary = lambda key="c", words=("a", "b", "c"), **o: col("categoricalColumnWithVocabularyList", key, list(words), **o)
hashed = lambda key="h", size=10, **o: col("categoricalColumnWithHashBucket", key, size, **o)
identity = lambda key="i", size=5, **o: col("categoricalColumnWithIdentity", key, size, **o)
indicator = lambda c: col("indicatorColumn", c)
embedding = lambda c, dimension=2, **o: col("embeddingColumn", c, dimension, **o)
bucketized = lambda source, boundaries=(10.0, 20.0): col("bucketizedColumn", source, list(boundaries))
weighted = lambda c, key="w", **o: col("weightedCategoricalColumn", c, key, **o)

STRINGS = {"sparse": "string"}
INTS = {"sparse": "int64"}
FLOATS = {"sparse": "float32"}
INDICES = [[0, 0], [0, 1], [2, 0], [3, 0], [3, 2]]
SHAPE = [4, 3]
WORDS = [INDICES, ["a", "c", "zz", "", "b"], SHAPE]
IDS = [INDICES, [0, 4, 3, -1, 2], SHAPE]
WEIGHTS = [INDICES, [0.5, 2.0, -1.0, 3.0, 0.0], SHAPE]
NONE = [[], [], [4, 0]]
EMPTY = [[], [], [0, 3]]

LAYERS = []


def layer(case, kind, columns, features, *feeds, **options):
    LAYERS.append({"name": case, "layer": kind, "columns": columns, "features": features, "feeds": list(feeds), "options": options})


def both(name, categorical, features, *feeds):
    """One categorical column as indicator, embedding and linear term."""
    layer(f"{name} indicator", "denseFeatures", [indicator(categorical)], features, *feeds)
    layer(f"{name} embedding", "denseFeatures", [embedding(categorical)], features, *feeds)
    layer(f"{name} linear", "linearModelLogits", [categorical], features, *feeds)


x = {"dense": "float32", "shape": [None, 1]}
layer("numeric", "denseFeatures", [numeric()], {"x": x}, {"x": [[1.5], [-2.0]]}, {"x": []})
layer("numeric rank 1", "denseFeatures", [numeric()], {"x": {"dense": "float32", "shape": [None]}}, {"x": [1.5, -2.0]})
layer("numeric int64", "denseFeatures", [numeric(dtype="int64")], {"x": {"dense": "int64", "shape": [None, 1]}}, {"x": [[3], [-2]]})
layer("numeric double normalized", "denseFeatures", [numeric(dtype="float64", normalizerFn="half")], {"x": {"dense": "float64", "shape": [None, 1]}}, {"x": [[3.3], [-2]]})
layer("numeric double linear", "linearModelLogits", [numeric(dtype="float64"), weighted(identity())], {"x": {"dense": "float64", "shape": [None, 1]}, "i": INTS, "w": {"sparse": "float64"}, "a": {"dense": "float16", "shape": [None, 1]}}, {"x": [[3.3], [-2]], "i": [[[0, 0], [1, 0]], [2, 3], [2, 1]], "w": [[[0, 0], [1, 0]], [0.5, 2], [2, 1]], "a": [[1], [2]]})
layer("numeric shape", "denseFeatures", [numeric(shape=[2, 2])], {"x": {"dense": "float32", "shape": [None, 2, 2]}}, {"x": [[[1, 2], [3, 4]]]})
layer("numeric wrong width", "denseFeatures", [numeric(shape=[2])], {"x": {"dense": "float32", "shape": [None, 3]}}, {"x": [[1, 2, 3]]})
layer("numeric fixed batch", "denseFeatures", [numeric(), numeric("y")], {"x": {"dense": "float32", "shape": [2, 1]}, "y": {"dense": "float32", "shape": [2, 1]}}, {"x": [[1], [2]], "y": [[3], [4]]})
layer("numeric two batches", "denseFeatures", [numeric(), numeric("y")], {"x": {"dense": "float32", "shape": [2, 1]}, "y": {"dense": "float32", "shape": [3, 1]}})
layer("numeric sorted", "denseFeatures", [numeric("b"), numeric("a"), numeric("C")], {k: x for k in "abC"}, {"a": [[1]], "b": [[2]], "C": [[3]]})
layer("numeric linear", "linearModelLogits", [numeric(shape=[3]), numeric("y")], {"x": {"dense": "float32", "shape": [None, 3]}, "y": x}, {"x": [[1, 2, 3], [4, 5, 6]], "y": [[1], [2]]}, units=2)
layer("numeric sparse", "denseFeatures", [numeric()], {"x": FLOATS})
layer("numeric scalar", "denseFeatures", [numeric()], {"x": {"dense": "float32", "shape": []}})
layer("numeric unknown rank", "denseFeatures", [numeric()], {"x": {"dense": "float32", "shape": None}}, {"x": [1.5, -2.0]}, {"x": [[1.5], [-2.0]]}, {"x": 1.0})
layer("missing feature", "denseFeatures", [numeric()], {"y": x})

edges = {"x": [[9.99], [10.0], [10.01], [20.0], [-5.0], [1e9]]}
layer("bucketized", "denseFeatures", [bucketized(numeric())], {"x": x}, edges)
layer("bucketized linear", "linearModelLogits", [bucketized(numeric())], {"x": x}, edges)
layer("bucketized wide", "denseFeatures", [bucketized(numeric(shape=[2]))], {"x": {"dense": "float32", "shape": [None, 2]}}, {"x": [[1, 25], [15, 10]]})
layer("bucketized wide linear", "linearModelLogits", [bucketized(numeric(shape=[2]))], {"x": {"dense": "float32", "shape": [None, 2]}}, {"x": [[1, 25], [15, 10]]}, units=2)
layer("bucketized embedding", "denseFeatures", [embedding(bucketized(numeric()))], {"x": x}, edges)
layer("bucketized indicator", "denseFeatures", [indicator(bucketized(numeric()))], {"x": x}, edges)
layer("bucketized beside numeric", "linearModelLogits", [numeric(), bucketized(numeric())], {"x": x}, edges)

both("vocabulary sparse", vocabulary(), {"c": STRINGS}, {"c": WORDS}, {"c": NONE}, {"c": EMPTY})
both("vocabulary dense", vocabulary(), {"c": {"dense": "string", "shape": [None, 2]}}, {"c": [["a", ""], ["", ""], ["zz", "b"]]})
both("vocabulary rank 1", vocabulary(), {"c": {"dense": "string", "shape": [None]}}, {"c": ["a", "", "c", "zz"]})
both("vocabulary fixed batch", vocabulary(), {"c": {"dense": "string", "shape": [3, 1]}}, {"c": [["a"], [""], ["b"]]})
PAIR, COLUMN = [[[0], [1], [2]], ["a", "c", "zz"], [3]], [[[0, 0], [0, 1], [2, 0]], ["a", "c", "zz"], [3, 2]]
both("unknown rank sparse", vocabulary(), {"c": {"sparse": "string", "rank": None}}, {"c": PAIR}, {"c": COLUMN})
both("unknown rank dense", vocabulary(), {"c": {"dense": "string", "shape": None}}, {"c": ["a", "", "c"]}, {"c": [["a", "b"], ["", "zz"]]})
both("vocabulary default", vocabulary(defaultValue=1), {"c": STRINGS}, {"c": WORDS})
both("vocabulary oov", vocabulary(numOovBuckets=4), {"c": STRINGS}, {"c": WORDS})
both("vocabulary int", vocabulary("i", (4, 2, 7)), {"i": INTS}, {"i": IDS})
both("vocabulary int32", vocabulary("i", (4, 2, 7), dtype="int32", numOovBuckets=2), {"i": {"dense": "int32", "shape": [None, 2]}}, {"i": [[4, 7], [-1, 9]]})
both("vocabulary file", col("categoricalColumnWithVocabularyFile", "c", "colours.txt"), {"c": STRINGS}, {"c": [INDICES, ["red", "blue", "zz", "", "green"], SHAPE]})
both("vocabulary file sized oov", col("categoricalColumnWithVocabularyFile", "c", "colours.txt", vocabularySize=2, numOovBuckets=2), {"c": STRINGS}, {"c": [INDICES, ["red", "blue", "zz", "", "green"], SHAPE]})
both("vocabulary file int", col("categoricalColumnWithVocabularyFile", "i", "numbers.txt", dtype="int64"), {"i": INTS}, {"i": [INDICES, [10, 30, 20, -1, 11], SHAPE]})
layer("vocabulary twice", "denseFeatures", [indicator(vocabulary()), embedding(vocabulary())], {"c": STRINGS}, {"c": WORDS})
layer("vocabulary wrong dtype", "denseFeatures", [indicator(vocabulary())], {"c": INTS})
layer("vocabulary float input", "denseFeatures", [indicator(vocabulary())], {"c": FLOATS})

both("hash sparse", hashed(), {"h": STRINGS}, {"h": WORDS}, {"h": NONE})
both("hash dense", hashed(), {"h": {"dense": "string", "shape": [None, 2]}}, {"h": [["a", ""], ["", ""], ["zz", "b"]]})
both("hash int", hashed(dtype="int64"), {"h": INTS}, {"h": IDS})
both("hash int32 dense", hashed(dtype="int32"), {"h": {"dense": "int32", "shape": [None, 2]}}, {"h": [[4, 7], [-1, 9]]})
layer("hash wrong dtype", "denseFeatures", [indicator(hashed())], {"h": INTS})

both("identity sparse", identity(), {"i": INTS}, {"i": IDS}, {"i": NONE}, {"i": [[[0, 0]], [5], [1, 1]]})
both("identity dense", identity(), {"i": {"dense": "int64", "shape": [None, 2]}}, {"i": [[0, 4], [-1, -1], [2, -1]]})
both("identity int32 rank 1", identity(), {"i": {"dense": "int32", "shape": [None]}}, {"i": [3, -1, 0]})
both("identity default", identity(defaultValue=1), {"i": INTS}, {"i": [INDICES, [0, 7, 3, -1, -9], SHAPE]})
both("identity default dense", identity(defaultValue=0), {"i": {"dense": "int32", "shape": [None, 2]}}, {"i": [[0, 7], [-1, -5]]})
layer("identity string", "denseFeatures", [indicator(identity())], {"i": STRINGS})

for combiner in ("mean", "sqrtn", "sum"):
    layer(f"embedding {combiner}", "denseFeatures", [embedding(identity(), 3, combiner=combiner)], {"i": INTS}, {"i": IDS})
    layer(f"embedding weighted {combiner}", "denseFeatures", [embedding(weighted(identity()), 3, combiner=combiner)], {"i": INTS, "w": FLOATS}, {"i": IDS, "w": WEIGHTS})
    layer(f"embedding max norm {combiner}", "denseFeatures", [embedding(identity(), 3, combiner=combiner, maxNorm=1.5)], {"i": INTS}, {"i": IDS})
    layer(f"embedding unsafe {combiner}", "denseFeatures", [embedding(identity(), 3, combiner=combiner, useSafeEmbeddingLookup=False)], {"i": INTS}, {"i": [[[0, 0], [0, 1], [1, 0]], [0, 4, 3], [2, 2]]})
    layer(f"linear {combiner}", "linearModelLogits", [identity()], {"i": INTS}, {"i": IDS}, sparseCombiner=combiner)
    layer(f"linear weighted {combiner}", "linearModelLogits", [weighted(identity())], {"i": INTS, "w": FLOATS}, {"i": IDS, "w": WEIGHTS}, sparseCombiner=combiner, units=3)
layer("embedding bad combiner", "denseFeatures", [embedding(identity(), combiner="median")], {"i": INTS})
layer("embedding not trainable", "denseFeatures", [embedding(identity(), trainable=False)], {"i": INTS}, {"i": IDS})
layer("embedding rank 3", "denseFeatures", [embedding(identity())], {"i": {"sparse": "int64", "rank": 3}})
layer("weighted indicator", "denseFeatures", [indicator(weighted(identity()))], {"i": INTS, "w": FLOATS}, {"i": [[[0, 0], [0, 1], [2, 0]], [1, 4, 3], [4, 2]], "w": [[[0, 0], [0, 1], [2, 0]], [0.5, 2.0, -1.0], [4, 2]]})
layer("weighted int weights", "denseFeatures", [indicator(weighted(vocabulary(), dtype="int32"))], {"c": STRINGS, "w": {"sparse": "int32"}}, {"c": [[[0, 0], [0, 1], [2, 0]], ["a", "c", "b"], [4, 2]], "w": [[[0, 0], [0, 1], [2, 0]], [5, 2, 1], [4, 2]]})
layer("weighted dense", "denseFeatures", [embedding(weighted(vocabulary()))], {"c": {"dense": "string", "shape": [None, 2]}, "w": {"dense": "float32", "shape": [None, 2]}}, {"c": [["a", "b"], ["c", ""]], "w": [[1.0, 2.0], [3.0, 0.0]]})
layer("weighted bad dtype", "denseFeatures", [indicator(weighted(identity()))], {"i": INTS, "w": INTS})

cross = lambda *keys, size=20, **o: col("crossedColumn", list(keys), size, **o)
both("crossed strings", cross("a", "b"), {"a": STRINGS, "b": STRINGS}, {"a": WORDS, "b": WORDS})
both("crossed bucketized", cross("c", bucketized(numeric())), {"c": STRINGS, "x": x}, {"c": WORDS, "x": [[1], [15], [20], [30]]})
both("crossed dense", cross("a", "b", size=7), {"a": {"dense": "string", "shape": [None, 1]}, "b": {"dense": "string", "shape": [None, 2]}}, {"a": [["x"], ["y"]], "b": [["p", ""], ["q", "r"]]})
layer("crossed hash key", "linearModelLogits", [cross("a", "b", hashKey=17)], {"a": STRINGS, "b": STRINGS}, {"a": WORDS, "b": WORDS})
layer("crossed nested", "linearModelLogits", [cross(cross("a", "b"), "d")], {k: STRINGS for k in "abd"}, {"a": WORDS, "b": WORDS, "d": WORDS})
layer("crossed vocabulary", "linearModelLogits", [cross(vocabulary(), identity())], {"c": STRINGS, "i": INTS}, {"c": WORDS, "i": IDS})
layer("crossed mixed", "linearModelLogits", [cross("a", "n", identity())], {"a": STRINGS, "n": {"dense": "int32", "shape": [None, 1]}, "i": INTS}, {"a": WORDS, "n": [[1], [2], [3], [4]], "i": IDS})
layer("crossed weighted", "linearModelLogits", [cross("a", weighted(identity()))], {"a": STRINGS, "i": INTS, "w": FLOATS})

shared = lambda i, **o: col("sharedEmbeddings", [identity("p"), identity("q")], 2, index=i, **o)
layer("shared embeddings", "denseFeatures", [shared(0), shared(1)], {"p": INTS, "q": INTS}, {"p": IDS, "q": [INDICES, [1, 1, 2, 2, 3], SHAPE]})
layer("shared embeddings named", "denseFeatures", [shared(0, combiner="sum", maxNorm=1.0, sharedEmbeddingCollectionName="both", trainable=False)], {"p": INTS}, {"p": IDS})

shared_v1 = lambda i, dimension=2, **o: col("sharedEmbeddingColumns", [identity("p"), identity("q")], dimension, index=i, **o)
pq = {"p": INTS, "q": INTS}
pq_feed = {"p": IDS, "q": [INDICES, [1, 1, 2, 2, 3], SHAPE]}
layer("v1 shared columns", "inputLayer", [shared_v1(1), shared_v1(0)], pq, pq_feed)
layer("v1 shared columns and others", "inputLayer", [shared_v1(0, sharedEmbeddingCollectionName="both", combiner="sqrtn", maxNorm=1.0), embedding(identity("q"), 3), numeric("x"), shared_v1(1, sharedEmbeddingCollectionName="both", trainable=False)], {**pq, "x": x}, {**pq_feed, "x": [[1], [2], [3], [4]]})
layer("v1 shared columns, not trainable", "inputLayer", [shared_v1(0, trainable=False, useSafeEmbeddingLookup=False)], pq, {"p": [INDICES, [0, 4, 3, 1, 2], SHAPE], "q": IDS})
layer("v1 shared columns of one table, two widths", "inputLayer", [shared_v1(0, sharedEmbeddingCollectionName="both"), shared_v1(1, 3, sharedEmbeddingCollectionName="both")], pq)

many = [numeric("x", shape=[2]), numeric("age"), bucketized(numeric("age")), indicator(vocabulary()), embedding(hashed(), 3)]
features = {"x": {"dense": "float32", "shape": [None, 2]}, "age": x, "c": STRINGS, "h": STRINGS}
feeds = {"x": [[1, 2]] * 4, "age": [[5], [10], [15], [25]], "c": WORDS, "h": WORDS}
layer("many", "denseFeatures", many, features, feeds)
layer("many, trainable false", "denseFeatures", many, features, feeds, trainable=False)
wide = [numeric("age"), bucketized(numeric("age")), vocabulary(), hashed(), cross("c", bucketized(numeric("age"))), embedding(hashed(), 3), indicator(identity())]
layer("wide", "linearModelLogits", wide, {**{k: v for k, v in features.items() if k != "x"}, "i": INTS}, {**{k: v for k, v in feeds.items() if k != "x"}, "i": IDS}, units=2)
layer("large linear", "linearModelLogits", [hashed("h", 1000)], {"h": STRINGS}, {"h": WORDS})
layer("v1 input layer", "inputLayer", many, features, feeds)
layer("v1 linear model", "linearModel", wide, {**{k: v for k, v in features.items() if k != "x"}, "i": INTS}, {**{k: v for k, v in feeds.items() if k != "x"}, "i": IDS}, units=2)

layer("v1 shared embeddings", "inputLayer", [shared(0)], {"p": INTS})
layer("v1 categorical in input layer", "inputLayer", [vocabulary()], {"c": STRINGS})
layer("sparse rank 1", "denseFeatures", [indicator(identity())], {"i": {"sparse": "int64", "rank": 1}}, {"i": [[[0], [2]], [3, 1], [3]]})
layer("embedding rank 3 values", "denseFeatures", [embedding(identity(), 4)], {"i": {"sparse": "int64", "rank": 3}}, {"i": [[[0, 0, 0], [0, 0, 1]], [3, 1], [1, 1, 2]]})
layer("odd name linear", "linearModelLogits", [numeric("a b/c")], {"a b/c": x}, {"a b/c": [[1], [2]]})
layer("odd name dense", "denseFeatures", [numeric("a b/c")], {"a b/c": x})
layer("odd name, embedding", "denseFeatures", [embedding(hashed("a b/c"))], {"a b/c": STRINGS})
layer("odd name, v1", "inputLayer", [numeric("a b")], {"a b": x})
layer("odd name, sequence", "sequenceFeatures", [embedding(col("sequenceCategoricalColumnWithIdentity", "a/b", 5))], {"a/b": INTS})
layer("odd name, vocabulary", "linearModelLogits", [vocabulary("c d")], {"c d": STRINGS})
layer("no columns", "denseFeatures", [], {"x": x})
layer("no columns linear", "linearModelLogits", [], {"x": x})
layer("duplicate", "denseFeatures", [numeric(), numeric()], {"x": x})
layer("duplicate linear", "linearModelLogits", [identity("x"), numeric()], {"x": x})
layer("categorical in dense", "denseFeatures", [vocabulary()], {"c": STRINGS})
layer("sequence in dense", "denseFeatures", [embedding(col("sequenceCategoricalColumnWithIdentity", "i", 5))], {"i": INTS})
layer("sequence in indicator", "denseFeatures", [indicator(col("sequenceCategoricalColumnWithIdentity", "i", 5))], {"i": INTS})
layer("sequence column in dense", "denseFeatures", [col("sequenceNumericColumn", "x")], {"x": FLOATS})
layer("dense in sequence", "sequenceFeatures", [numeric()], {"x": x})
layer("plain embedding in sequence", "sequenceFeatures", [embedding(identity())], {"i": INTS})
layer("plain indicator in sequence", "sequenceFeatures", [indicator(identity())], {"i": INTS})

layer("sequence numeric", "sequenceFeatures", [col("sequenceNumericColumn", "x")], {"x": FLOATS}, {"x": [[[0, 0], [0, 1], [1, 0]], [1.0, 2.0, 3.0], [3, 2]]})
layer("sequence numeric wide", "sequenceFeatures", [col("sequenceNumericColumn", "x", shape=[2], defaultValue=-1.0)], {"x": FLOATS}, {"x": [[[0, 0], [0, 1], [0, 2], [0, 3], [1, 0], [1, 1]], [1, 2, 3, 4, 5, 6], [2, 4]]})
layer("sequence identity embedding", "sequenceFeatures", [embedding(col("sequenceCategoricalColumnWithIdentity", "i", 5))], {"i": INTS}, {"i": [[[0, 0], [0, 1], [1, 0], [3, 2]], [2, 0, 1, 4], [4, 3]]})
layer("sequence vocabulary indicator", "sequenceFeatures", [indicator(col("sequenceCategoricalColumnWithVocabularyList", "c", ["a", "b", "c"]))], {"c": STRINGS}, {"c": [[[0, 0], [0, 1], [1, 0]], ["a", "b", "c"], [2, 2]]})
layer("sequence both", "sequenceFeatures", [embedding(col("sequenceCategoricalColumnWithHashBucket", "h", 10)), col("sequenceNumericColumn", "x")], {"h": STRINGS, "x": FLOATS}, {"h": [[[0, 0], [0, 1], [1, 0]], ["a", "b", "c"], [2, 2]], "x": [[[0, 0], [0, 1], [1, 0]], [1.0, 2.0, 3.0], [2, 2]]}, {"h": [[[0, 0], [0, 1], [1, 0]], ["a", "b", "c"], [2, 2]], "x": [[[0, 0], [0, 1], [1, 0], [1, 1]], [1.0, 2.0, 3.0, 4.0], [2, 2]]})

parsed = [numeric("x", shape=[2], defaultValue=[1.0, 2.0]), numeric("age"), embedding(weighted(hashed())), indicator(identity())]
SERIALIZED = {"serialized": {"dense": "string", "shape": [None]}}
layer(
    "parsed", "parseExample", parsed, SERIALIZED,
    {"serialized": {"examples": [{"x": [5.0, 6.0], "age": [3.0], "h": ["a", "b"], "w": [0.5, 2.0], "i": [1, 4]}, {"age": [4.0], "extra": [1]}]}},
    {"serialized": {"examples": [{"x": [5.0, 6.0]}]}},
)


def parse(case, spec, *examples, **options):
    layer(case, "parse", [], SERIALIZED, *[{"serialized": {"examples": e}} for e in examples], **options)
    LAYERS[-1]["spec"] = spec


parse(
    "parse every kind",
    {
        "fixed": ["FixedLenFeature", [2], "float32"],
        "with default/é": ["FixedLenFeature", [], "int64", 7],
        "text": ["FixedLenFeature", [1], "string", ["none"]],
        "any": ["VarLenFeature", "int64"],
        "steps": ["FixedLenSequenceFeature", [], "float32", {"allowMissing": True, "defaultValue": -1.0}],
        "wide steps": ["FixedLenSequenceFeature", [2], "int64", {"allowMissing": True}],
    },
    [{"fixed": [1.0, 2.0], "any": [1, 2, 3], "steps": [0.5], "text": ["t"]}, {"fixed": [3.0, 4.0], "with default/é": [8], "steps": [1.5, 2.5], "wide steps": [1, 2, 3, 4]}],
    [{"fixed": [1.0]}],
)
parse("parse sparse", {"s": ["SparseFeature", "ix", "value", "float32", 10]}, [{"ix": [3, 1], "value": [0.5, 2.0]}, {}])
parse("parse sparse 2d, sorted", {"s": ["SparseFeature", ["row", "col"], "value", "int64", [4, 5], True], "col": ["VarLenFeature", "int64"]}, [{"row": [0, 1], "col": [2, 3], "value": [7, 8]}])
parse("parse named", {"any": ["VarLenFeature", "string"]}, [{"any": ["a"]}, {}], name="mine")
parse("parse nothing", {})
parse("parse conflict", {"s": ["SparseFeature", "ix", "value", "float32", 10], "ix": ["VarLenFeature", "string"]})
parse("parse dense and sparse", {"s": ["SparseFeature", "ix", "value", "float32", 10], "ix": ["FixedLenFeature", [1], "int64"]})
parse("parse unknown size", {"x": ["FixedLenFeature", [None], "float32"]})
parse("parse unknown inner size", {"x": ["FixedLenFeature", [2, None], "float32"]})
parse("parse missing not allowed", {"x": ["FixedLenSequenceFeature", [], "float32", {}]})

SPECS = [
    {"make": "makeParseExampleSpec", "columns": wide + [numeric("z", shape=[2, 3], dtype="int32", defaultValue=4)]},
    {"make": "makeParseExampleSpec", "columns": parsed + [shared(0), col("sequenceNumericColumn", "s"), cross("a", "b")]},
    {"make": "makeParseExampleSpec", "columns": [numeric("x", defaultValue=[0.5]), vocabulary("i", (1, 2)), col("categoricalColumnWithVocabularyFile", "c", "colours.txt")]},
    {"make": "makeParseExampleSpec", "columns": [numeric(), identity("x")]},
    {"make": "makeParseExampleSpec", "columns": [weighted(identity("i"), "i")]},
    {"make": "makeParseExampleSpec", "columns": []},
    {"make": "classifierParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y"}},
    {"make": "classifierParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y", "labelDtype": "string", "weightColumn": "w"}},
    {"make": "classifierParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "x"}},
    {"make": "classifierParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y", "weightColumn": "x"}},
    {"make": "classifierParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y", "weightColumn": "y"}},
    {"make": "regressorParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y"}},
    {"make": "regressorParseExampleSpec", "columns": [numeric()], "options": {"labelKey": "y", "labelDimension": 3, "labelDtype": "float64", "weightColumn": numeric("w", shape=[1])}},
]

ERRORS = [
    {"column": c}
    for c in [
        numeric(), numeric(shape=[2], defaultValue=[1.0, 2.0]), numeric(shape=[2, 2], defaultValue=0.5), numeric(shape=3), numeric(defaultValue=3, dtype="int32"),
        numeric(shape=[0]), numeric(shape=[-1]), numeric(dtype="string"), numeric(shape=[2], defaultValue=[1.0]), numeric(defaultValue=0.5, dtype="int32"), numeric(defaultValue="a"),
        numeric(shape=[1.5]), numeric(3), numeric(shape=[2], defaultValue=[[1.0, 2.0]]),
        bucketized(numeric()), bucketized(numeric(shape=[2, 2])), bucketized(identity()), bucketized(numeric(), ()), bucketized(numeric(), (2.0, 1.0)), bucketized(numeric(), (1.0, 1.0)),
        identity(), identity(defaultValue=2), identity("i", 0), identity("i", 5, defaultValue=5), identity("i", 5, defaultValue=-1), identity(3, 5),
        vocabulary(), vocabulary("i", (1, 2), dtype="int32"), vocabulary("c", ()), vocabulary("c", ("a", "a")), vocabulary("c", ("a", "b"), dtype="int64"), vocabulary("c", (1.5, 2.5)),
        vocabulary(defaultValue=2, numOovBuckets=1), vocabulary(numOovBuckets=-1), vocabulary(dtype="float32"), vocabulary(numOovBuckets=2),
        hashed(), hashed("h", 0), hashed("h", 5, dtype="float32"), hashed("h", 5, dtype="int64"), hashed(3, 5),
        col("categoricalColumnWithVocabularyFile", "c", "colours.txt"), col("categoricalColumnWithVocabularyFile", "c", "missing.txt"), col("categoricalColumnWithVocabularyFile", "c", "colours.txt", vocabularySize=0),
        col("categoricalColumnWithVocabularyFile", "c", "colours.txt", numOovBuckets=1, defaultValue=0), col("categoricalColumnWithVocabularyFile", "c", "colours.txt", numOovBuckets=-1), col("categoricalColumnWithVocabularyFile", "c", "colours.txt", dtype="float32"),
        weighted(identity()), weighted(identity(), dtype="string"), weighted(identity(), dtype="int32"),
        cross("a", "b"), cross("a", identity(), hashKey=3), cross("b", "a", cross("d", "c")), cross("a", "b", size=0), cross("a"), cross("a", hashed()), cross("a", numeric()), cross("a", bucketized(numeric())), cross("a", 3),
        indicator(vocabulary()), indicator(numeric()), embedding(vocabulary(), combiner="sum", trainable=False), embedding(vocabulary(), 0), embedding(vocabulary(), ckptToLoadFrom="a"),
        col("sharedEmbeddingColumns", [identity("a", 3), identity("b", 4)], 2, index=0), col("sharedEmbeddingColumns", [identity("a", 3), hashed("b", 3)], 2, index=0), col("sharedEmbeddingColumns", [identity("a", 3)], 0, index=0),
        col("sharedEmbeddingColumns", [identity("a", 3)], 2, index=0, ckptToLoadFrom="x"),
        col("sharedEmbeddings", [identity("a", 3), identity("b", 4)], 2, index=0), col("sharedEmbeddings", [identity("a", 3), hashed("b", 3)], 2, index=0), col("sharedEmbeddings", [identity("a", 3), weighted(identity("b", 3))], 2, index=1), col("sharedEmbeddings", [identity("a", 3)], 0, index=0),
        col("sequenceNumericColumn", "x"), col("sequenceNumericColumn", "x", shape=[2], dtype="int32", defaultValue=1), col("sequenceNumericColumn", "x", dtype="string"), col("sequenceCategoricalColumnWithIdentity", "i", 5), col("sequenceCategoricalColumnWithVocabularyList", "c", ["a"]), col("sequenceCategoricalColumnWithHashBucket", "h", 5),
        embedding(col("sequenceCategoricalColumnWithIdentity", "i", 5)),
    ]
]

# Every case must survive the way through JSON, as the tests read it.
json.dumps([LAYERS, SPECS, ERRORS])
