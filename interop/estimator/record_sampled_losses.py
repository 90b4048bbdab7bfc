"""TensorFlow's losses over a sample of the classes, and their gradients. Run: python interop/estimator/record_sampled_losses.py"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
r = np.random.RandomState(8)
CLASSES, WIDTH, SAMPLED = 30, 5, 8
WEIGHTS, BIASES = r.randn(CLASSES, WIDTH).astype("f"), r.randn(CLASSES).astype("f")
INPUTS = r.randn(4, WIDTH).astype("f")
LABELS = {"1": r.randint(0, 6, (4, 1)).astype("int64"), "2": r.randint(0, 6, (4, 2)).astype("int64")}
SAMPLERS = {
    "default": None,
    "uniform": lambda labels, k: v1.nn.uniform_candidate_sampler(labels, k, SAMPLED, True, CLASSES, seed=3),
    "learned": lambda labels, k: v1.nn.learned_unigram_candidate_sampler(labels, k, SAMPLED, False, CLASSES, seed=3),
    "fixed": lambda labels, k: v1.nn.fixed_unigram_candidate_sampler(labels, k, SAMPLED, True, CLASSES, unigrams=[float(i + 1) for i in range(CLASSES)], distortion=0.75, seed=3),
}
cases = []
for loss in ("sampled_softmax_loss", "nce_loss"):
    for true in ("1", "2"):
        for sampler in SAMPLERS:
            for hits in (True, False):
                with tf.Graph().as_default(), v1.Session() as session:
                    v1.set_random_seed(11)
                    weights, biases = v1.Variable(WEIGHTS, use_resource=True), v1.Variable(BIASES, use_resource=True)
                    inputs, labels = tf.constant(INPUTS), tf.constant(LABELS[true])
                    drawn = None if SAMPLERS[sampler] is None else SAMPLERS[sampler](labels, int(true))
                    losses = getattr(tf.nn, loss)(weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=SAMPLED, num_classes=CLASSES, num_true=int(true), sampled_values=drawn, remove_accidental_hits=hits, **({"seed": 7} if loss == "sampled_softmax_loss" else {}))
                    gradients = [tf.convert_to_tensor(g) for g in v1.gradients(losses, [weights, biases, inputs])]
                    session.run(v1.global_variables_initializer())
                    # Graphs seed an op without a seed of its own by its number, which is each graph's own affair.
                    exact = loss == "sampled_softmax_loss" or drawn is not None
                    values = session.run([losses] + gradients) if exact else []
                if exact:
                    cases.append({"loss": loss, "true": true, "sampler": sampler, "hits": hits, "values": [stored(v) for v in values]})
write("sampled-losses", __file__, {
    "weights": stored(WEIGHTS), "biases": stored(BIASES), "inputs": stored(INPUTS),
    "labels": {key: stored(value) for key, value in LABELS.items()}, "sampled": SAMPLED, "cases": cases,
})
print(len(cases))
