"""Records the text family: what the ops of TensorFlow Text compute.

    python interop/goldens/text.py          with tensorflow 2.15.1, tensorflow_text 2.15.0 and sentencepiece (to train small models)
"""
from golden import Golden, np, rng, run, tf

import json
import subprocess
import sys
import tempfile
import unicodedata

import tensorflow_text as text
from tensorflow_text.core.pybinds import pywrap_fast_bert_normalizer_model_builder as bert_builder
from tensorflow_text.core.pybinds import pywrap_fast_wordpiece_tokenizer_model_builder as wordpiece_builder
from tensorflow_text.core.pybinds import pywrap_whitespace_tokenizer_config_builder as whitespace_builder
from tensorflow_text.python.ops import fast_bert_normalizer, normalize_ops, sentencepiece_tokenizer, wordpiece_tokenizer

v1 = tf.compat.v1
g = Golden("text", __file__)
s = lambda *x: np.array([y if isinstance(y, bytes) else y.encode() for y in x], dtype=object)
none = np.array([], dtype=object)
PLAIN = s("Hello, world!", "", "  two  spaces ", "Don't stop", "tab\tnew\nline", "x", "MIXED Case")
ACCENTS = s("Ünïcödé café", "cafe\u0301 e\u0301\u0323", "\ufb01ne \uff21\uff22 \u2460 \u00bd", "\u1e9e\u00df \u0130\u0131 \u03a3\u03c3\u03c2", "\u212b \u00c5 A\u030a",
            "\u1100\u1161\u11a8 \uac01", "\u00ad\u200b\u2060x\ufeff", "\u0958 \u0344 \uff9e\uff76\uff9e", "\u0410\u0411\u0412 \u10a0 \u13a0 \uab70", "\u3000wide\u3000")
OTHER = s("日本語テスト", "中文 and English", "\U0001f600 emoji \U0001f468\u200d\U0001f469", "русский текст", "ไทย", "عربى", "한국어 문장", "¿Qué? ¡no!", "a\u00a0b\u2003c\u2028d", "x²+y³")
BROKEN = s(b"\xff\xfe", b"a\xc3", b"\xe2\x82", b"ok\xf0\x9f\x98", b"\xc0\xaf", b"a\x00b c", b"\xed\xa0\x80", b"\xf4\x90\x80\x80")
ALL = [PLAIN, ACCENTS, OTHER, none]

# Normalisation and case folding.
for texts in ALL + [s(*PLAIN[:4]).reshape(2, 2), np.array(b"Scalar \xc3\x89", dtype=object), s(b"\x41\xcc\x80"), s("".join(chr(c) for c in range(0x20, 0x530) if chr(c).isprintable()))]:
    g.case("CaseFoldUTF8", [texts])
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        g.case("NormalizeUTF8", [texts], {"normalization_form": form})
g.case("NormalizeUTF8", [PLAIN], {"normalization_form": "nfc"}, name="lower case")
g.case("NormalizeUTF8", [PLAIN], {"normalization_form": "other"}, name="no such form")
g.case("CaseFoldUTF8", [BROKEN], name="bytes that are no text")
g.case("NormalizeUTF8", [BROKEN], {"normalization_form": "NFKC"}, name="bytes that are no text")
# Of an old Unicode: newer characters fold as the reader's version has them.
every = [c for c in range(0x21, 0x30000) if unicodedata.ucd_3_2_0.category(chr(c)) not in ("Cn", "Cs")]
g.case("CaseFoldUTF8", [s("|".join(chr(c) for c in every[:20000:3]), "|".join(chr(c) for c in every[20000::37]))], name="many characters")


def offsets(form, texts):
    def build():
        x = v1.placeholder(tf.string, [None])
        at, splits = v1.placeholder(tf.int64, [None]), v1.placeholder(tf.int64, [None])
        op = normalize_ops.gen_normalize_ops
        y, maps = op.normalize_utf8_with_offsets_map(x, form)
        found = op.find_source_offsets(offsets_map=maps, input_offsets_values=at, input_offsets_splits=splits)
        runs = []
        for t in texts:
            lengths = [60] * len(t)
            places = np.concatenate([np.arange(-1, n - 1) for n in lengths]).astype(np.int64) if len(t) else np.zeros(0, np.int64)
            runs.append(run([y, found], {x: t, at: places, splits: np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)}))
        return runs
    return build


