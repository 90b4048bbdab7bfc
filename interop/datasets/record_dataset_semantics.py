"""Writes packages/tureen/src/data/fixtures/tensorflow-datasets.json: what tf.data does where its documentation leaves room.

    python interop/datasets/record_dataset_semantics.py        (tensorflow-cpu 2.15.1)

"orders" are the elements of pipelines over range datasets, "listFiles" what patterns find, "errors" the messages of what TensorFlow refuses,
"csvFields" what DecodeCSV's parsers take for a number, "csvInference" the dtypes that make_csv_dataset infers, "numpyInputFn" the batches of numpy_input_fn.
"""

import json
import os
import pathlib
import re
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import numpy as np
import tensorflow as tf

TARGET = pathlib.Path(__file__).parents[2] / "packages/tureen/src/data/fixtures/tensorflow-datasets.json"
Dataset = tf.data.Dataset
v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.FATAL)


def elements(dataset):
    plain = [value if isinstance(value, np.ndarray) else np.asarray(value) for value in dataset.as_numpy_iterator()]
    return [value.tolist() for value in plain]


def message(function):
    try:
        result = function()
        if isinstance(result, Dataset):
            list(result.as_numpy_iterator())
    except Exception as error:
        text = re.sub(r"^\{\{function_node .*?\}\} ", "", str(error))
        return re.sub(r"(\n\t \[\[\{\{node| \[Op:).*", "", text, flags=re.S)
    raise AssertionError("no error")


def counted(size):
    return Dataset.range(1, size).map(lambda x: tf.fill([x], x))


def repeated(x):
    return Dataset.from_tensors(x).repeat(x)


ORDERS = {
    "interleave cycle 2 block 2": lambda: Dataset.range(1, 6).interleave(repeated, cycle_length=2, block_length=2),
    "interleave cycle 3 block 1": lambda: Dataset.range(1, 6).interleave(repeated, cycle_length=3, block_length=1),
    "interleave cycle 1 block 3": lambda: Dataset.range(1, 6).interleave(repeated, cycle_length=1, block_length=3),
    "interleave with empty": lambda: Dataset.range(0, 5).interleave(repeated, cycle_length=2, block_length=1),
    "shard 3 of 1": lambda: Dataset.range(11).shard(3, 1),
    "shard 3 of 2": lambda: Dataset.range(11).shard(3, 2),
    "range 5 0 -2": lambda: Dataset.range(5, 0, -2),
    "take -1": lambda: Dataset.range(3).take(-1),
    "skip -1": lambda: Dataset.range(3).skip(-1),
    "repeat 0": lambda: Dataset.range(3).repeat(0),
    "repeat of nothing": lambda: Dataset.range(0).repeat(),
    "repeat batch": lambda: Dataset.range(5).repeat(2).batch(4),
    "batch repeat": lambda: Dataset.range(5).batch(4).repeat(2),
    "batch drop": lambda: Dataset.range(5).batch(2, drop_remainder=True),
    "padded": lambda: counted(5).padded_batch(2),
    "padded to 5 with -1": lambda: counted(5).padded_batch(2, padded_shapes=[5], padding_values=tf.constant(-1, tf.int64)),
}

