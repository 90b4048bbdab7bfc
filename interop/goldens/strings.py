"""Records the string family. (Named in the plural because `string` is a module of Python's own.)"""
from golden import Golden, bf16, rng, tf, np

g = Golden("string", __file__)


def s(values):
    return np.array(values, dtype=object)


# AsString.
floats = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 0.125, -0.375, 1e-7, 1.23456789, 123456.789, 1e10, 1e21, 3.4e38, 1.1754944e-38, 1e-45, 1e15, 99999.95, 0.1, 9.9999995, 999999.5, 1e-5, 0.0001, 0.00012345678]
special = floats + [np.inf, -np.inf, np.nan]
options = [dict(), dict(precision=0), dict(precision=2), dict(precision=10), dict(scientific=True), dict(scientific=True, precision=0), dict(scientific=True, precision=3), dict(shortest=True), dict(shortest=True, precision=3),
           dict(shortest=True, precision=0), dict(width=12), dict(width=12, fill="0"), dict(width=12, fill="-"), dict(width=12, fill="+"), dict(width=12, fill=" "), dict(precision=0, fill="#"), dict(shortest=True, fill="#"), dict(scientific=True, precision=0, fill="#"), dict(width=3, precision=1, fill="0")]
for dtype in (np.float32, np.float64):
    for o in options:
        # Two things are left out: 1e-45, which TensorFlow's threads flush to zero as a float, and 999999.5, in which glibc's %#g has a bug.
        values = [x for x in special if (x != 1e-45 or dtype is np.float64) and (x != 999999.5 or "fill" not in o)]
        g.case("AsString", [np.array(values, dtype)], o)
g.case("AsString", [np.array([1.7976931348623157e308, 5e-324, 2.2250738585072014e-308, 1e22, 123456789012345680.0, 1e100])], {})
g.case("AsString", [np.array([1.7976931348623157e308, 5e-324, 1e22, 4.35, 4.345, 4.355, 1e23])], dict(precision=2))
g.case("AsString", [np.array([1.7976931348623157e308, 5e-324, 1e22, 1e23, 9.5, 8.5, 25.0, 35.0, 2.5e-3])], dict(scientific=True, precision=0))
for dtype in (np.float16, bf16):
    g.case("AsString", [np.array([0.0, 1.5, -2.25, 0.1, 65000, np.inf], np.float32).astype(dtype)], {})
    g.case("AsString", [np.array([0.0, 1.5, -2.25, 0.1, 65000, np.inf], np.float32).astype(dtype)], dict(shortest=True))
r = rng(3)
g.case("AsString", [r.standard_normal(200).astype(np.float32) * 10.0 ** r.randint(-10, 10, 200)], dict(shortest=True), name="random, shortest")
g.case("AsString", [(r.standard_normal(200) * 10.0 ** r.randint(-10, 20, 200)).astype(np.float32)], {}, name="random")
for dtype in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    info = np.iinfo(dtype)
    values = np.array([0, 1, 7, 10, 99, 100, info.min, info.max, info.max - 1], dtype)
    for o in (dict(), dict(width=5), dict(width=5, fill="0"), dict(width=5, fill="-"), dict(width=5, fill="+"), dict(fill=" "), dict(fill="#")):
        g.case("AsString", [values], o)
g.case("AsString", [np.array([-1, -9, -10, -100, 2147483648, -2147483648, -2147483649, 4294967296, 1000000000, 999999999], np.int64)], {})
g.case("AsString", [np.array([True, False])], {})
g.case("AsString", [np.array([True, False])], dict(width=8))
g.case("AsString", [np.array([1 + 2j, -0.5 - 1e-9j], np.complex64)], {})
g.case("AsString", [np.array([1 + 2j, -0.5 - 1e-9j], np.complex128)], dict(shortest=True, width=6))
g.case("AsString", [s([b"a", b"\xff"])], {})
g.case("AsString", [s([b"a", b"\xff"])], dict(width=5))
g.case("AsString", [s([b"abc", b"\xff"])], dict(width=5, fill="-", precision=2))
g.case("AsString", [np.array(3.5, np.float32)], {})
g.case("AsString", [np.zeros([0, 2], np.int64)], {})
g.case("AsString", [np.array([1], np.int32)], dict(precision=1))
g.case("AsString", [np.array([1], np.int32)], dict(scientific=True))
g.case("AsString", [np.array([True])], dict(shortest=True))
g.case("AsString", [np.array([1.0], np.float32)], dict(scientific=True, shortest=True))
g.case("AsString", [np.array([1.0], np.float32)], dict(fill="x"))
g.case("AsString", [np.array([1.0], np.float32)], dict(fill="00"))