for form in ("NFC", "NFKC", "NFD"):
    g.sequence("offsets " + form, offsets(form, [PLAIN, ACCENTS, OTHER] if form != "NFD" else [PLAIN]), ["NormalizeUTF8WithOffsetsMap", "FindSourceOffsets"])


# Tokenizers of code points; the library crashes where there are none.
def codes(texts, dtype):
    rows = [[ord(c) for c in t.decode()] for t in texts]
    return np.array([c for r in rows for c in r], np.int32), np.concatenate([[0], np.cumsum([len(r) for r in rows])]).astype(dtype)


for texts in ALL[:3]:
    for dtype in (np.int32, np.int64):
        g.case("WhitespaceTokenizeWithOffsets", list(codes(texts, dtype)))
        for keep in (False, True):
            g.case("UnicodeScriptTokenizeWithOffsets", list(codes(texts, dtype)), {"keep_whitespace": keep})
g.case("UnicodeScriptTokenizeWithOffsets", [np.array([-1, 0x110000, 65, 0x2FFFFF, 32, 66], np.int32), np.array([0, 6], np.int64)], name="no code points")
config = np.array(whitespace_builder.build_whitespace_tokenizer_config(), dtype=object)
for texts in ALL + [BROKEN, s("a b"), s("  "), s("\u3000a\u3000\u2003b")]:
    g.case("TFText>WhitespaceTokenizeWithOffsetsV2", [texts, config])
g.case("TFText>WhitespaceTokenizeWithOffsetsV2", [PLAIN, np.array(b"", dtype=object)], name="nothing is white")

# Cutting by patterns.
BERT = [r"(\s+|[!-/]|[:-@]|[\[-`]|[{-~]|[\p{P}]|[\x{4E00}-\x{9FFF}])", r"([!-/]|[:-@]|[\[-`]|[{-~]|[\p{P}]|[\x{4E00}-\x{9FFF}])"]
for delim, keep in [(r"(\s)", ""), (r"(\s)", r"\s"), (r"([,! ]+)", r"(,.*)"), BERT, (r"\s", ""), (r"(o|l)", r"l"), (r"((a)|(b))", r"a"), (r"(\bo)", ""), (r"x(y)?z", "y"), (r"(^.)", r"."), (r"(.)$", ".")]:
    for texts in [PLAIN, OTHER, BROKEN[:6]]:
        g.case("RegexSplitWithOffsets", [texts, np.array(delim.encode(), dtype=object), np.array(keep.encode(), dtype=object)])
g.case("RegexSplitWithOffsets", [none, np.array(b"(a)", dtype=object), np.array(b"", dtype=object)])
g.case("RegexSplitWithOffsets", [PLAIN[:6].reshape(2, 3), np.array(b"( )", dtype=object), np.array(b"", dtype=object)])
g.case("RegexSplitWithOffsets", [PLAIN, np.array(b"(", dtype=object), np.array(b"", dtype=object)], name="no pattern")
g.case("RegexSplitWithOffsets", [PLAIN, np.array(b"( )", dtype=object), np.array(b"[", dtype=object)], name="no pattern to keep")
g.case("RegexSplitWithOffsets", [PLAIN, s("( )", "a"), np.array(b"", dtype=object)], name="two patterns")

# Split or merge.
labels = lambda n, seed=3: rng(seed).randint(0, 2, n).astype(np.int32)
for texts in ALL:
    rows = [len(t.decode()) for t in texts]
    for force in (False, True):
        for extra in (0, 2):
            bounds = np.concatenate([[0], np.cumsum([n + extra for n in rows])]).astype(np.int32)
            g.case("SplitMergeTokenizeWithOffsets", [texts, labels(int(bounds[-1])), bounds], {"force_split_at_break_character": force})
        longest = max([0] + rows) + 1
        g.case("TokenizerFromLogits", [texts, rng(5).normal(size=(len(texts), longest, 2)).astype(np.float32), np.array(force)])
