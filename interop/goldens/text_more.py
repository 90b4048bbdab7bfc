"""Goldens of what tensorflow_text has beyond the tokenizers of text.py: SentencePiece from a FlatBuffer, phrases, tags of spans, bits of characters.

    python interop/goldens/text_more.py          with tensorflow 2.15.1 and tensorflow_text 2.15.0

The SentencePiece models are those that text.py trained, taken from its fixture.
"""
import base64
import gzip
import json
import os
import struct

from golden import Golden, np, rng, run, tf

import tensorflow_text  # noqa: F401 (registers the ops)
from tensorflow_text.core.pybinds import pywrap_model_converter as converter
from tensorflow_text.core.pybinds import pywrap_phrase_tokenizer_model_builder as phrase_builder
from tensorflow_text.python.ops import fast_sentencepiece_tokenizer

v1 = tf.compat.v1
g = Golden("text-more", __file__)
r = rng(67)
i32, i64 = np.int32, np.int64
s = lambda *x: np.array([y if isinstance(y, bytes) else y.encode() for y in x], dtype=object)
none = np.array([], dtype=object)
text = lambda x: np.array(x.encode(), dtype=object)

COMMITTED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/runtime/kernels/fixtures/text.json.gz")
models = {}
with gzip.open(COMMITTED) as file:
    for sequence in json.load(file)["sequences"]:
        if sequence["name"].startswith("SentencePiece "):
            graph = v1.GraphDef.FromString(base64.b64decode(sequence["graph"]))
            models.update({sequence["name"][14:]: n.attr["model"].s for n in graph.node if n.op == "SentencepieceOp" and n.attr["model"].s})



def with_rules(model):
    """The converter reads on beyond a model's rules where it has none: these get one unit of a trie that matches nothing."""
    rules = struct.pack("<II", 4, 0) + b"\0"
    spec = b"\x12" + bytes([len(rules)]) + rules
    return model + b"\x1a" + bytes([len(spec)]) + spec  # a message that comes twice is merged


SAMPLES = [
    s("the quick brown fox.", "hello world!", "naïve café größe", "日本 東京 привет 한국", "  two   spaces ", "tab\tnew\nline", "", " ", "a" * 40, "unwanted tokens?"),
    s("the foxjumps<sep>over 世界 世界", "<mask> <s> </s> <unk>", "thequickbrownfox", " ▁the▁ quick ", "\uff21\uff22 \ufb01 e\u0301 \U0001f600", "\u3000wide\u3000", "zzz qqq", "▁"),
    s(b"\xff\xfe", b"a\xc3", b"the\x00fox", b"\xe2\x96", b"ok\xf0\x9f\x98"),
    none,
]


def fast(model):
    def build():
        op = fast_sentencepiece_tokenizer.gen_fast_sentencepiece_tokenizer
        encoder, decoder = (tf.constant(np.frombuffer(bytes(bytearray(m)), np.uint8)) for m in (converter.convert_sentencepiece_model(model), converter.convert_sentencepiece_model_for_decoder(model)))
        x = v1.placeholder(tf.string, None)
        bos, eos, reverse = [v1.placeholder(tf.bool, []) for _ in range(3)]
        y = list(op.tf_text_fast_sentencepiece_tokenize(encoder, x, 0, 0.0, bos, eos, reverse))
        ids, splits, short = v1.placeholder(tf.int32, [None]), v1.placeholder(tf.int64, [None]), v1.placeholder(tf.int32, [None])
        back = [op.tf_text_fast_sentencepiece_detokenize(decoder, ids, b) for b in (splits, short)]
        runs = [run(y, {x: sample, bos: b, eos: e, reverse: v}) for sample in SAMPLES for b, e, v in [(False, False, False), (True, True, False), (True, False, True), (False, True, True)]]
        runs.append(run(y, {x: SAMPLES[0][:4].reshape(2, 2), bos: False, eos: False, reverse: False}))
        codes = r.randint(0, 50, 60).astype(i32)
        runs.append(run(back[:1], {ids: codes, splits: np.array([0, 0, 5, 20, 21, 40, 60], i64)}))
        runs.append(run(back[1:], {ids: codes, short: np.array([0, 30, 60], i32)}))
        runs.append(run(back[:1], {ids: np.array([5000], i32), splits: np.array([0, 1], i64)}))
        runs.append(run(back[:1], {ids: codes[:0], splits: np.array([0], i64)}))
        return runs
    return build


for name, model in models.items():
    # The converter knows no other models, and no pieces that are bytes.
    if name == "nmt_nfkc" or name.startswith("unigram") and "byte" not in name:
        g.sequence("fast SentencePiece " + name, fast(model if name in ("unigram with rules", "nmt_nfkc") else with_rules(model)), ["TFText>FastSentencepieceTokenize", "TFText>FastSentencepieceDetokenize"])

