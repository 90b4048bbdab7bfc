"""Writes packages/tureen/src/data/fixtures/tensorflow-datasets.json: what tf.data does where its documentation leaves room.

    python interop/datasets/record_dataset_semantics.py        (tensorflow-cpu 2.15.1)

"orders" are the elements of pipelines over range datasets, "errors" the messages of what TensorFlow refuses, "csvFields" what DecodeCSV's
parsers take for a number, "csvInference" the dtypes that make_csv_dataset infers, "numpyInputFn" the batches of numpy_input_fn.
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
    return [value.tolist() if isinstance(value, np.ndarray) else int(value) for value in dataset.as_numpy_iterator()]


def message(function):
    try:
        result = function()
        if isinstance(result, Dataset):
            list(result.as_numpy_iterator())
    except Exception as error:
        text = re.sub(r"^\{\{function_node .*?\}\} ", "", str(error))
        return re.sub(r" \[Op:.*", "", text, flags=re.S)
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
            "numpyInputFn": [
                {"batchSize": size, "numEpochs": epochs, "batches": numpy_batches(batch_size=size, num_epochs=epochs)}
                for size, epochs in ((4, 1), (4, 2), (10, 1), (4, None))
            ],
        }
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