g.case("SplitMergeTokenizeWithOffsets", [s("abc"), labels(2), np.array([0, 2], np.int32)], name="too few labels")
g.case("SplitMergeTokenizeWithOffsets", [s("abc", "d"), labels(4), np.array([0, 4], np.int32)], name="too few splits")
g.case("TokenizerFromLogits", [s("abc"), np.zeros((1, 2, 2), np.float32), np.array(True)], name="too few logits")
g.case("TokenizerFromLogits", [s("abc"), np.zeros((2, 3, 2), np.float32), np.array(True)], name="too many rows")
g.case("TokenizerFromLogits", [s("abc"), np.zeros((1, 3, 3), np.float32), np.array(True)], name="three actions")

# Trimming.
for dtype in (np.int32, np.int64):
    for limit in (0, 1, 4, 7, 100):
        splits = [np.array(x, dtype) for x in ([0, 3, 3, 10], [0, 5, 6, 6], [0, 1, 2, 9])]
        for values in ([np.arange(x[-1], dtype=np.int32) for x in splits], [s(*["%d" % i for i in range(x[-1])]) for x in splits], [np.arange(x[-1], dtype=np.float32) for x in splits]):
            g.case("TFText>RoundRobinTrim", [np.array(limit, np.int32), values, splits])
            g.case("TFText>RoundRobinGenerateMasks", [np.array(limit, np.int32), values, splits])
    g.case("TFText>RoundRobinTrim", [np.array(3, np.int32), [np.arange(5, dtype=np.int64)], [np.array([0, 5], dtype)]])

# Tokens and bytes.
for width in (1, 2, 3):
    for sep in (b" ", b"", b"--"):
        g.case("TFText>NgramsStringJoin", [s(*"abcdef"), []], {"width": width, "axis": -1, "string_separator": sep, "RAGGED_RANK": 0, "Tsplits": tf.int64})
        g.case("TFText>NgramsStringJoin", [s(*"abcdef").reshape(2, 3), []], {"width": width, "axis": -1, "string_separator": sep, "RAGGED_RANK": 0, "Tsplits": tf.int64})
        g.case("TFText>NgramsStringJoin", [s(*"abcdef"), [np.array([0, 1, 1, 6], np.int64)]], {"width": width, "axis": -1, "string_separator": sep}, known=True)
        g.case("TFText>NgramsStringJoin", [s(*"abcdef"), [np.array([0, 2], np.int64), np.array([0, 2, 6], np.int64)]], {"width": width, "axis": -1, "string_separator": sep}, known=True)
for texts in ALL + [BROKEN]:
    g.case("TFText>ByteSplitWithOffsets", [texts])
    g.case("TFText>ByteSplitByOffsets", [texts, np.zeros(len(texts), np.int32), np.array([min(2, len(t)) for t in texts], np.int32), np.arange(len(texts) + 1, dtype=np.int64)])
for a, b, name in [([-1], [1], "start before the text"), ([9], [9], "start behind the text"), ([0], [9], "end behind the text"), ([2], [1], "end before start")]:
    g.case("TFText>ByteSplitByOffsets", [s("abc"), np.array(a, np.int32), np.array(b, np.int32), np.array([0, 1], np.int64)], name=name)
for dtype in (np.int32, np.int64):
    for alpha in (0.5, 0.0, 1.0, -1.0):
        for make in (lambda x: x.astype(np.int32), lambda x: x.astype(np.int64), lambda x: s(*["w%d" % i for i in x])):
            a, b = make(rng(1).randint(0, 4, 12)), make(rng(2).randint(0, 4, 9))
            g.case("RougeL", [a, np.array([0, 5, 5, 12], dtype), b, np.array([0, 4, 6, 9], dtype), np.array(alpha, np.float32)])
g.case("RougeL", [np.arange(2), np.array([0, 2]), np.arange(2), np.array([0, 2]), np.array(1.5, np.float32)], name="alpha too large")
g.case("RougeL", [np.arange(2), np.array([0, 2]), np.arange(2), np.array([0, 1, 2]), np.array(0.5, np.float32)], name="other number of rows")

