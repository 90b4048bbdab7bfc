"""Exports a small text classifier whose preprocessing is TensorFlow Text's, and records what TensorFlow answers with it.

    python interop/saved-model/make_text_model.py          with tensorflow 2.15.1 and tensorflow_text 2.15.0

BertTokenizer (lower case, a vocabulary asset), trimming, [CLS] and [SEP], padding; then an embedding and a dense layer of fixed weights. Writes
packages/tureen/src/saved-model/fixtures/bert_text_classifier/ with recorded.json.
"""
import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../goldens"))
from golden import encode, np, rng, tf

tf.compat.v1.enable_eager_execution()
import tensorflow_text as text

FOLDER = os.path.join(HERE, "../../packages/tureen/src/saved-model/fixtures/bert_text_classifier")
WORDS = "good bad great awful movie film plot actor boring fun love hate best worst the a an this that was is and or but not very".split()
VOCAB = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]"] + WORDS + list("abcdefghijklmnopqrstuvwxyz") + ["##" + c for c in "abcdefghijklmnopqrstuvwxyz"] + list("!?.,'-") + ["##ing", "##ed", "##ly", "é", "日", "本"]))
LENGTH = 16


class Classifier(tf.Module):
    def __init__(self, path):
        super().__init__()
        self.vocabulary = tf.saved_model.Asset(path)
        self.table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(self.vocabulary, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                                                                   tf.lookup.TextFileIndex.LINE_NUMBER), 1)
        self.tokenizer = text.BertTokenizer(self.table, token_out_type=tf.int64, lower_case=True)
        self.fast = text.FastWordpieceTokenizer(vocab=VOCAB, token_out_type=tf.int64, support_detokenization=True, no_pretokenization=True)
        random = rng(6)
        self.embedding = tf.Variable(random.normal(size=(len(VOCAB) + 1, 8)).astype(np.float32))
        self.dense = tf.Variable(random.normal(size=(8, 3)).astype(np.float32))

    def score(self, tokens, other=None):
        segments = [tokens.merge_dims(-2, -1)] + ([] if other is None else [other.merge_dims(-2, -1)])
        trimmed = text.RoundRobinTrimmer(max_seq_length=LENGTH - 1 - len(segments)).trim(segments)
        ids, types = text.combine_segments(trimmed, start_of_sequence_id=2, end_of_segment_id=3)
        ids, mask = text.pad_model_inputs(ids, max_seq_length=LENGTH)
        types, _ = text.pad_model_inputs(types, max_seq_length=LENGTH)
        weights = tf.cast(mask, tf.float32)[:, :, None]
        mean = tf.reduce_sum(tf.gather(self.embedding, ids) * weights, 1) / tf.reduce_sum(weights, 1)
        return {"input_word_ids": ids, "input_mask": mask, "input_type_ids": types, "probabilities": tf.nn.softmax(tf.matmul(mean, self.dense))}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def classify(self, texts):
        return self.score(self.tokenizer.tokenize(texts))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text"), tf.TensorSpec([None], tf.string, name="other")])
    def pair(self, texts, other):
        return self.score(self.tokenizer.tokenize(texts), self.tokenizer.tokenize(other))

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="text")])
    def fast_tokens(self, texts):
        tokens, starts, ends = self.fast.tokenize_with_offsets(tf.strings.split(texts).flat_values)
        back = self.fast.detokenize(tf.cast(tokens, tf.int32))
        return {"back": back, "ids": tokens.flat_values, "starts": starts.flat_values, "ends": ends.flat_values, "splits": tokens.row_splits}


with tempfile.TemporaryDirectory() as scratch:
    path = os.path.join(scratch, "vocab.txt")
    with open(path, "w") as f:
        f.write("\n".join(VOCAB) + "\n")
    module = Classifier(path)
    shutil.rmtree(FOLDER, ignore_errors=True)
    tf.saved_model.save(module, FOLDER, signatures={"serving_default": module.classify, "pair": module.pair, "fast": module.fast_tokens})
fingerprint = os.path.join(FOLDER, "fingerprint.pb")
if os.path.exists(fingerprint):
    os.remove(fingerprint)

loaded = tf.saved_model.load(FOLDER)
TEXTS = ["This movie was GREAT!", "awful, boring plot... the worst-acting ever", "", "I don't love it; naïve café 日本 film", "very very " * 30, "\u00c9T\u0041\u0301 \ufb01lm!?"]
OTHERS = ["but the actor is good", "", "that's not fun", "a", "this and that " * 20, "[SEP] [CLS]"]
cases = []
for name, signature, inputs in [("six texts", "serving_default", {"text": TEXTS}), ("one text", "serving_default", {"text": TEXTS[:1]}), ("pairs", "pair", {"text": TEXTS, "other": OTHERS}),
                                ("fast tokenizer", "fast", {"text": TEXTS})]:
    out = loaded.signatures[signature](**{k: tf.constant(v) for k, v in inputs.items()})
    cases.append({"signature": signature, "name": name, "inputs": {k: encode(np.array([t.encode() for t in v], dtype=object)) for k, v in inputs.items()},
                  "outputs": {k: encode(v.numpy()) for k, v in out.items()}})
with open(os.path.join(FOLDER, "recorded.json"), "w") as f:
    json.dump({"tensorflow": tf.__version__, "tensorflow_text": text.__version__, "script": "interop/saved-model/make_text_model.py", "cases": cases}, f)