# Hashes.
words = s([bytes([(i * 37 + n * 11) & 255 for i in range(n)]) for n in list(range(0, 70)) + [100, 127, 128, 129, 191, 192, 193, 300]])
for n in (1, 2, 10, 1000, 2 ** 20, 2 ** 21 + 1, 2 ** 31 - 1, 2 ** 33 + 7, 2 ** 40 + 3, 2 ** 53 + 11, 2 ** 63 - 1):
    g.case("StringToHashBucketFast", [words], {"num_buckets": n})
    g.case("StringToHashBucket", [words], {"num_buckets": n})
    g.case("StringToHashBucketStrong", [words], {"num_buckets": n, "key": [123456789012345, -987654321]})
g.case("StringToHashBucketFast", [s([[b"a", b"b"], [b"c", b""]])], {"num_buckets": 7})
g.case("StringToHashBucketFast", [s(b"x")], {"num_buckets": 7})
g.case("StringToHashBucketFast", [s([])], {"num_buckets": 7})
g.case("StringToHashBucketStrong", [words], {"num_buckets": 5, "key": [1]})
g.case("StringToHashBucketStrong", [words[:3]], {"num_buckets": 5, "key": [0, 0]})

# Joins.
g.case("StringJoin", [[s([b"a", b"b"]), s([b"c", b"d"])]], {"separator": ", "})
g.case("StringJoin", [[s(b"a"), s([b"c", b"d"]), s(b"e")]], {})
g.case("StringJoin", [[s(b"a"), s(b"b")]], {"separator": "/"})
g.case("StringJoin", [[s([[b"a"], [b"b"]])]], {"separator": "/"})
g.case("StringJoin", [[s([b"a", b"b"]), s([b"c", b"d", b"e"])]], {})
g.case("StringJoin", [[s([]), s([])]], {})
m = s([[[b"a", b"b"], [b"c", b"d"], [b"e", b"f"]], [[b"g", b"h"], [b"i", b"j"], [b"k", b"l"]]])
for axes in ([0], [1], [2], [-1], [0, 1], [1, 0], [2, 0], [0, 1, 2], [2, 1, 0], []):
    for keep in (False, True):
        g.case("ReduceJoin", [m, np.array(axes, np.int32)], {"keep_dims": keep, "separator": "."}, name="axes %s %s" % (axes, keep))
g.case("ReduceJoin", [m, np.array(1, np.int32)], {})
g.case("ReduceJoin", [s(b"x"), np.array([], np.int32)], {})
g.case("ReduceJoin", [m, np.array([3], np.int32)], {})
g.case("ReduceJoin", [m, np.array([-4], np.int32)], {})
g.case("ReduceJoin", [m, np.array([1, 1], np.int32)], {})
g.case("ReduceJoin", [m, np.array([1, -2], np.int32)], {})
g.case("ReduceJoin", [s([b"a", b"b"]), np.array([[0]], np.int32)], {})
g.case("ReduceJoin", [s(np.zeros([0, 2]).tolist()).reshape(0, 2), np.array([0], np.int32)], {})
for ids in (np.int32, np.int64):
    g.case("UnsortedSegmentJoin", [s([b"a", b"b", b"c"]), np.array([1, 0, 1], ids), np.array(3, np.int32)], {"separator": "-"})