# Word pieces.
VOCAB = ["[UNK]", "[CLS]", "the", "quick", "brown", "fox", "##es", "##s", "jump", "##ed", "##ing", "over", "lazy", "dog", "un", "##want", "##un", "a", "b", "##b", "##c", "abc", ",", "!", "don", "'",
         "t", "caf", "##é", "日", "##本", "本", "?", "##a", "hello", "world", "##", "é", "ab", "##cd"]
WORDS = s("the", "foxes", "jumping", "unwanted", "unwantedun", "xyz", "", "abc", "abcd", "abb", "café", "日本", "日本語", "a" * 30, "don't", "##", "##ed", "#", "dogs", "hello", "thequick", "éé", "ba", "[UNK]")


def wordpiece(**attrs):
    def build():
        x = v1.placeholder(tf.string, None)
        keys, values = v1.placeholder(tf.string, None), v1.placeholder(tf.int64, None)
        table = tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="v")
        mutable = tf.raw_ops.MutableHashTableV2(key_dtype=tf.string, value_dtype=tf.int64, shared_name="m")
        fill = [tf.raw_ops.LookupTableImportV2(table_handle=t, keys=keys, values=values) for t in (table, mutable)]
        op = wordpiece_tokenizer.gen_wordpiece_tokenizer.wordpiece_tokenize_with_offsets
        settings = dict(suffix_indicator="##", max_bytes_per_word=20, max_chars_per_token=0, use_unknown_token=True, unknown_token="[UNK]", split_unknown_characters=False)
        settings.update(attrs)
        y, z = [list(op(input_values=x, vocab_lookup_table=t, **settings)) for t in (table, mutable)]
        feeds = {keys: s(*VOCAB), values: np.arange(len(VOCAB), dtype=np.int64)}
        return [run(y, {x: WORDS}), run([], feeds, fill), run(y, {x: WORDS}), run(z, {x: WORDS}), run(y, {x: BROKEN}), run(y, {x: none}), run(y, {x: WORDS[:4].reshape(2, 2)}), run(y, {x: WORDS})]
    return build


for name, attrs in {"plain": {}, "splits": {"output_row_partition_type": "row_splits"}, "no unknown token": {"use_unknown_token": False}, "short tokens": {"max_chars_per_token": 3},
                    "characters": {"split_unknown_characters": True}, "characters kept": {"split_unknown_characters": True, "use_unknown_token": False}, "no indicator": {"suffix_indicator": ""},
                    "long words": {"max_bytes_per_word": 100}}.items():
    g.sequence("word pieces: " + name, wordpiece(**attrs), ["WordpieceTokenizeWithOffsets"])

build_model = wordpiece_builder.build_fast_wordpiece_model
SENTENCES = s("The quick, brown foxes jumping over the lazy dog!", "don't unwanted", "", "  hello   world ", "日本語 hello?", "## ##ed", "abcd abb (abc)", "x" * 40 + " the", "the\u00a0dog\u3000a", "café éé", "!?,", "thequickbrown,the",
              "¿the? $a% ^b", "\u0301a", "[UNK] [CLS]", "a", "日", "##", "don'tunwanted the")
for no_pretokenization in (True, False):
    for detokenizes in (True, False):
        model = np.frombuffer(bytes(bytearray(build_model(VOCAB, 20, "##", "[UNK]", no_pretokenization, detokenizes))), np.uint8)
        for texts in [SENTENCES if not no_pretokenization else WORDS, BROKEN, none, WORDS, s("the"), OTHER]:
            g.case("FastWordpieceTokenizeWithOffsets", [texts, model], name="%s %s %d" % (no_pretokenization, detokenizes, len(texts)))
        ids = rng(4).randint(0, len(VOCAB), 30).astype(np.int32)
        for splits in ([0, 30], [0, 0, 3, 12, 30], [0], [3, 9]):
            g.case("TFText>FastWordpieceDetokenize", [ids, np.array(splits, np.int64), model], name="%s %s %s" % (no_pretokenization, detokenizes, splits))
