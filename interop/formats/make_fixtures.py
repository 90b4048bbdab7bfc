"""Writes the fixtures of packages/tureen/src/formats with TensorFlow 2.15 (python make_fixtures.py [folder])."""

import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import ml_dtypes  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from tensorflow.python.checkpoint import checkpoint_management  # noqa: E402

root = pathlib.Path(__file__).resolve().parents[2]
folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "packages/tureen/src/formats/fixtures"
tf.random.set_seed(1)


def message(error):
    """The text of an error without the names that eager execution puts around it."""
    text = getattr(error, "message", None) or str(error)
    if text.startswith("{{function_node"):
        text = text.split("}} ", 1)[1]
    return text.split(" [Op:")[0]


def attempt(function):
    try:
        return {"value": function()}
    except Exception as error:  # the error is what is recorded
        return {"code": type(error).__name__, "error": message(error)}


def hexed(data):
    return data.hex()


def write_json(name, value):
    value = {"tensorflow": tf.__version__, "script": "interop/formats/make_fixtures.py", **value}
    (folder / name).write_text(json.dumps(value, indent=1, ensure_ascii=True) + "\n")


def described(value):
    value = tf.convert_to_tensor(value)
    array = value.numpy()
    result = {"dtype": value.dtype.name, "shape": list(value.shape)}
    if value.dtype == tf.string:
        result["strings"] = [hexed(element) for element in np.ravel(array).tolist()]
    else:
        result["bytes"] = hexed(np.ascontiguousarray(array).tobytes())
    return result


def save(prefix, tensors, specs=None):
    names = [name for name, _ in tensors]
    tf.raw_ops.SaveV2(
        prefix=str(prefix),
        tensor_names=names,
        shape_and_slices=specs or [""] * len(names),
        tensors=[value for _, value in tensors],
    )


def restore(prefix, name, dtype, spec=""):
    return tf.raw_ops.RestoreV2(prefix=str(prefix), tensor_names=[name], shape_and_slices=[spec], dtypes=[dtype])[0]


