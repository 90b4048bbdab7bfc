"""What tables of TensorFlow's tf.lookup give, and what they refuse. Run: python interop/estimator/record_lookup.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import re
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import lookup_ops

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.FATAL)
L, X = tf.lookup, tf.lookup.experimental
folder = tempfile.mkdtemp()
WORDS, COLUMNS = "red\ngreen\nblue\ncyan\n", "red:7\ngreen:8\nblue:-9\n"
words, columns = folder + "/words.txt", folder + "/columns.txt"
open(words, "w").write(WORDS)
open(columns, "w").write(COLUMNS)
texts = lambda *shape: tf.constant(np.array(["red", "blue", "grey", "", "cyan", "pink"]).reshape(shape or (6,)))
longs = lambda: tf.constant([0, 3, -1, 12, 2], tf.int64)
W, N = L.TextFileIndex.WHOLE_LINE, L.TextFileIndex.LINE_NUMBER
colours = lambda: L.KeyValueTensorInitializer(["red", "green", "blue"], [5, 6, 7])
ids = lambda: L.KeyValueTensorInitializer(["red", "green", "blue"], tf.constant([0, 1, 2], tf.int64))
sparse = lambda: tf.SparseTensor([[0, 1], [2, 0]], ["blue", "pink"], [3, 4])
ragged = lambda: tf.RaggedTensor.from_row_splits(["blue", "pink", "red"], tf.constant([0, 2, 2, 3], tf.int64))
parts = lambda x: [x.indices, x.values, x.dense_shape] if isinstance(x, tf.SparseTensor) else [x.values, x.row_splits]


def found(table, keys):
    return [table.lookup(keys), table.size()]


def mutable(values=tf.int64, default=-1, make=X.MutableHashTable, **more):
    return make(tf.string, values, default, **more)


def changed(table, keys=[["b", "a"], ["c", "x"]]):
    steps = [
        lambda: table.insert(["a", "b", "c"], [1, 2, 3]),
        lambda: table.insert(["b"], [20]),
        lambda: table.remove(tf.constant(["a", "zz"])),
    ]
    return steps, lambda: [table.lookup(tf.constant(keys)), table.size(), *([] if isinstance(table, X.DenseHashTable) else sorted_export(table))]


def sorted_export(table):
    keys, values = table.export()
    order = tf.argsort(tf.strings.to_hash_bucket_fast(keys, 1 << 30))
    return tf.gather(keys, order), tf.gather(values, order)


def vectors(table):
    steps = [lambda: table.insert(["a", "b"], [[1.0, 2], [3, 4]])]
    return steps, lambda: [table.lookup(["b", "c"]), table.lookup(["b", "c"], [[9.0, 8], [7, 6]]) if isinstance(table, X.MutableHashTable) else table.size()]


CASES = {
    "static": lambda: found(L.StaticHashTable(colours(), -1), texts(2, 3)),
    "static of floats": lambda: found(L.StaticHashTable(L.KeyValueTensorInitializer(tf.constant([3, -1], tf.int64), [0.5, 1.5]), 9), longs()),
    "static of ints": lambda: found(L.StaticHashTable(L.KeyValueTensorInitializer([3, -1], ["x", "y"]), "none"), tf.constant([-1, 0], tf.int32)),
    "static of large ints": lambda: found(L.StaticHashTable(L.KeyValueTensorInitializer([3, 2**40], [2**33, 5]), -1), tf.constant([3, 2**40, 0], tf.int64)),
    "static sparse": lambda: parts(L.StaticHashTable(colours(), -1).lookup(sparse())),
    "static ragged": lambda: parts(L.StaticHashTable(colours(), -1).lookup(ragged())),
    "static file": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.string, W, tf.int64, N), -1), texts()),
    "static file of a size": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.string, W, tf.int64, N, vocab_size=3), -1), texts()),
    "static file and offset": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.string, W, tf.int64, N, value_index_offset=10), -1), texts()),
    "static columns": lambda: found(L.StaticHashTable(L.TextFileInitializer(columns, tf.string, 0, tf.int64, 1, delimiter=":"), 0), texts()),
    "static lines": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.int64, N, tf.string, W), "?"), longs()),
    "vocabulary": lambda: found(L.StaticVocabularyTable(ids(), 3), texts()),
    "vocabulary of longs": lambda: found(L.StaticVocabularyTable(L.KeyValueTensorInitializer(tf.constant([12, 3], tf.int64), tf.constant([0, 1], tf.int64)), 5, tf.int32), tf.cast(longs(), tf.int32)),
    "vocabulary sparse": lambda: parts(L.StaticVocabularyTable(ids(), 3).lookup(sparse())),
    "vocabulary of nothing": lambda: found(L.StaticVocabularyTable(None, 4), texts()),
    "index of tensor": lambda: found(lookup_ops.index_table_from_tensor(["red", "blue"]), texts()),
    "index of tensor with default": lambda: found(lookup_ops.index_table_from_tensor(["red", "blue"], default_value=7), texts()),
    "index of tensor with buckets": lambda: found(lookup_ops.index_table_from_tensor(["red", "blue"], num_oov_buckets=10), texts()),
    "index of numbers": lambda: found(lookup_ops.index_table_from_tensor([12, 3], dtype=tf.int64), longs()),
    "index of numbers with buckets": lambda: found(lookup_ops.index_table_from_tensor([12, 3], num_oov_buckets=9, dtype=tf.int32), tf.cast(longs(), tf.int32)),
    "index of file": lambda: found(lookup_ops.index_table_from_file(words, num_oov_buckets=2, vocab_size=3), texts()),
    "index of columns": lambda: found(lookup_ops.index_table_from_file(columns, key_column_index=0, value_column_index=1, delimiter=":"), texts()),
    "strings of tensor": lambda: found(lookup_ops.index_to_string_table_from_tensor(["red", "blue", "pink"], default_value="none"), longs()),
    "strings of file": lambda: found(lookup_ops.index_to_string_table_from_file(words, vocab_size=3), longs()),
    "mutable": lambda: changed(mutable()),
    "mutable of vectors": lambda: vectors(mutable(tf.float32, [0.0, -1])),
    "dense": lambda: changed(mutable(make=X.DenseHashTable, empty_key="", deleted_key="!"), ["b", "a", "c", "x"]),
    "dense of vectors": lambda: vectors(mutable(tf.float32, [0.0, -1], make=X.DenseHashTable, empty_key="", deleted_key="!", initial_num_buckets=8)),
    "wrong keys": lambda: found(L.StaticHashTable(colours(), -1), longs()),
    "wrong keys of a vocabulary": lambda: found(L.StaticVocabularyTable(ids(), 3), longs()),
    "no buckets": lambda: L.StaticVocabularyTable(ids(), 0),
    "values that are no ids": lambda: L.StaticVocabularyTable(colours(), 1),
    "keys of another kind": lambda: L.StaticVocabularyTable(ids(), 1, tf.int64),
    "keys that are floats": lambda: L.StaticVocabularyTable(L.KeyValueTensorInitializer([0.5], tf.constant([0], tf.int64)), 1),
    "no file": lambda: L.TextFileInitializer("", tf.string, W, tf.int64, N),
    "key index": lambda: L.TextFileInitializer(words, tf.string, -3, tf.int64, N),
    "value index": lambda: L.TextFileInitializer(words, tf.string, W, tf.int64, -3),
    "key is a number": lambda: L.TextFileInitializer(words, tf.string, N, tf.string, W),
    "key is a line": lambda: L.TextFileInitializer(words, tf.float32, W, tf.int64, N),
    "value is a number": lambda: L.TextFileInitializer(words, tf.string, W, tf.int32, N),
    "value is a line": lambda: L.TextFileInitializer(words, tf.int64, N, tf.float32, W),
    "vocabulary size": lambda: L.TextFileInitializer(words, tf.string, W, tf.int64, N, vocab_size=0),
    "index of nothing": lambda: lookup_ops.index_table_from_tensor(None),
    "index with few buckets": lambda: lookup_ops.index_table_from_tensor(["a"], num_oov_buckets=-1),
    "index of floats": lambda: lookup_ops.index_table_from_tensor(["a"], dtype=tf.float32),
    "index of another kind": lambda: lookup_ops.index_table_from_tensor(["a"], dtype=tf.int64),
    "index of no file": lambda: lookup_ops.index_table_from_file(""),
    "index of file with few buckets": lambda: lookup_ops.index_table_from_file(words, num_oov_buckets=-1),
    "index of file of nothing": lambda: lookup_ops.index_table_from_file(words, vocab_size=0),
    "index of file of floats": lambda: lookup_ops.index_table_from_file(words, key_dtype=tf.float32),
    "strings of nothing": lambda: lookup_ops.index_to_string_table_from_tensor(None),
    "strings of no file": lambda: lookup_ops.index_to_string_table_from_file(None),
    "strings of file of nothing": lambda: lookup_ops.index_to_string_table_from_file(words, vocab_size=0),
    "a key twice": lambda: found(L.StaticHashTable(L.KeyValueTensorInitializer(["a", "a"], [1, 2]), 0), texts()),
    "more lines than there are": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.string, W, tf.int64, N, vocab_size=9), 0), texts()),
    "a file that is not there": lambda: found(L.StaticHashTable(L.TextFileInitializer("/none/such", tf.string, W, tf.int64, N), 0), texts()),
    "a column that is not there": lambda: found(L.StaticHashTable(L.TextFileInitializer(words, tf.string, 0, tf.int64, 1), 0), texts()),
}


def plain(error):
    text = str(error).split("\n\nOriginal stack trace")[0].replace(folder, "FOLDER")
    text = re.sub(r"^Graph execution error:.*?\nNode: '[^']*'\n", "", text, flags=re.S)
    return re.sub(r"^\{\{function_node.*?\}\} ", "", re.sub(r"\n\t \[\[.*", "", text, flags=re.S))


recorded = {}
for name, make in CASES.items():
    with tf.Graph().as_default(), v1.Session() as session:
        try:
            made = make()
            steps, fetch = made if isinstance(made, tuple) else ([], lambda: made)
            session.run(v1.tables_initializer())
            for step in steps:
                session.run(step())
            recorded[name] = {"values": [stored(value) for value in session.run(fetch())]}
        except Exception as error:
            recorded[name] = {"error": plain(error)}
        print(name, recorded[name].get("error", ""))

with tf.Graph().as_default(), v1.Session() as session:
    table, dense = mutable(name="words"), mutable(make=X.DenseHashTable, name="more", empty_key="", deleted_key="!")
    session.run([table.insert(["a", "b"], [1, 2]), dense.insert(["c"], [3])])
    path = v1.train.Saver().save(session, folder + "/model.ckpt")
    saved = {key: shape for key, shape in tf.train.list_variables(path)}
write("lookup", __file__, {"words": WORDS, "columns": COLUMNS, "cases": recorded, "saved": saved})