small = ["[UNK]", "a", "ab", "abc", "abcd", "##b", "##bc", "##z", "#", ",", "##,"]
for end_to_end in (True, False):
    model = np.frombuffer(bytes(bytearray(build_model(small, 100, "##", "[UNK]", not end_to_end, True))), np.uint8)
    g.case("FastWordpieceTokenizeWithOffsets", [s("abcz", "abcdz", "##", "#", "a,b,", ",", "abcz abcz", "zz", "##z", "##b##", "ab##bcz", "a,,b"), model], name="small vocabulary %s" % end_to_end)

normalizer = bert_builder.build_fast_bert_normalizer_model
for lower in (True, False):
    # The model has half a megabyte: one constant for all runs.
    model = np.frombuffer(bytes(bytearray(normalizer(lower))), np.uint8)

    def bert():
        x = v1.placeholder(tf.string, [None])
        m = tf.constant(model)
        op = fast_bert_normalizer.gen_fast_bert_normalizer.fast_bert_normalize
        y, z = [list(op(input_values=x, fast_bert_normalizer_model=m, get_offsets=o)) for o in (True, False)]
        return [run(f, {x: t}) for f in (y, z) for t in ALL + [BROKEN]]

    g.sequence("BERT normaliser %s" % lower, bert, ["FastBertNormalize"])

# SentencePiece.
r = rng(9)
STEMS = "the quick brown fox jumps over lazy dog hello world tokens model serve train graph value unwanted naïve café größe 日本 東京 привет 한국".split()
CORPUS = [" ".join(r.choice(STEMS, r.randint(2, 9))) + r.choice(["", ".", "!", "?"]) for _ in range(400)]


# In a process of its own: the trainer and TensorFlow in one crash.
TRAIN = "import json, sys, sentencepiece; o = json.loads(sys.argv[1]); c = o.pop('corpus'); sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(c), **o); " \
    "p = sentencepiece.SentencePieceProcessor(model_file=o['model_prefix'] + '.model'); print(json.dumps([p.id_to_piece(i) for i in range(p.get_piece_size())]))"


def trained(**options):
    out = tempfile.mktemp()
    settings = dict(corpus=CORPUS, model_prefix=out, vocab_size=90, character_coverage=0.98, hard_vocab_limit=False, normalization_rule_name="identity", minloglevel=2)
    settings.update(options)
    done = subprocess.run([sys.executable, "-c", TRAIN, json.dumps(settings)], check=True, stdout=subprocess.PIPE)
    with open(out + ".model", "rb") as f:
        return f.read(), json.loads(done.stdout)


with tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False) as f:
    f.write("FF21\t41\nFF22\t42\n41\t61\n42\t62\nFB01\t66 69\nE9\t65\n65 301\t65\n3000\t20\n9\t20\nA\t20\n200B\t\n1F600\t3A 29\n")
    RULES = f.name
MODELS = {
    "unigram": trained(model_type="unigram"),
    "unigram with rules": trained(model_type="unigram", normalization_rule_name="", normalization_rule_tsv=RULES),
    "unigram with byte fallback": trained(model_type="unigram", byte_fallback=True, vocab_size=340),
    "unigram with symbols": trained(model_type="unigram", user_defined_symbols=["<sep>", "foxjumps", "世界"], control_symbols=["<mask>"]),
    "unigram, spaces kept": trained(model_type="unigram", remove_extra_whitespaces=False, add_dummy_prefix=False),
    "unigram, spaces as suffix": trained(model_type="unigram", treat_whitespace_as_suffix=True),
    "unigram, other numbers": trained(model_type="unigram", unk_surface="[?]", unk_id=5, bos_id=0, eos_id=1, pad_id=2),
    "bpe": trained(model_type="bpe"),
    "bpe with byte fallback": trained(model_type="bpe", byte_fallback=True, vocab_size=340),
    "bpe with symbols": trained(model_type="bpe", user_defined_symbols=["<sep>", "foxjumps"]),
    "word": trained(model_type="word"),
    "char": trained(model_type="char"),
    "nmt_nfkc": trained(model_type="unigram", normalization_rule_name="nmt_nfkc", vocab_size=60),
}
SAMPLES = [np.array([t.encode() for t in CORPUS[:12]], dtype=object), PLAIN, ACCENTS, OTHER, BROKEN, none,
           s("the foxjumps<sep>over 世界 世界", "<mask> <s> </s> <unk>", "thequickbrownfox", "the  quick\t brown", " ▁the▁ quick ", "\uff21\uff22 \ufb01 e\u0301 \U0001f600", "zzz qqq", "a" * 50, "▁", "hello hello hello", "größe naïve")]