PHRASES = ["<UNK>", "I", "have", "a", "dream", "a dream", "I have a", "like", "coffee", "I like", ".", "!", "?", ",", "'s", "'t", "it", "don", "日本 語", "日本", "have a dream", "n"]
TEXTS = s("I have a dream", "I like coffee", "", "   ", "I  have\ta\n dream.", "it's a dream!", "don't", "unknown I like unknown", "dream? I have", "日本 語", "日本\u3000語 I", "I have a", "a", "coffeecoffee", "I, have", "!", "?!", "I like coffee ", "dream. ",
          b"\xff I", b"a\x00b I")
for splits_end in (False, True):
    for detokenizes in (False, True):
        model = np.frombuffer(bytes(bytearray(phrase_builder.build_phrase_model(PHRASES, "<UNK>", detokenizes, 0, splits_end))), np.uint8)
        for texts in (TEXTS, none, TEXTS[:1]):
            g.case("PhraseTokenize", [texts, model], name="%s %s %d" % (splits_end, detokenizes, len(texts)))
        ids = r.randint(0, len(PHRASES), 24).astype(i32)
        for bounds in ([0, 24], [0, 0, 3, 12, 24], [0], [5, 9]):
            g.case("TFText>PhraseDetokenize", [ids, np.array(bounds, i64), model], name="%s %s %s" % (splits_end, detokenizes, bounds))

for strict in (False, True):
    for seed in range(8):
        random = rng(seed)
        begins, ends, rows = [], [], [0]
        firsts, lasts, types, span_rows = [], [], [], [0]
        for _ in range(4):
            for target, (b, e) in ((rows, (begins, ends)), (span_rows, (firsts, lasts))):
                at = 0
                for _ in range(random.randint(0, 7)):
                    at += random.randint(0, 4)
                    b.append(at)
                    at += random.randint(1, 6)
                    e.append(at)
                target.append(len(b))
        types = s(*["type%d" % random.randint(3) for _ in firsts]) if firsts else none
        tokens, spans = [np.array(begins, i32), np.array(ends, i32)], [np.array(firsts, i32), np.array(lasts, i32), types]
        token_rows, of_spans = np.array(rows, i64), np.array(span_rows, i64)
        g.case("TFText>OffsetsToBoiseTags", tokens + spans + [token_rows, token_rows, of_spans, of_spans, of_spans, np.array(strict)], name="random %d strict=%s" % (seed, strict))
        tags = s(*[random.choice(["O", "B-x", "I-x", "E-x", "S-y", "B-y", "", "Other", "B", "E-"]) for _ in begins]) if begins else none
        if not strict:
            g.case("TFText>BoiseTagsToOffsets", tokens + [tags, token_rows, token_rows, token_rows], name="random %d" % seed)
a, b = np.array([0, 4, 8], i32), np.array([3, 7, 9], i32)
whole, other = np.array([0, 3], i64), np.array([0, 2, 3], i64)
off = np.array(False)
g.case("TFText>OffsetsToBoiseTags", [a, b[:2], a, b, s("x", "y", "z"), whole, whole, whole, whole, whole, off], name="fewer ends")
g.case("TFText>OffsetsToBoiseTags", [a, b, a, b, s("x", "y"), whole, whole, whole, whole, whole, off], name="fewer types")
g.case("TFText>OffsetsToBoiseTags", [a, b, a, b, s("x", "y", "z"), whole, other, whole, whole, whole, off], name="other rows")
g.case("TFText>OffsetsToBoiseTags", [a, b, a, b, s("x", "y", "z"), whole, whole, whole, other, whole, off], name="other rows of spans")
g.case("TFText>OffsetsToBoiseTags", [a, b, a, b, s("x", "y", "z"), other, np.array([0, 1, 3], i64), whole, whole, whole, off], name="rows that end elsewhere")
g.case("TFText>BoiseTagsToOffsets", [a, b, s("O", "O"), whole, whole, whole], name="fewer tags")
g.case("TFText>BoiseTagsToOffsets", [a, b, s("B-a", "O", "S-b"), whole, other, whole], name="other rows")
g.case("TFText>BoiseTagsToOffsets", [a, b, s("B-a", "O", "S-b"), other, np.array([0, 1, 3], i64), other], name="rows that end elsewhere")
g.case("TFText>BoiseTagsToOffsets", [a, b, s(b"B-a\x00b", b"I-", b"E-\xff"), whole, whole, whole], name="odd types")

WORDS = s("hello", "", "é", "日本語テスト", "\U0001f600", b"\xff\xfe", b"a\xc3b", b"\xed\xa0\x80", "a much longer word than that", b"a\x00b")
for length, bits, replacement in [(4, 24, 65533), (16, 8, 0), (1, 1, 1), (3, 40, -1), (0, 8, 5), (2, 0, 5)]:
    g.case("TFText>Utf8Binarize", [WORDS], {"word_length": length, "bits_per_char": bits, "replacement_char": replacement})
g.case("TFText>Utf8Binarize", [none], {"word_length": 3, "bits_per_char": 8, "replacement_char": 0})
g.write()
