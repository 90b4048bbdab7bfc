"""Goldens of the fused recurrent cells' gradients: LSTMBlockCellGrad, BlockLSTMGrad and its second version, GRUBlockCellGrad."""
from golden import Golden, np, rng

g = Golden("recurrent-grad", __file__)
r = rng(29)
f16, f32, i64 = np.float16, np.float32, np.int64


def draw(shape, t=f32, scale=1.0):
    return r.uniform(-scale, scale, shape).astype(t)


def cell(t, batch, inputs, cells):
    weights = [draw((inputs + cells, 4 * cells), t)] + [draw((cells,), t) for _ in range(3)] + [draw((4 * cells,), t)]
    return [draw((batch, inputs), t), draw((batch, cells), t), draw((batch, cells), t)] + weights


def gates(t, *shape):
    """i, cs, f, o, ci, co as a forward step gives them."""
    half = lambda: r.uniform(0.05, 0.95, shape).astype(t)
    return [half(), draw(shape, t), half(), half(), draw(shape, t), draw(shape, t)]


def loose(t):
    return {"rtol": 2e-2, "atol": 2e-2} if t == f16 else {"rtol": 2e-5, "atol": 2e-6}


for t in (f32, f16):
    for batch, inputs, cells in [(1, 1, 1), (2, 3, 2), (3, 2, 5), (4, 7, 4)]:
        for peephole in (False, True):
            x = cell(t, batch, inputs, cells)
            late = [draw((batch, cells), t), draw((batch, cells), t)]
            g.case("LSTMBlockCellGrad", x + gates(t, batch, cells) + late, {"use_peephole": peephole}, **loose(t))
base = cell(f32, 2, 3, 2) + gates(f32, 2, 2) + [draw((2, 2)), draw((2, 2))]
bad = {0: (3, 3), 1: (3, 2), 2: (2, 3), 3: (4, 8), 7: (7,), 8: (2, 3), 9: (1, 2), 10: (2, 3), 11: (3, 2), 12: (2, 1), 13: (3, 2), 14: (2, 3), 15: (1, 2)}
for at, shape in bad.items():
    wrong = list(base)
    wrong[at] = draw(shape)
    g.case("LSTMBlockCellGrad", wrong, {"use_peephole": True}, name="input %d of shape %s" % (at, list(shape)))

for op in ("BlockLSTMGrad", "BlockLSTMGradV2"):
    for t in (f32, f16):
        for time, batch, inputs, cells in [(1, 1, 1, 1), (3, 2, 3, 2), (4, 3, 2, 3)]:
            for peephole in (False, True):
                for steps in sorted({0, 1, time}) if t == f32 else [time]:
                    x = cell(t, batch, inputs, cells)
                    x[0] = draw((time, batch, inputs), t)
                    states = gates(t, time, batch, cells) + [draw((time, batch, cells), t) for _ in range(3)]
                    g.case(op, [np.array(steps, i64)] + x + states, {"use_peephole": peephole}, name="%s %d of %s %s" % (np.dtype(t).name, steps, (time, batch, inputs, cells), peephole), **loose(t))
    x = cell(f32, 2, 3, 2)
    x[0] = draw((3, 2, 3))
    good = [np.array(3, i64)] + x + gates(f32, 3, 2, 2) + [draw((3, 2, 2)) for _ in range(3)]
    for at, shape in {0: (1,), 1: (2, 3), 2: (2,), 3: (2,), 4: (5,), 5: (2, 2), 8: (2, 2)}.items():
        wrong = list(good)
        wrong[at] = np.zeros(shape, i64) if at == 0 else draw(shape)
        g.case(op, wrong, {"use_peephole": True}, name="input %d of shape %s" % (at, list(shape)))

for batch, inputs, cells in [(1, 1, 1), (2, 3, 2), (3, 2, 5), (4, 7, 4), (5, 1, 3)]:
    for scale in (1.0, 20.0):
        x = [draw((batch, inputs)), draw((batch, cells)), draw((inputs + cells, 2 * cells)), draw((inputs + cells, cells)), draw((2 * cells,)), draw((cells,))]
        state = [r.uniform(0.05, 0.95, (batch, cells)).astype(f32) for _ in range(2)] + [draw((batch, cells)), draw((batch, cells), scale=scale)]
        g.case("GRUBlockCellGrad", x + state, name="%s scaled by %d" % ((batch, inputs, cells), scale), rtol=2e-5, atol=2e-5)
good = [draw((2, 3)), draw((2, 2)), draw((5, 4)), draw((5, 2)), draw((4,)), draw((2,))] + [draw((2, 2)) for _ in range(4)]
for at, shapes in {0: [(2,)], 1: [(3, 2), (2,)], 2: [(4, 4), (5, 3), (5,)], 3: [(4, 2), (5, 3)], 4: [(3,), (2, 2)], 5: [(3,)], 6: [(3, 2), (2, 3), (2,)], 7: [(3, 2), (2, 3)], 8: [(3, 2), (2, 3), (2,)], 9: [(3, 2), (2, 3), (2,)]}.items():
    for shape in shapes:
        wrong = list(good)
        wrong[at] = draw(shape)
        g.case("GRUBlockCellGrad", wrong, name="input %d of shape %s" % (at, list(shape)))

for op in ("BlockLSTM", "BlockLSTMV2"):
    for time, batch, inputs, cells in [(1, 1, 2, 2), (3, 2, 3, 2), (4, 2, 1, 3)]:
        for peephole in (False, True):
            x = cell(f32, batch, inputs, cells)
            x[0] = draw((time, batch, inputs))
            attrs = {"use_peephole": peephole, "cell_clip": 0.0 if op == "BlockLSTMV2" else -1.0}
            g.gradient_case(op, [np.array(time, i64)] + x, attrs, outputs=[1, 6], name="%s %s" % ((time, batch, inputs, cells), peephole), rtol=5e-5, atol=5e-6)
            g.gradient_case(op, [np.array(time, i64)] + x, attrs, outputs=[6], name="of h alone %s %s" % ((time, batch, inputs, cells), peephole), rtol=5e-5, atol=5e-6)
g.write()
