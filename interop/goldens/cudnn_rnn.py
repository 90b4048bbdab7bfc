"""Goldens of cuDNN's recurrent networks: TensorFlow has no CPU kernel, so the values are what Keras' LSTM, GRU and SimpleRNN of the same weights give."""
from golden import Golden, Prepared, encode, np, rng, tf

g = Golden("cudnn-rnn", __file__)
r = rng(9)
L = tf.keras.layers
# cuDNN's order of gates by Keras' order.
ORDER = {"lstm": [0, 1, 2, 3], "gru": [1, 0, 2], "rnn_tanh": [0], "rnn_relu": [0]}


def make(mode, units, backward):
    common = dict(return_sequences=True, return_state=True, go_backwards=backward)
    if mode == "lstm":
        return L.LSTM(units, **common)
    if mode == "gru":
        return L.GRU(units, reset_after=True, **common)
    return L.SimpleRNN(units, activation=mode[4:], **common)


def network(mode, units, inputs, layers, directions):
    """Keras weights of each layer and direction, and the same as cuDNN's vector."""
    gates = len(ORDER[mode])
    weights, matrices, biases = [], [], []
    width = inputs
    for _ in range(layers):
        for _ in range(directions):
            kernel, recurrent = (r.uniform(-0.7, 0.7, (n, gates * units)).astype(np.float32) for n in (width, units))
            bias = r.uniform(-0.5, 0.5, (2, gates * units)).astype(np.float32)
            weights.append((kernel, recurrent, bias))
            for w in (kernel, recurrent):
                matrices += [np.split(w, gates, 1)[k].T.ravel() for k in ORDER[mode]]
            for b in bias:
                biases += [np.split(b, gates)[k] for k in ORDER[mode]]
        width = directions * units
    return weights, np.concatenate(matrices + biases)


def keras(mode, units, weights, directions, x, h, c, lengths):
    """Row by row, each at its own length."""
    steps, batch, _ = x.shape
    outs, hs, cs = [], [], []
    for row in range(batch):
        own = lengths[row]
        data = x[:own, row][None]
        row_h, row_c = [], []
        for layer in range(len(weights) // directions):
            parts = []
            for direction in range(directions):
                place = layer * directions + direction
                with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
                    net = make(mode, units, direction == 1)
                    feed = tf.constant(data)
                    state = [tf.constant(h[place, row][None])] + ([tf.constant(c[place, row][None])] if mode == "lstm" else [])
                    results = net(feed, initial_state=state)
                    kernel, recurrent, bias = weights[place]
                    own_bias = bias if mode == "gru" else bias.sum(0)
                    sess.run([v.initializer for v in net.variables])
                    for v, value in zip(net.variables, (kernel, recurrent, own_bias)):
                        v.load(value.reshape(v.shape), sess)
                    values = sess.run(results)
                parts.append(values[0][:, ::-1] if direction == 1 else values[0])
                row_h.append(values[1][0])
                row_c.append(values[2][0] if mode == "lstm" else None)
            data = np.concatenate(parts, 2)
        outs.append(np.concatenate([data[0], np.zeros((steps - own, data.shape[2]), np.float32)]))
        hs.append(row_h)
        cs.append(row_c)
    return np.stack(outs, 1), np.swapaxes(np.array(hs), 0, 1), np.swapaxes(np.array(cs), 0, 1) if mode == "lstm" else None


def case(op, mode, layers, directions, batch, steps, lengths=None, time_major=True):
    units, inputs = 3, 4
    weights, params = network(mode, units, inputs, layers, directions)
    x = r.uniform(-1, 1, (steps, batch, inputs)).astype(np.float32)
    h, c = (r.uniform(-1, 1, (layers * directions, batch, units)).astype(np.float32) for _ in range(2))
    out, last_h, last_c = keras(mode, units, weights, directions, x, h, c, lengths or [steps] * batch)
    turn = (lambda a: a) if time_major else (lambda a: np.ascontiguousarray(np.swapaxes(a, 0, 1)))
    attrs = {"rnn_mode": mode, "direction": "bidirectional" if directions == 2 else "unidirectional", "is_training": False}
    given = [turn(x), turn(h), turn(c) if mode == "lstm" else np.float32(0), params]
    if op == "CudnnRNNV3":
        attrs["time_major"] = time_major
        given.append(np.array(lengths or [steps] * batch, np.int32))
    p = Prepared(op, given, attrs)
    outputs = [turn(out), turn(last_h), turn(last_c) if mode == "lstm" else np.float32(0), np.zeros(0, np.float32)]
    if op != "CudnnRNN":
        outputs.append(np.zeros(0, np.int8))
    shapes = [list(np.shape(o)) for o in outputs[:3]] + [None] * (len(outputs) - 3)
    g.cases.append({"op": op, "name": "%s, %d layers, %d directions, %s, %s" % (mode, layers, directions, lengths, time_major), "attrs": p.plain, "inputs": p.encoded(),
                    "outputs": [encode(np.asarray(o)) for o in outputs], "shapes": {"known": shapes, "constant": shapes}, "rtol": 1e-4, "atol": 1e-5})


for mode in ORDER:
    for layers, directions in [(1, 1), (2, 1), (1, 2), (2, 2)]:
        for op in ("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3"):
            case(op, mode, layers, directions, 2, 3)
    case("CudnnRNNV3", mode, 2, 2, 3, 4, [4, 2, 3])
    case("CudnnRNNV3", mode, 1, 2, 2, 3, [3, 1], False)
g.write()