def pieces(model, vocabulary):
    def build():
        handle = sentencepiece_tokenizer.gen_sentencepiece_tokenizer
        sp = handle.sentencepiece_op(model=model)
        x = v1.placeholder(tf.string, [None])
        bos, eos, reverse = [v1.placeholder(tf.bool, []) for _ in range(3)]
        nbest = v1.placeholder(tf.int32, [])
        rest = [x, nbest, 1.0, bos, eos, reverse]
        ids = list(handle.sentencepiece_tokenize_op(sp, *rest, out_type=tf.int32))
        strings = list(handle.sentencepiece_tokenize_with_offsets_op(sp, *rest, out_type=tf.string))
        with_ids = list(handle.sentencepiece_tokenize_with_offsets_op(sp, *rest, out_type=tf.int32, Tsplits=tf.int32))
        i, t, splits = v1.placeholder(tf.int32, [None]), v1.placeholder(tf.string, [None]), v1.placeholder(tf.int64, [None])
        back = handle.sentencepiece_detokenize_op(sp, i, splits, bos, eos, reverse)
        back_strings = handle.sentencepiece_detokenize_op(sp, t, splits, bos, eos, reverse)
        size = handle.sentencepiece_vocab_size_op(sp)
        names, numbers = handle.sentencepiece_id_to_string_op(sp, i), handle.sentencepiece_string_to_id_op(sp, t)
        n = len(vocabulary)
        flags = lambda b=False, e=False, v=False: {bos: b, eos: e, reverse: v}
        runs = [run([size]), run([names], {i: np.arange(n, dtype=np.int32)}),
                run([numbers], {t: s("the", "▁the", "<unk>", "<s>", "</s>", "", "nothing like it", "<0x41>", "<sep>", "e")})]
        for sample in SAMPLES:
            runs.append(run(ids + strings + with_ids, {x: sample, nbest: 0, **flags()}))
        for f in (flags(b=True), flags(e=True), flags(v=True), flags(True, True, True), flags(True, True)):
            runs.append(run(ids + strings, {x: SAMPLES[-1], nbest: 1, **f}))
        random = rng(n)
        chosen = random.randint(0, n, 60).astype(np.int32)
        bounds = np.array([0, 0, 5, 20, 21, 40, 60], np.int64)
        for f in (flags(), flags(True, True), flags(v=True)):
            runs.append(run([back], {i: chosen, splits: bounds, **f}))
            words = np.array([vocabulary[c].encode() for c in chosen], dtype=object)
            words[::9] = "Zß".encode()
            runs.append(run([back_strings], {t: words, splits: bounds, **f}))
        runs.append(run([back], {i: np.array([], np.int32), splits: np.array([0, 0], np.int64), **flags()}))
        # Numbers that are none are left out: the library reads whatever lies there.
        return runs
    return build


for name, (model, vocabulary) in MODELS.items():
    g.sequence("SentencePiece " + name, pieces(model, vocabulary), ["SentencepieceOp", "SentencepieceTokenizeOp", "SentencepieceTokenizeWithOffsetsOp", "SentencepieceDetokenizeOp", "SentencepieceVocabSizeOp",
                                                         "SentencepieceIdToStringOp", "SentencepieceStringToIdOp"])


def no_model(model):
    def build():
        handle = sentencepiece_tokenizer.gen_sentencepiece_tokenizer
        return [run([handle.sentencepiece_vocab_size_op(handle.sentencepiece_op(model=model))])]
    return build


g.sequence("SentencePiece without a model", no_model(b""), ["SentencepieceOp"])
g.write()