ORDERS |= {
    f"window {size} shift {shift} stride {stride}{' drop' if drop else ''} of {count}": (
        lambda size=size, shift=shift, stride=stride, drop=drop, count=count: Dataset.range(count)
        .window(size, shift=shift, stride=stride, drop_remainder=drop)
        .flat_map(lambda window: window.batch(size))
    )
    for size, shift, stride in ((3, None, 1), (3, 1, 1), (2, 5, 1), (3, 2, 2), (2, 1, 3), (1, 1, 1), (4, 6, 2))
    for drop in (False, True)
    for count in (0, 5, 7, 12)
}
ORDERS |= {
    "enumerate 5": lambda: Dataset.range(10, 13).enumerate(5).map(lambda i, x: i * 100 + x),
    "scan sums": lambda: Dataset.range(6).scan(tf.constant(10, tf.int64), lambda sum, x: (sum + x, sum * x)),
    "take while": lambda: Dataset.range(9).map(lambda x: (x * 5) % 7).take_while(lambda x: x != 3),
    "unique": lambda: Dataset.from_tensor_slices([3, 1, 3, 2, 1, 4]).unique(),
    "unique rows": lambda: Dataset.from_tensor_slices([[1, 2], [2, 1], [1, 2]]).unique(),
    "unique repeat": lambda: Dataset.from_tensor_slices([3, 1, 3]).unique().repeat(2),
    "groups of 3": lambda: Dataset.range(17).group_by_window(lambda x: (x * x) % 5, lambda _, group: group.batch(2), window_size=3),
    "groups by key": lambda: Dataset.range(17).group_by_window(
        lambda x: -(x % 4), lambda key, group: group.map(lambda x: x * 10 - key), window_size_func=lambda key: 1 - key),
    "groups of nothing": lambda: Dataset.range(0).group_by_window(lambda x: x, lambda _, group: group, window_size=2),
    "choose": lambda: Dataset.choose_from_datasets(three(), choices(0, 2, 1, 1, 0, 2, 2)),
    "choose to an end": lambda: Dataset.choose_from_datasets(three(), choices(0, 1, 1, 1, 0, 2, 2)),
    "choose beyond ends": lambda: Dataset.choose_from_datasets(three(), choices(0, 1, 1, 1, 0, 2, 2, 1, 2), stop_on_empty_dataset=False),
    "choose all": lambda: Dataset.choose_from_datasets(three(), choices(0, 1, 2).repeat(), stop_on_empty_dataset=False),
    "sample of one": lambda: Dataset.sample_from_datasets(three(), weights=[0.0, 0.0, 1.0]),
    "counter": lambda: Dataset.counter(5, -2).take(4),
    "ignore errors": lambda: Dataset.range(6).map(lambda x: tf.debugging.check_numerics(1.0 / tf.cast(x % 3, tf.float32), "")).ignore_errors(),
    "buckets": lambda: lengths().bucket_by_sequence_length(tf.size, [3, 5], [2, 3, 2]),
    "buckets drop": lambda: lengths().bucket_by_sequence_length(tf.size, [3, 5], [2, 3, 2], drop_remainder=True),
    "buckets to boundary": lambda: lengths().bucket_by_sequence_length(tf.size, [3, 9], [2, 3, 2], pad_to_bucket_boundary=True),
    "buckets to 10 with -1": lambda: lengths().bucket_by_sequence_length(
        tf.size, [3, 5], [2, 3, 2], padded_shapes=[10], padding_values=tf.constant(-1, tf.int64)),
    "buckets without padding": lambda: lengths().bucket_by_sequence_length(
        tf.size, [1, 2, 3, 4, 5, 6, 7], [2] * 8, no_padding=True),
    "fixed length records": lambda: fixed_records(3).map(lambda x: tf.strings.unicode_decode(x, "UTF-8")),
    "fixed length records within": lambda: fixed_records(4, 1, 2).map(lambda x: tf.strings.unicode_decode(x, "UTF-8")),
}


def three():
    return [Dataset.range(0, 3), Dataset.range(10, 12), Dataset.range(20, 23)]


def choices(*numbers):
    return Dataset.from_tensor_slices(np.array(numbers, np.int64))


def lengths():
    sizes = np.array([1, 4, 2, 5, 7, 3, 2, 4, 1, 6, 3], np.int64)
    return Dataset.from_tensor_slices(sizes).map(lambda x: tf.fill([x], x))


def fixed_records(size, header=0, footer=0):
    path = os.path.join(FILES.name, "records")
    with open(path, "w") as file:
        file.write("abcdefghijklmno")
    return tf.data.FixedLengthRecordDataset(path, size, header, footer)


FILES = tempfile.TemporaryDirectory()
LISTED = ["a/x1.txt", "a/x2.txt", "a/.h.txt", "b/x1.txt", "b/sub/x9.txt", "a/[q].txt", "a/y+1.txt"]
PATTERNS = ["a/*", "a/x?.txt", "*/x1.txt", "[ab]/x[!2].txt", "a/.*", "b/*", "b/*/x9.txt", "a/x1.txt", "a/\\[q\\].txt", "*", "a/[x-z]*",
            "./a/x*", "a//x1.txt", "b/../a/x1*", "none", "a/{x1,x2}.txt", "a/[q].txt", "**/x9.txt", "b/**", "a/[]+y]*"]


def listed():
    """The paths of each pattern from within a folder with the files of LISTED; none where TensorFlow finds none."""
    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        for path in LISTED:
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        os.chdir(folder)
        try:
            return {"files": LISTED, "patterns": {pattern: paths(pattern) for pattern in PATTERNS}}
        finally:
            os.chdir(before)


def paths(pattern):
    try:
        return [path.decode() for path in Dataset.list_files(pattern, shuffle=False).as_numpy_iterator()]
    except tf.errors.InvalidArgumentError:
        return []


def ragged():
    return Dataset.from_generator(lambda: iter([[1, 2], [1, 2, 3]]), output_signature=tf.TensorSpec([None], tf.float32))