g.case("UnsortedSegmentJoin", [m, np.array([1, 1], np.int32), np.array(2, np.int64)], {"separator": ":"})
g.case("UnsortedSegmentJoin", [m, np.array([[1, 1, 0], [0, 2, 1]], np.int32), np.array(3, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array([-1, 0], np.int32), np.array(1, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array([0, 5], np.int32), np.array(2, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array([0], np.int32), np.array(2, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array(0, np.int32), np.array(2, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array([0, 0], np.int32), np.array(-1, np.int32)], {})
g.case("UnsortedSegmentJoin", [s([b"a", b"b"]), np.array([0, 0], np.int32), np.array([1], np.int32)], {})

# Splits.
texts = s([b"hello world", b"a b c", b"", b"  lead  trail  ", b"x,y,,z", b",", b"tab\tnl\nvt\x0b", b"\xff\xfe x"])
for delim in (b" ", b",", b", ", b"", b"l"):
    for skip in (True, False):
        g.case("StringSplit", [texts, s(delim)], {"skip_empty": skip}, name="%r %s" % (delim, skip))
for sep in (b"", b" ", b",", b"l", b"ll", b"xyz"):
    for maxsplit in (-1, 0, 1, 2):
        g.case("StringSplitV2", [texts, s(sep)], {"maxsplit": maxsplit}, name="%r %d" % (sep, maxsplit))
g.case("StringSplit", [s([]), s(b" ")], {})
g.case("StringSplitV2", [s([]), s(b" ")], {})
g.case("StringSplit", [s(b"a b"), s(b" ")], {})
g.case("StringSplitV2", [s(b"a b"), s(b" ")], {})
g.case("StringSplit", [texts, s([b" "])], {})
g.case("StringSplitV2", [texts, s([b" "])], {})

# Case, blanks, lengths, numbers.
cases = s([b"Hello World 123", "ÀÉÎ straße ſ İı ǅ ﬃ ΣΑΣ Σ".encode(), b"\xffAb\xc3", b"", "ЖЗИ жзи ÿ".encode(), "𐐀𐐨".encode()])
for op in ("StringLower", "StringUpper"):
    g.case(op, [cases], {})
    g.case(op, [cases], {"encoding": "utf-8"})
    g.case(op, [cases], {"encoding": "latin1"})
g.case("StringStrip", [s([b"  a b \t\n", b"", b"   ", b"\x0b\x0cx\r", b"\xc2\xa0x", b"\x00 a \x00"])])
for unit in ("BYTE", "UTF8_CHAR"):
    g.case("StringLength", [s([b"", b"abc", "日本語é😀".encode(), b"\xff\x80\x80", b"\x00"])], {"unit": unit})
    g.case("StringLength", [s([[b"a"], [b"bc"]])], {"unit": unit})
numbers = [b"1", b"-1", b" 12 ", b"0", b"2147483647", b"-2147483648", b"007"]
reals = [b"1.5", b"-2.5e3", b".5", b"5.", b"1e400", b"-1e400", b"1e-400", b"inf", b"-Inf", b"NaN", b"infinity", b" 3 ", b"16777217", b"0.1", b"1E5", b"3.4028236e38", b"1.17549429e-38", b"-nan", b"123456789.123456789", b"-0"]
for out in (tf.float32, tf.float64, tf.int32, tf.int64):
    g.case("StringToNumber", [s(numbers)], {"out_type": out})
for out in (tf.float32, tf.float64):
    for x in reals:
        g.case("StringToNumber", [s([x])], {"out_type": out}, name="%r to %s" % (x, out.name))
for out in (tf.float32, tf.float64, tf.int32, tf.int64):
    for bad in (b"", b" ", b"x", b"1x", b"1 2", b"+1", b"--1", b"0x10", b"1.5", b"1e", b"2147483648", b"9223372036854775808", b"-9223372036854775808", b"1_0", b"1e5", b"+1.5", b"nanx", b"nan(1)", b"infin", b"0x", b"-0x1F", b"0x1.8", b"0x1p4", b".", b"1\n", b"\x0b1"):
        g.case("StringToNumber", [s([bad])], {"out_type": out}, name="%r to %s" % (bad, out.name))
g.case("StringToNumber", [s([[b"1", b"2"], [b"3", b"4"]])], {})

# Substr.
w = s([b"hello", b"world!", "日本語é😀x".encode()])
for unit in ("BYTE", "UTF8_CHAR"):
    for ti in (np.int32, np.int64):
        g.case("Substr", [w, np.array(1, ti), np.array(3, ti)], {"unit": unit})
        g.case("Substr", [w, np.array([0, 2, -2], ti), np.array([1, 2, 9], ti)], {"unit": unit})
    for pos, n in ((0, 0), (5, 2), (-5, 3), (0, -1), (2, -5), (0, 100)):
        g.case("Substr", [w, np.int32(pos), np.int32(n)], {"unit": unit}, name="%d %d %s" % (pos, n, unit))
    g.case("Substr", [s([b"abc", b"de"]), np.int32(3), np.int32(1)], {"unit": unit})
    g.case("Substr", [s([b"abc"]), np.int32(-4), np.int32(1)], {"unit": unit})
    g.case("Substr", [s([[b"abc", b"def"], [b"ghi", b"jkl"]]), np.array([0, 1], np.int32), np.array([2, 2], np.int32)], {"unit": unit})
    g.case("Substr", [s([[b"abc", b"def"], [b"ghi", b"jkl"]]), np.array([[0], [1]], np.int32), np.array([[2], [2]], np.int32)], {"unit": unit})
    g.case("Substr", [s([b"abc", b"def"]), np.array([[0, 1], [1, 2]], np.int32), np.array([[2, 1], [2, 1]], np.int32)], {"unit": unit})
    g.case("Substr", [s(b"thirteen"), np.array([1, 5], np.int32), np.array([3, 2], np.int32)], {"unit": unit})
g.case("Substr", [w, np.array([1, 2], np.int32), np.array([1, 2], np.int32)], {})
g.case("Substr", [w, np.array([1, 2], np.int32), np.array([1, 2, 3], np.int32)], {})
g.case("Substr", [s([[[b"a"]]]), np.array([0, 0], np.int32), np.array([1, 1], np.int32)], {})

# Regular expressions.
t = s([b"hello world", b"aaa", b"", b"foo123bar", "日本語 text é".encode(), b"\xff\xfex", b"a.b*c", b"line1\nline2", b"ABC abc"])
PATTERNS = [b"", b"a", b"a*", b"[a-z]+", b"(\\w+) (\\w+)", b"\\d+", b".", b"^.*$", b"(?i)abc", b"(?s).*", b"x|y", b"\\pL+", b"(a)|(b)", b"\\bworld\\b", b"[^a-z]", b"l{2}", b"(?P<n>o)"]
for p in PATTERNS:
    for rw in (b"", b"<\\0>", b"\\1-\\2", b"\\\\"):
        for glob in (True, False):
            g.case("RegexReplace", [t, s(p), s(rw)], {"replace_global": glob}, name="%r %r %s" % (p, rw, glob))
    g.case("RegexFullMatch", [t, s(p)], name="%r" % p)
for p in PATTERNS[:6]:
    g.case("StaticRegexReplace", [t], {"pattern": p, "rewrite": "_"}, name="%r" % p)
    g.case("StaticRegexFullMatch", [t], {"pattern": p}, name="%r" % p)
g.case("RegexReplace", [t, s(b"("), s(b"")])
g.case("RegexFullMatch", [t, s(b"[")])
g.case("StaticRegexReplace", [t], {"pattern": "*", "rewrite": ""})
g.case("StaticRegexFullMatch", [t], {"pattern": "a(?=b)"})
g.case("RegexReplace", [t, s([b"a"]), s(b"")])
g.case("RegexReplace", [t, s(b"a"), s([b""])])
g.case("RegexFullMatch", [t, s([b"a"])])

# StringNGrams.
data = s([b"a", b"b", b"c", b"d", b"e", b"f"])
for widths in ([1], [2], [3], [2, 3], [5], [1, 4]):
    for pad in (-1, 0, 1, 2):
        for short in (True, False):
            g.case("StringNGrams", [data, np.array([0, 4, 4, 6], np.int64)], {"separator": "|", "ngram_widths": widths, "left_pad": "LP", "right_pad": "RP", "pad_width": pad, "preserve_short_sequences": short}, name="%s %d %s" % (widths, pad, short))
N0 = {"separator": " ", "ngram_widths": [2], "left_pad": "", "right_pad": "", "pad_width": 0, "preserve_short_sequences": False}
g.case("StringNGrams", [data, np.array([0, 4, 6], np.int32)], N0)
g.case("StringNGrams", [data[:0], np.array([0, 0], np.int64)], N0)
g.case("StringNGrams", [data[:0], np.array([], np.int64)], N0)
g.case("StringNGrams", [data, np.array([1, 6], np.int64)], N0)
g.case("StringNGrams", [data, np.array([0, 5], np.int64)], N0)
g.case("StringNGrams", [data, np.array([0, 5, 3, 6], np.int64)], N0)
g.case("StringNGrams", [data, np.array([0, 9], np.int64)], N0)
g.case("StringNGrams", [data, np.array([0, 6], np.int64)], {**N0, "ngram_widths": [0]})

# StringFormat.
for x in (np.array([1, 2, 3], np.int32), np.arange(24).reshape(2, 3, 4), np.array([1.5, 1e10, 1e-7, 0.1, np.nan, np.inf, -0.0, 123456789], np.float32), np.array([0.1, 1e100, 1 / 3]), s([b"a", b"b"]), np.array([True, False]), np.float32(2.5), np.arange(20, dtype=np.int64), np.zeros([0], np.float32)):
    for n in (3, -1, 1):
        g.case("StringFormat", [[x]], {"template": "v: {} end", "placeholder": "{}", "summarize": n})
g.case("StringFormat", [[np.int32(1), s(b"x")]], {"template": "%s and %s"})
g.case("StringFormat", [[]], {"template": "none"})

# Base64.
b = s([b"", b"a", b"ab", b"abc", b"\xff\xfe\xfd\xfc", bytes(range(256))])
for pad in (True, False):
    g.case("EncodeBase64", [b], {"pad": pad})
for x in (b"", b"YQ", b"YQ==", b"YWI=", b"YWI", b"YWJj", b"__79_A", b"//79/A==", b"Y", b"YQ=", b"Y Q=", b"YQ==YQ==", b"===", b"YR"):
    g.case("DecodeBase64", [s([x])], name="%r" % x)
# Unicode.
u = s([b"hello", "日本語é😀".encode(), b"", b"a\xffb", b"\xe3\x81", b"\xf0\x9f\x98x", b"\xc0\x80", b"\xed\xa0\x80z", b"tab\tnl\n\x01\x7f", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80\xbf"])
for errors in ("replace", "ignore", "strict"):
    for controls in (False, True):
        o = {"input_encoding": "UTF-8", "errors": errors, "replace_control_characters": controls}
        g.case("UnicodeDecode", [u], o)
        g.case("UnicodeDecodeWithOffsets", [u], o)
        for out in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
            g.case("UnicodeTranscode", [u], {**o, "output_encoding": out})
g.case("UnicodeDecode", [u[:3]], {"input_encoding": "UTF-8", "errors": "strict"})
g.case("UnicodeDecode", [u], {"input_encoding": "UTF-8", "replacement_char": 63, "Tsplits": tf.int32})
g.case("UnicodeDecode", [u], {"input_encoding": "UTF-8", "replacement_char": 0x110000})
g.case("UnicodeDecode", [u], {"input_encoding": "no-such"})
g.case("UnicodeDecode", [s([["a".encode()], ["bc".encode()]])], {"input_encoding": "UTF-8"})
for enc in ("UTF-16-BE", "UTF-16-LE", "UTF-32-BE", "ISO-8859-1", "US-ASCII"):
    texts_ = s(["hé😀".encode(enc, "replace") if enc not in ("US-ASCII", "ISO-8859-1") else b"h\xe9\x80"])
    g.case("UnicodeDecodeWithOffsets", [texts_], {"input_encoding": enc}, name=enc)
    g.case("UnicodeTranscode", [texts_], {"input_encoding": enc, "output_encoding": "UTF-8"}, name=enc)
for out in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
    for errors in ("replace", "ignore", "strict"):
        g.case("UnicodeEncode", [np.array([104, 233, 128512, 26085, 97], np.int32), np.array([0, 2, 2, 5], np.int64)], {"output_encoding": out, "errors": errors})
        g.case("UnicodeEncode", [np.array([104, 0x110000, 0xd800, -5, 97], np.int32), np.array([0, 5], np.int32)], {"output_encoding": out, "errors": errors})
g.case("UnicodeEncode", [np.array([104, 105], np.int32), np.array([0, 1], np.int64)], {"output_encoding": "UTF-8"})
g.case("UnicodeEncode", [np.array([104, 105], np.int32), np.array([1, 2], np.int64)], {"output_encoding": "UTF-8"})
g.case("UnicodeEncode", [np.array([104, 105], np.int32), np.array([0, 2, 1, 2], np.int64)], {"output_encoding": "UTF-8"})
g.case("UnicodeEncode", [np.array([], np.int32), np.array([0], np.int64)], {"output_encoding": "UTF-8"})
g.write()
