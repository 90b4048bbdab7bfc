"""Goldens of what sorts and searches do with numbers that have no order: NaN in every place, infinities, ties, and entries left unsorted."""
from golden import Golden, bf16, np, rng

g = Golden("order", __file__)
r = rng(61)
f16, f32, f64, i32, i64 = np.float16, np.float32, np.float64, np.int32, np.int64
NAN, INF = np.nan, np.inf


def shot(shape, t, share, levels=0):
    """Numbers of which a share is NaN; of a few levels where ties are wanted."""
    x = r.randint(0, levels, shape).astype(np.float64) if levels else r.uniform(-9, 9, shape)
    if np.dtype(t).kind in "iu":
        return x.astype(t)
    return np.where(r.uniform(0, 1, shape) < share, NAN, x).astype(t)


def top(x, k, order=True, name=None):
    g.case("TopKV2", [x, np.array(k, i32)], {"sorted": order}, name=name and "%s k=%d%s" % (name, k, "" if order else " unsorted"))


rows = {
    "first": [NAN, 1, 5, 3], "last": [1, 5, 3, NAN], "middle": [1, NAN, 5, 3], "two": [NAN, 1, NAN, 3], "all": [NAN] * 4, "most": [NAN, NAN, NAN, 2],
    "infinite": [NAN, -INF, INF, NAN], "lowest": [NAN, -INF, NAN, -INF], "falling": [5, 4, NAN, 3], "ties": [2, NAN, 2, 2], "zeros": [-0.0, 0.0, NAN, -0.0],
}
for name, row in rows.items():
    for t in (f16, bf16, f32, f64) if name in ("first", "middle", "lowest") else (f32,):
        for k in range(5):
            for order in (True, False):
                top(np.array([row, row[::-1]], t), k, order, name="%s %s" % (name, np.dtype(t).name))
for size in (2, 3, 5, 9, 15, 16, 17, 18, 24, 33, 40, 64, 100, 300, 1000):
    for share in (0.05, 0.3, 0.8):
        x = shot((2, size), f32, share, 6 if size % 2 else 0)
        for k in sorted({1, 2, size // 2, size - 1, size}):
            top(x, k, True, name="%d of which %g are NaN" % (size, share))
            if size <= 100:
                top(x, k, False, name="%d of which %g are NaN" % (size, share))
for t in (f64, bf16, f16, i32, i64, np.int8, np.int16, np.uint8, np.uint16, np.uint32, np.uint64):
    for size, k in [(7, 1), (7, 3), (7, 7), (20, 20), (20, 9), (50, 49), (50, 50)]:
        for order in (True, False):
            top(shot((2, size), t, 0.25, 9), k, order)
# The greatest of a row is found in blocks as wide as the processor's registers and a rest: each treats NaN in its own way.
for t in (f16, bf16, f32, f64):
    for size in (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 20, 31, 33, 39, 70):
        for share in (0.2, 0.5):
            top(shot((12, size), t, share, 30), 1, name="%d %s of which %g are NaN" % (size, np.dtype(t).name, share))
# As sorted as quicksort does not like it: deep enough that the library falls back on a heap sort.
deep = np.concatenate([np.arange(200), np.arange(200)]).astype(f32)
for x in (np.sort(deep), deep, deep[::-1], np.where(np.arange(400) % 7 == 3, NAN, np.sort(deep)), np.where(np.arange(400) % 2 == 1, NAN, deep)):
    for k in (1, 5, 100, 399, 400):
        top(np.asarray(x, f32), k)
        top(np.asarray(x, f32), k, False)
for k in (1, 2, 4):
    for t in (f16, bf16, f32):
        g.case("ApproxTopK", [np.array([[NAN, 1, 5, 3], [2, NAN, 2, 7]], t)], {"k": k}, known=True)
    g.case("ApproxTopK", [shot((3, 33), f32, 0.3)], {"k": 8 * k}, known=True)

for name, row in rows.items():
    for n in range(4):
        for reverse in (False, True):
            g.case("NthElement", [np.array([row, row[::-1]], f32), np.array(n, i32)], {"reverse": reverse}, name="%s %d%s" % (name, n, " reverse" if reverse else ""))
for size in (2, 3, 4, 5, 9, 16, 17, 40, 100, 300):
    for share in (0, 0.1, 0.5):
        for n in sorted({0, 1, size // 3, size // 2, size - 1}):
            g.case("NthElement", [shot((2, size), f64 if share == 0.1 else f32, share, 5), np.array(n, i32)], {"reverse": size % 2 == 1})

nans = np.array([[1, NAN, 3, 3, 9], [NAN, NAN, 1, 2, NAN]], f32)
for op in ("LowerBound", "UpperBound"):
    for t in (f16, bf16, f32, f64):
        g.case(op, [nans.astype(t), np.array([[NAN, 3, 2, INF, -INF], [NAN, 0, 2, 9, -0.0]], t)])
for op in ("ArgMax", "ArgMin"):
    for t in (f16, bf16, f32, f64):
        for row in rows.values():
            g.case(op, [np.array([row, row[::-1]], t), np.array(1, i32)])
            g.case(op, [np.array([row, row[::-1]], t), np.array(0, i32)])
for size in (5, 8, 16, 17, 33, 64):
    for axis in (0, 1):
        x = shot((size, size), f32, 0.2, 7)
        for op in ("ArgMax", "ArgMin"):
            g.case(op, [x, np.array(axis, i32)])
for op in ("Unique", "UniqueWithCounts"):
    g.case(op, [np.array([NAN, 1, NAN, -0.0, 0.0, 1, INF], f32)])
g.case("ListDiff", [np.array([NAN, 1, -0.0, INF], f32), np.array([NAN, 0, INF], f32)])
for k in (1, 2, 3):
    p = np.array([[NAN, 1, 2], [1, NAN, 2], [3, 2, 2], [INF, 1, 0], [-INF, -INF, 0], [NAN, NAN, NAN]], f32)
    for column in range(3):
        g.case("InTopKV2", [p, np.full(6, column, i32), np.array(k, i32)])
        g.case("InTopK", [p, np.full(6, column, i64)], {"k": k})
g.write()
