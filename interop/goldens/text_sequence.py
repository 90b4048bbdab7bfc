"""Goldens of TensorFlow Text's ConstrainedSequence and MaxSpanningTree: with tensorflow 2.15.1 and tensorflow_text 2.15.0."""
from golden import Golden, np, rng, tf

import tensorflow_text  # noqa: F401 (registers the ops)

g = Golden("text-sequence", __file__)
r = rng(47)
f32, i32, i64 = np.float32, np.int32, np.int64
none, free = np.zeros((0, 0), bool), np.zeros((0, 0), f32)


def case(scores, lengths, allowed=none, weights=free, viterbi=True, log=True, bounded=True, **more):
    attrs = {"use_viterbi": viterbi, "use_log_space": log, "use_start_and_end_states": bounded}
    g.case("ConstrainedSequence", [scores, lengths, allowed, weights], {**attrs, **more.pop("attrs", {})}, **more)


for viterbi in (True, False):
    for log in (True, False):
        for bounded in (True, False):
            for batch, steps, states in [(1, 1, 2), (2, 4, 3), (3, 6, 5)]:
                size = states + 1 if bounded else states
                scores = (r.uniform(-3, 3, (batch, steps, states)) if log else r.uniform(0, 1, (batch, steps, states))).astype(f32)
                lengths = np.array([steps] + r.randint(0, steps + 1, batch - 1).tolist(), i32)
                weights = r.uniform(-1 if log else 0, 1, (size, size)).astype(f32)
                allowed = r.uniform(0, 1, (size, size)) < 0.7
                name = "%s %s %s %s" % ((batch, steps, states), "viterbi" if viterbi else "greedy", "log" if log else "exp", "bounded" if bounded else "open")
                a = dict(viterbi=viterbi, log=log, bounded=bounded)
                # TensorFlow's greedy search reads beyond constraints that have no row for a start.
                case(scores, lengths, name=name, **a)
                case(scores, lengths.astype(i64), allowed, free, name=name + " allowed", **a)
                case(scores, lengths, none, weights, name=name + " weighted", **a)
                case(scores, lengths, allowed, weights, name=name + " both", attrs={"Tsplits": tf.int32}, **a)
    ties = np.ones((1, 3, 3), f32)
    case(ties, np.array([3], i32), viterbi=viterbi, name="ties")
    case(ties, np.array([3], i32), np.zeros((4, 4), bool), viterbi=viterbi, name="nothing allowed")
    case(ties[0], np.array([2], i32), viterbi=viterbi, name="a matrix of scores")
    case(ties, np.array([0], i32), viterbi=viterbi, name="no steps")
    case(ties[:0], np.zeros((0,), i32), viterbi=viterbi, name="no sequences")
scores = r.uniform(-3, 3, (2, 3, 3)).astype(f32)
case(scores[0, 0], np.array([1], i32))
case(scores, np.array([1], i32))
case(scores, np.array([1, 4], i32))
case(scores, np.array([1, 2], i32), np.ones((3, 3), bool))
case(scores, np.array([1, 2], i32), np.ones((4, 3), bool), name="narrow")
case(scores, np.array([1, 2], i32), np.ones((4, 4), bool), bounded=False)
case(scores, np.array([1, 2], i32), np.ones((4,), bool), name="flat")
case(scores, np.array([1, 2], i32), none, np.ones((3, 4), f32))
case(scores, np.array([1, 2], i32), none, -np.ones((4, 4), f32), log=False)

for t in (f32, np.float64, i32):
    for forest in (False, True):
        for batch, size in [(1, 1), (3, 2), (4, 4), (3, 7), (2, 12)]:
            # No two scores, and so no two trees, are alike.
            x = r.permutation(batch * size * size * 50)[:batch * size * size].reshape(batch, size, size)
            x = (x - 20 * size * size).astype(t) if t == i32 else (x / 37.0 - 9).astype(t)
            nodes = np.array([size] + r.randint(1, size + 1, batch - 1).tolist(), i32)
            g.case("MaxSpanningTree", [nodes, x], {"forest": forest}, name="%s %s forest=%s" % (np.dtype(t).name, (batch, size), forest))
            if t != i32:
                sparse = np.where(r.uniform(0, 1, x.shape) < 0.6, x, np.array([-np.inf, np.inf, np.nan])[r.randint(0, 3, x.shape)]).astype(t)
                g.case("MaxSpanningTree", [nodes, sparse], {"forest": forest}, name="%s %s forest=%s with gaps" % (np.dtype(t).name, (batch, size), forest))
        x = r.uniform(-3, 3, (2, 4, 4)).astype(f32)
        if t != i32:
            g.gradient_case("MaxSpanningTree", [np.array([4, 3], i32), x.astype(t)], {"forest": forest}, name="%s forest=%s" % (np.dtype(t).name, forest))
x = r.uniform(-3, 3, (2, 3, 3)).astype(f32)
g.case("MaxSpanningTree", [np.array([[3, 3]], i32), x])
g.case("MaxSpanningTree", [np.array([3, 3], i32), x[0]])
g.case("MaxSpanningTree", [np.array([3], i32), x])
g.case("MaxSpanningTree", [np.array([3, 3], i32), x[:, :, :2]])
g.case("MaxSpanningTree", [np.array([3, 4], i32), x])
g.case("MaxSpanningTree", [np.array([3, 0], i32), x])
g.case("MaxSpanningTree", [np.array([3, 3], i32), np.full((2, 3, 3), np.nan, f32)], name="no arcs")
g.case("MaxSpanningTree", [np.array([], i32), x[:0]], name="no problems")
two = np.where(np.eye(3, dtype=bool), 1, -np.inf).astype(f32)[None]
g.case("MaxSpanningTree", [np.array([3], i32), two], name="only roots")
g.case("MaxSpanningTree", [np.array([3], i32), two], {"forest": True}, name="a forest of roots")
g.cases = [c for c in g.cases if "{{node" not in c.get("error", {}).get("message", "")]
g.write()
