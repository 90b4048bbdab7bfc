"""Goldens of the clustering ops: nearest centers, k-means++ and k-MC2 initialization."""
from golden import Golden, np, rng

g = Golden("clustering", __file__)
f32, i64 = np.float32, np.int64
points = rng(1).normal(size=(20, 3)).astype(f32)
centers = rng(2).normal(size=(5, 3)).astype(f32)

for k in (0, 1, 3, 9):
    g.case("NearestNeighbors", [points, centers, i64(k)], name=f"k {k}")
g.case("NearestNeighbors", [points, centers[:0], i64(2)], name="no centers")
g.case("NearestNeighbors", [points[:0], centers, i64(1)], name="no points")
g.case("NearestNeighbors", [points, centers[:, :2], i64(1)], name="other columns")
g.case("NearestNeighbors", [points[0], centers, i64(1)], name="a vector of points")

for seed in (0, 7, -3, 2**40 + 1):
    for retries in (0, 2, -1):
        g.case("KmeansPlusPlusInitialization", [points, i64(4), i64(seed), i64(retries)], name=f"seed {seed}, {retries} retries")
g.case("KmeansPlusPlusInitialization", [points, i64(20), i64(3), i64(0)], name="all points")
g.case("KmeansPlusPlusInitialization", [points, i64(21), i64(3), i64(0)], name="more than all points")
g.case("KmeansPlusPlusInitialization", [points, i64(0), i64(3), i64(0)], name="no samples")
g.case("KmeansPlusPlusInitialization", [points[:0], i64(1), i64(3), i64(0)], name="no points")

distances = np.abs(rng(3).normal(size=50)).astype(f32)
for seed in (0, 7, 2**40 + 1):
    g.case("KMC2ChainInitialization", [distances, i64(seed)], name=f"seed {seed}")
g.case("KMC2ChainInitialization", [distances[:0], i64(1)], name="no distances")
g.case("KMC2ChainInitialization", [points, i64(1)], name="a matrix of distances")

g.write()