def bundles():
    save(folder / "half-plus-two", [("a", tf.constant(0.5)), ("b", tf.constant(2.0)), ("c", tf.constant(3.0))])

    numbers = [0, 1, 2, 3, 5, 7]
    tensors = []
    for dtype in ["float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16",
                  "uint32", "uint64", "bool", "complex64", "complex128", "qint8", "quint8", "qint16", "quint16", "qint32",
                  "float8_e5m2", "float8_e4m3fn", "int4", "uint4"]:
        kind = tf.as_dtype(dtype)
        if kind.is_quantized:
            base = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32"}[dtype]
            value = tf.bitcast(tf.constant(numbers, base, shape=[2, 3]), kind)
        elif dtype.startswith("float8") or dtype.endswith("int4"):
            value = tf.constant(np.array(numbers).astype(getattr(ml_dtypes, dtype)).reshape(2, 3))
        elif dtype.startswith("complex"):
            value = tf.constant([complex(n, -n) for n in numbers], kind, shape=[2, 3])
        else:
            value = tf.cast(tf.constant(numbers, tf.int32, shape=[2, 3]), kind)
        tensors.append((f"dtypes/{dtype}", value))
    tensors += [
        ("one_byte_to_misalign", tf.constant(1, tf.int8)),
        ("misaligned", tf.constant([1.5, -2.25], tf.float64)),
        ("empty", tf.zeros([0, 3], tf.int64)),
        ("empty_strings", tf.zeros([0], tf.string)),
        ("strings", tf.constant([["hi", ""], ["w\u00f6rld", b"\x00\xff"], ["x" * 300, "y"]])),
        ("string_scalar", tf.constant("alone")),
        ("extremes", tf.constant([np.iinfo(np.int64).min, np.iinfo(np.int64).max])),
        ("name with blank \u00e9", tf.constant([1.0])),
    ]
    save(folder / "dtypes", tensors)
    expected = []
    for name, value in tensors:
        entry = {"name": name, **described(value)} if not value.dtype.is_quantized else {
            "name": name, "dtype": value.dtype.name, "shape": list(value.shape), "bytes": hexed(value.numpy().tobytes())}
        expected.append(entry)
    write_json("dtypes.json", {"tensors": expected})

    # Enough names with long common prefixes for several restart points.
    many = [(f"model/layer_{i:03d}/kernel/with/a/long/name", tf.constant(float(i))) for i in range(40)]
    save(folder / "many", many)
    os.remove(folder / "many.data-00000-of-00001")

    full = np.arange(24, dtype=np.float32).reshape(4, 3, 2)
    words = ["a", "bb", "ccc"]
    save(folder / "partitioned",
         [("w", full[:1]), ("w", full[1:]), ("columns", full[:, :2]), ("columns", full[:, 2:]),
          ("gap", full[:1]), ("overlap", full[:2]), ("overlap", full[1:]), ("s", tf.constant(words[:1])),
          ("s", tf.constant(words[1:])), ("far", full[:, :, 0][:1]), ("plain", tf.constant([7, 8, 9]))],
         ["4 3 2 0,1:-:-", "4 3 2 1,3:-:-", "4 3 2 -:0,2:-", "4 3 2 -:2,1:-", "4 3 2 0,1:-:-", "4 3 2 0,2:-:-",
          "4 3 2 1,3:-:-", "3 0,1", "3 1,2", "5000000 3 4999999,1:-", ""])
    reads = []
    for name, dtype, spec in [
        ("w", "float32", ""), ("columns", "float32", ""), ("w", "float32", "4 3 2 0,3:1,2:-"),
        ("w", "float32", "4 3 2 0,1:-:-"), ("w", "float32", "4 3 2 2,2:0,1:1,1"), ("columns", "float32", "4 3 2 1,2:1,2:0,1"),
        ("gap", "float32", ""), ("gap", "float32", "4 3 2 1,3:-:-"), ("gap", "float32", "4 3 2 0,1:1,1:-"),
        ("overlap", "float32", ""), ("s", "string", ""), ("s", "string", "3 1,2"), ("far", "float32", "5000000 3 4999999,1:-"),
        ("plain", "int32", "3 0,2"), ("plain", "int32", "3 -"), ("plain", "int32", "4 0,2"), ("plain", "int32", "4"),
        ("plain", "int32", "3 x"), ("plain", "int32", "3 1,5"), ("plain", "int32", "q 1,5"), ("plain", "int32", "3 1,5:-"),
        ("plain", "int32", "3 -1,2"), ("plain", "int32", "3 1,0"), ("nothing", "int32", ""), ("nothing", "int32", "3 0,1"),
    ]:
        outcome = attempt(lambda: described(restore(folder / "partitioned", name, tf.as_dtype(dtype), spec)))
        reads.append({"name": name, "spec": spec, **outcome})
    write_json("partitioned.json", {"reads": reads})

    with tempfile.TemporaryDirectory() as temporary:
        parts = [f"{temporary}/part-0", f"{temporary}/part-1"]
        save(parts[0], [("w", full[:1]), ("first", tf.constant(1))], ["4 3 2 0,1:-:-", ""])
        save(parts[1], [("w", full[1:]), ("second", tf.constant(["2"]))], ["4 3 2 1,3:-:-", ""])
        for part in parts:
            for path in pathlib.Path(temporary).glob(pathlib.Path(part).name + ".*"):
                shutil.copy(path, folder / f"merge-{path.name}")
        tf.raw_ops.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix=str(folder / "merged"))
    write_json("merged.json", {"tensors": [{"name": "first", **described(tf.constant(1))},
                                           {"name": "second", **described(tf.constant(["2"]))},
                                           {"name": "w", **described(full)}]})