ERRORS = {
    "batch 0": lambda: Dataset.range(3).batch(0),
    "shuffle 0": lambda: Dataset.range(3).shuffle(0),
    "shard count": lambda: Dataset.range(3).shard(0, 0),
    "shard index": lambda: Dataset.range(3).shard(3, 3),
    "range step": lambda: Dataset.range(1, 5, 0),
    "cycle length": lambda: Dataset.range(3).interleave(repeated, cycle_length=0, block_length=1),
    "block length": lambda: Dataset.range(3).interleave(repeated, cycle_length=1, block_length=0),
    "prefetch": lambda: Dataset.range(3).prefetch(-2),
    "slices of a scalar": lambda: Dataset.from_tensor_slices(3),
    "slices of two lengths": lambda: Dataset.from_tensor_slices({"a": [1, 2, 3], "b": [1, 2]}),
    "batch of two shapes": lambda: ragged().batch(2),
    "padded too small": lambda: counted(5).padded_batch(2, padded_shapes=[2]),
    "unbatch of scalars": lambda: Dataset.range(3).unbatch(),
    "window size": lambda: Dataset.range(3).window(0),
    "window shift": lambda: Dataset.range(3).window(2, shift=0),
    "window stride": lambda: Dataset.range(3).window(2, stride=0),
    "unique of floats": lambda: Dataset.from_tensor_slices([1.0, 1.0]).unique(),
    "unique of pairs": lambda: Dataset.from_tensor_slices(([1, 1], [2, 3])).unique(),
    "group size": lambda: Dataset.range(3).group_by_window(lambda x: x, lambda _, group: group, window_size=0),
    "group without size": lambda: Dataset.range(3).group_by_window(lambda x: x, lambda _, group: group),
    "choice out of range": lambda: Dataset.choose_from_datasets(three(), choices(1, 3)),
    "choice of nothing": lambda: Dataset.choose_from_datasets([], choices(1, 3)),
    "weights": lambda: Dataset.sample_from_datasets(three(), weights=[1.0]),
    "bucket sizes": lambda: lengths().bucket_by_sequence_length(tf.size, [3, 5], [2]),
    "record bytes": lambda: fixed_records(0),
    "unbatch of two lengths": lambda: Dataset.from_tensors({"a": [1, 2, 3], "b": [1, 2]}).unbatch(),
}

FIELDS = {
    "float32": [" 1.5", "2 ", "inf", "-inf", "+inf", "INF", "infinity", "-Infinity", "nan", "NaN", "-nan", "1e3", "1E+3", "0x10", "-0x1F", "+5",
                ".5", "5.", "1e400", "1e-400", "-", ".", "1_0", "1f", "1 2", "\t3", "1e", "  "],
    "float64": ["1e300", "-2.5E-3", "0.1", "abc"],
    "int32": [" 1", "2 ", "+5", "-7", "-0", "007", "2147483647", "2147483648", "-2147483648", "1.0", "-", "1e3", "0x10", "\t1"],
    "int64": ["9223372036854775807", "9223372036854775808", "-9223372036854775808", " 5 ", "1.5"],
}

INFERENCE = [["1", "2"], ["1", "3000000000"], ["1", "2.5"], ["1e300", "1"], ["1", "x"], ["nan", "1"], ["inf", "1"], ["-inf", "1"],
             ["true", "false"], ["1", ""], ["", ""], ["9223372036854775808", "1"], ["-5", "7"], ["1e3", "2"]]


def csv_file(folder, text):
    path = os.path.join(folder, "file.csv")
    with open(path, "w", newline="") as file:
        file.write(text)
    return path


def field(folder, dtype, text):
    path = csv_file(folder, f'"{text}",z\n')
    dataset = tf.data.experimental.CsvDataset(path, [tf.constant([], dtype), ""])
    try:
        return str(next(iter(dataset))[0].numpy())
    except tf.errors.InvalidArgumentError:
        return None


def inferred(folder, values):
    path = csv_file(folder, "x,z\n" + "".join(f"{value},z\n" for value in values))
    dataset = tf.data.experimental.make_csv_dataset(path, 1, num_epochs=1, shuffle=False)
    return dataset.element_spec["x"].dtype.name


def numpy_batches(**arguments):
    with v1.Graph().as_default():
        step = v1.estimator.inputs.numpy_input_fn(np.arange(6.0), None, shuffle=False, **arguments)()
        batches = []
        with v1.train.MonitoredSession() as session:
            try:
                while len(batches) < 5:
                    batches.append(session.run(step).tolist())
            except tf.errors.OutOfRangeError:
                pass
        return batches


def main():
    with tempfile.TemporaryDirectory() as folder:
        result = {
            "tensorflow": tf.__version__,
            "script": "interop/datasets/record_dataset_semantics.py",
            "orders": {name: elements(make()) for name, make in ORDERS.items()},
            "errors": {name: message(make) for name, make in ERRORS.items()},
            "csvFields": {dtype: {text: field(folder, dtype, text) for text in texts} for dtype, texts in FIELDS.items()},
            "csvInference": [{"values": values, "dtype": inferred(folder, values)} for values in INFERENCE],
            "listFiles": listed(),
            "numpyInputFn": [
                {"batchSize": size, "numEpochs": epochs, "batches": numpy_batches(batch_size=size, num_epochs=epochs)}
                for size, epochs in ((4, 1), (4, 2), (10, 1), (4, None))
            ],
        }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
