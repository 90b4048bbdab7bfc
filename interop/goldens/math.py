"""Goldens of the math family: element-wise ops, casts, comparisons, scans, ranges. Run: python interop/goldens/math.py"""
from golden import Golden, bf16, np, rng, tf

g = Golden("math", __file__)
x = np.array([1, -2, 3], np.float32)
g.case("Neg", [x])
g.case("AddN", [[x, x, x]])
g.case("Add", [x, x[:2]], name="shapes that do not broadcast")
g.write()