def records():
    data = [b"hello", b"", bytes(range(256)) * 2, b"\x00", "w\u00f6rld".encode()]
    for suffix, kind in [("", ""), (".gz", "GZIP"), (".zlib", "ZLIB")]:
        with tf.io.TFRecordWriter(str(folder / f"records.tfrecord{suffix}"), kind) as writer:
            for record in data:
                writer.write(record)
    write_json("records.json", {"records": [hexed(record) for record in data]})

    whole = (folder / "records.tfrecord").read_bytes()

    def outcome(content):
        path = folder / "damaged.tmp"
        path.write_bytes(content)
        found = []
        try:
            for record in tf.data.TFRecordDataset(str(path)):
                found.append(hexed(record.numpy()))
            return {"records": len(found)}
        except tf.errors.OpError as error:
            return {"records": len(found), "code": type(error).__name__, "error": message(error)}
        finally:
            path.unlink()

    small = whole[: 21 + 16]
    cases = [{"cut": cut, **outcome(small[:cut])} for cut in range(len(small) + 1)]
    cases += [{"flip": at, **outcome(small[:at] + bytes([small[at] ^ 0x40]) + small[at + 1:])} for at in range(len(small))]
    write_json("records-damaged.json", {"bytes": hexed(small), "cases": cases})


def events():
    with tempfile.TemporaryDirectory() as temporary:
        with tf.Graph().as_default() as graph:
            tf.compat.v1.placeholder(tf.float32, name="x")
            writer = tf.compat.v1.summary.FileWriter(temporary, graph)
            summary = tf.compat.v1.Summary()
            summary.value.add(tag="loss", simple_value=0.5)
            summary.value.add(tag="accuracy", simple_value=0.75)
            writer.add_summary(summary, 3)
            writer.close()
        shutil.copy(next(pathlib.Path(temporary).glob("events.*")), folder / "v1.tfevents")
    with tempfile.TemporaryDirectory() as temporary:
        writer = tf.summary.create_file_writer(temporary)
        with writer.as_default():
            tf.summary.scalar("loss", 0.25, step=7, description="how wrong")
            tf.summary.text("note", "hello", step=8)
            tf.summary.image("pixel", tf.zeros([1, 1, 1, 3]), step=9)
        writer.close()
        shutil.copy(next(pathlib.Path(temporary).glob("events.*")), folder / "v2.tfevents")
    listed = {}
    for name in ["v1", "v2"]:
        listed[name] = []
        for event in tf.compat.v1.train.summary_iterator(str(folder / f"{name}.tfevents")):
            listed[name].append({
                "wallTime": event.wall_time, "step": event.step, "fileVersion": event.file_version,
                "graphDefBytes": len(event.graph_def),
                "values": [{"tag": value.tag, "kind": value.WhichOneof("value"),
                            "plugin": value.metadata.plugin_data.plugin_name,
                            "description": value.metadata.summary_description,
                            "scalar": value.simple_value if value.HasField("simple_value") else
                            float(tf.make_ndarray(value.tensor)) if value.HasField("tensor") and value.tensor.dtype == 1 else None}
                           for value in event.summary.value]})
    values = [[1.0, 2.0, 3.0], [0.0], [-1.5, 0.0, 1e-13, 2.5, 2.5, 1e21, -1e-13], [0.1 * i - 3 for i in range(50)], []]
    histograms = []
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        for case in values:
            op = tf.raw_ops.HistogramSummary(tag="h", values=tf.constant(case, tf.float64))
            histograms.append({"values": case, "summary": hexed(session.run(op))})
    # Every field, in the order of proto numbers: what the encoder must make byte for byte.
    summary = tf.compat.v1.Summary()
    summary.value.add(tag="scalar", simple_value=1.5)
    summary.value.add(tag="tensor", tensor=tf.make_tensor_proto(tf.constant([[1.0, 2.0]])),
                      metadata=tf.compat.v1.SummaryMetadata(
                          plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="p", content=b"c"),
                          display_name="d", summary_description="s"))
    summary.value.add(tag="text", tensor=tf.make_tensor_proto("path", dtype=tf.string))
    summary.value.add(tag="image", image=tf.compat.v1.Summary.Image(height=1, width=2, colorspace=3, encoded_image_string=b"png"))
    scalars = []
    for dtype in ["float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool"]:
        scalars.append({"dtype": dtype, "value": 1, "proto": hexed(tf.make_tensor_proto(dtype == "bool" or 1, dtype=dtype).SerializeToString())})
    content = tf.make_tensor_proto(np.float32(2.5))
    scalars.append({"dtype": "float32", "value": 2.5, "proto": hexed(content.SerializeToString())})
    write_json("events.json", {"files": listed, "histograms": histograms, "summary": hexed(summary.SerializeToString()),
                               "scalars": scalars})


