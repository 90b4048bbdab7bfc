"""Records what InitializeTableFromTextFileV2 makes of text files: packages/tureen/src/runtime/kernels/lookup/fixtures/vocabulary.json."""
from golden import error_of, session_config, tf, np
import json
import os
import tempfile

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/runtime/kernels/lookup/fixtures")
S, I64, I32, F32, F64 = tf.string, tf.int64, tf.int32, tf.float32, tf.float64
cases = []
folder = tempfile.mkdtemp()


def case(name, content, key=S, value=I64, key_index=-2, value_index=-1, vocab_size=-1, delimiter="\t", offset=0, missing=False):
    path = os.path.join(folder, "vocab.txt")
    with open(path, "wb") as f:
        f.write(content)
    record = {"name": name, "content": content.decode("latin-1"), "key": key.name, "value": value.name, "keyIndex": key_index, "valueIndex": value_index,
              "vocabSize": vocab_size, "delimiter": delimiter, "offset": offset}
    with tf.Graph().as_default(), tf.compat.v1.Session(config=session_config()) as sess:
        try:
            t = tf.raw_ops.HashTableV2(key_dtype=key, value_dtype=value)
            sess.run(tf.raw_ops.InitializeTableFromTextFileV2(table_handle=t, filename=path, key_index=key_index, value_index=value_index,
                                                              vocab_size=vocab_size, delimiter=delimiter, offset=offset))
            k, v = sess.run(tf.raw_ops.LookupTableExportV2(table_handle=t, Tkeys=key, Tvalues=value))
            text = lambda x: x.decode("latin-1") if isinstance(x, bytes) else str(x)
            record["pairs"] = sorted([text(a), text(b)] for a, b in zip(k.tolist(), v.tolist()))
        except (tf.errors.OpError, ValueError) as e:
            error = error_of(e)
            record["error"] = {"code": error["code"], "message": error["message"].replace(path, "<file>")}
    cases.append(record)


words = b"emerson\nlake\npalmer\n"
case("words", words)
case("no newline at the end", words[:-1])
case("carriage returns", b"a\r\nb\r\nc")
case("carriage return inside", b"a\rb\nc\n")
case("bytes that are no UTF-8", b"\xff\xfe\n\xc3\x28\n")
case("blanks count", b" a\nb \n c d \n")
case("offset", words, offset=7)
case("vocab_size cuts", words, vocab_size=2)
case("vocab_size fits", words, vocab_size=3)
case("vocab_size too large", words, vocab_size=4)
case("vocab_size nought", words, vocab_size=0)
case("empty line", b"a\n\nb\n")
case("empty first line", b"\na\n")
case("empty line behind vocab_size", b"a\nb\n\n", vocab_size=2)
case("empty file", b"")
case("one empty line", b"\n")
case("duplicates", b"a\nb\na\n")
case("line numbers to words", words, key=I64, value=S, key_index=-1, value_index=-2)
case("whole line as key and value", words, value=S, value_index=-2)
case("columns", b"a\t1\t0.5\nb\t2\t1.5\n", key_index=0, value_index=1)
case("columns of floats", b"a\t1\t0.5\nb\t2\t1.5e3\n", key_index=0, value=F32, value_index=2)
case("columns of doubles", b"a,1,inf\nb,2,-0x1p4\nc,3,nan", key_index=0, value=F64, value_index=2, delimiter=",")
case("columns of int32 with offset", b"a 1\nb 2\n", key_index=0, value=I32, value_index=1, delimiter=" ", offset=10)
case("columns of int64 with offset", b"a 1\nb 2\n", key_index=0, value_index=1, delimiter=" ", offset=10)
case("column and line number", b"a 1\nb 2\n", key_index=0, value_index=-1, delimiter=" ")
case("integer keys", b"10\n20\n-30\n", key=I64)
case("integer whole line values", b"10\n20\n", key=I64, key_index=-1, value=I64, value_index=-2)
case("too few columns", b"a\t1\nb\n", key_index=0, value_index=1)
case("empty column", b"a\t\n", key_index=0, value=S, value_index=1)
case("not an int64", b"a\tx\n", key_index=0, value_index=1)
case("not an int64, decimal", b"a\t1.5\n", key_index=0, value_index=1)
case("not an int32", b"a\t99999999999\n", key_index=0, value=I32, value_index=1)
case("int64 with blanks", b"a\t 12 \n", key_index=0, value_index=1)
case("int64 with a plus", b"a\t+12\n", key_index=0, value_index=1)
case("int64 minimum", b"a\t-9223372036854775808\nb\t9223372036854775807\n", key_index=0, value_index=1)
case("int64 overflow", b"a\t9223372036854775808\n", key_index=0, value_index=1)
case("not a float", b"a\tx\n", key_index=0, value=F32, value_index=1)
case("float with blanks", b"a\t 1.5 \n", key_index=0, value=F32, value_index=1)
case("not a double", b"a\t1.5.2\n", key_index=0, value=F64, value_index=1)
case("line number as string key", words, key_index=-1)
case("whole line as float value", words, value=F32, value_index=-2)
case("line number as float value", words, value=F32)
case("long delimiter", words, delimiter="ab")
case("bool value", b"a\t1\n", key_index=0, value=tf.bool, value_index=1)

os.makedirs(OUT, exist_ok=True)
with open(os.path.join(OUT, "vocabulary.json"), "w") as f:
    f.write(json.dumps({"tensorflow": tf.__version__, "script": "interop/goldens/vocabulary.py", "cases": cases}, separators=(",", ":")) + "\n")
print(len(cases), "cases")
for c in cases:
    print(c["name"], c.get("pairs", c.get("error")))