def states():
    cases = []
    with tempfile.TemporaryDirectory() as temporary:
        for paths, times, preserved in [
            (["model.ckpt-0", "model.ckpt-5"], [1700000000.123, 1700000000.0], 1e-7),
            (["mod\"el's\\x\t\u00e9\x01\n\r\x7f.ckpt-1"], None, None),
            (["a", "b", "c", "d"], [1e16, 1e22, 123456789012345.678, 0.0001], 12345.0),
            (["only"], [9999999999999998.0], 0.5),
        ]:
            checkpoint_management.update_checkpoint_state_internal(
                temporary, os.path.join(temporary, paths[-1]),
                all_model_checkpoint_paths=[os.path.join(temporary, path) for path in paths],
                all_model_checkpoint_timestamps=times, last_preserved_timestamp=preserved, save_relative_paths=True)
            text = (pathlib.Path(temporary) / "checkpoint").read_text()
            cases.append({"paths": paths, "timestamps": times or [], "preserved": preserved or 0, "text": text})
    write_json("checkpoint-state.json", {"cases": cases})


def csv():
    def decode(line, **options):
        return [hexed(field.numpy()) for field in tf.io.decode_csv(line, [[""]] * fields, **options)]

    lines = []
    for line, fields in [
        ("a,b", 2), ('"a,b",c', 2), ('"a""b",c', 2), ('a"b,c', 2), ('"a"b,c', 2), ('"a', 1), ("a,b\r\n", 2), ("a,b\n", 2),
        ('"a\nb",c', 2), ('"a\r\nb",c', 2), ("a\nb,c", 2), ("a,b,", 3), (",", 2), (",,", 3), ("\r\na,b", 2), ("a,\nb", 2), ('"a"', 1),
        ('"a"\n', 1), ('""', 1), ('"",x', 2), (' "a",b', 2), ('"a" ,b', 2), ('a,"', 2), ('""""', 1), ('"""",""""', 2),
        ('"a"",b"', 1), ('"a","b"', 2), ("w\u00f6rld,\u20ac", 2), ('",",","', 2),
    ]:
        lines.append({"line": hexed(line.encode()), **attempt(lambda: decode(line))})
    unquoted = []
    for line, fields in [('a"b,"c"', 2), ("a,b\r\n", 2), ('"a,b"', 2)]:
        unquoted.append({"line": hexed(line.encode()), **attempt(lambda: decode(line, use_quote_delim=False))})
    fields = 2
    semicolon = attempt(lambda: decode("a,x;b", field_delim=";"))

    files = []
    for content, columns in [
        (b"a,b\nc,d\n", 2), (b"a,b\r\nc,d", 2), (b'"x\ny",b\nc,d\n', 2), (b"a\n\nb\n", 1), (b"a,b\rc,d\r", 2), (b'"a""q",b\n"c', 2),
        (b'a"b,c\n', 2), (b'"a"b,c\n', 2), (b'"a"b",c\n', 2), (b'"a","b"\r\n"c","d"', 2), (b"a,\n,b\n,", 2), (b'"",""\n', 2), (b"", 1),
        (b'""""\n"x"\r"y"\n', 1),
    ]:
        path = folder / "file.tmp"
        path.write_bytes(content)

        def read():
            dataset = tf.data.experimental.CsvDataset(str(path), [tf.constant([""])] * columns)
            return [[hexed(field.numpy()) for field in row] for row in dataset]

        files.append({"content": hexed(content), **attempt(read)})
        path.unlink()
    write_json("csv.json", {"lines": lines, "unquoted": unquoted, "semicolon": semicolon, "files": files})


if folder.exists():
    shutil.rmtree(folder)
folder.mkdir(parents=True)
bundles()
records()
events()
states()
csv()
(folder / "README.md").write_text(
    f"Written by TensorFlow {tf.__version__} through `interop/formats/make_fixtures.py`; each `.json` says what the files beside it hold.\n")
print("fixtures:", sum(path.stat().st_size for path in folder.iterdir()), "bytes in", len(list(folder.iterdir())), "files")
