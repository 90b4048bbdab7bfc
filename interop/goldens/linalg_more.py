"""Goldens of matrix functions, LU, banded and tridiagonal systems, eigenvalues of general matrices, and gradients of decompositions."""
from golden import Golden, np, rng, run, tf

g = Golden("linalg-more", __file__)
r = rng(8)
f16, f32, f64, c64, c128 = np.float16, np.float32, np.float64, np.complex64, np.complex128
TYPES = [f32, f64, c64, c128]
raw = tf.raw_ops


def draw(t, *shape):
    x = r.uniform(-1, 1, shape)
    if np.dtype(t).kind == "c":
        x = x + 1j * r.uniform(-1, 1, shape)
    return x.astype(t)


def tol(t):
    return {"rtol": 2e-4, "atol": 2e-5} if t in (f32, c64) else {"rtol": 1e-7, "atol": 1e-9}


for t in TYPES:
    for shape in [(3, 3), (1, 1), (2, 4, 4), (0, 3, 3), (2, 0, 0)]:
        x = draw(t, *shape)
        for index in (tf.int32, tf.int64):
            g.case("Lu", [x], {"output_idx_type": index}, **tol(t))
        g.case("MatrixExponential", [x], producer=26, **tol(t))
        g.case("MatrixExponential", [5 * x], producer=26, **tol(t))
        good = x if 0 in shape else (x + 3 * np.eye(shape[-1])).astype(t)
        g.case("MatrixSquareRoot", [good], **tol(t))
        if t in (c64, c128):
            g.case("MatrixLogarithm", [good], **tol(t))
            g.case("MatrixLogarithm", [(4 * good).astype(t)], **tol(t))
    for op in ("Lu", "MatrixExponential", "MatrixSquareRoot", "MatrixLogarithm"):
        g.case(op, [draw(t, 2, 3)], name="not square %s" % t.__name__, producer=26)
        g.case(op, [draw(t, 3)], name="a vector %s" % t.__name__, producer=26)
    g.case("Lu", [np.zeros((2, 2), t)], name="singular %s" % t.__name__)
    g.case("MatrixExponential", [np.array([[0, 1], [0, 0]], t)], producer=26, **tol(t))
    g.case("MatrixSquareRoot", [np.diag([4, 9, 16]).astype(t)], **tol(t))

    for batch in [(), (2,), (2, 1)]:
        for m, k in [(1, 1), (4, 2), (5, 1), (2, 3)]:
            diagonals = draw(t, *batch, 3, m)
            for pivot in (True, False):
                d = diagonals.copy()
                if not pivot:
                    d[..., 1, :] += 3
                g.case("TridiagonalSolve", [d, draw(t, *batch, m, k)], {"partial_pivoting": pivot}, **tol(t))
            g.case("TridiagonalMatMul", [draw(t, *batch, 1, m), draw(t, *batch, 1, m), draw(t, *batch, 1, m), draw(t, *batch, m, k)], **tol(t))
    g.case("TridiagonalSolve", [np.zeros((3, 3), t), draw(t, 3, 1)], name="singular %s" % t.__name__)
    g.case("TridiagonalSolve", [np.zeros((3, 3), t), draw(t, 3, 1)], {"partial_pivoting": False}, name="singular, plain %s" % t.__name__)
    g.case("TridiagonalSolve", [np.zeros((3, 1), t), draw(t, 1, 1)], name="zero %s" % t.__name__)
    g.case("TridiagonalSolve", [np.zeros((3, 2), t), draw(t, 2, 1)], name="zeros %s" % t.__name__)
    g.case("TridiagonalSolve", [draw(t, 2, 3), draw(t, 3, 1)], name="two diagonals %s" % t.__name__)
    g.case("TridiagonalSolve", [draw(t, 3, 3), draw(t, 4, 1)], name="other rows %s" % t.__name__)
    g.case("TridiagonalSolve", [np.zeros((3, 0), t), np.zeros((0, 2), t)], name="empty %s" % t.__name__)
    for lower in (True, False):
        for adjoint in (True, False):
            a = {"lower": lower, "adjoint": adjoint}
            for batch, k, m, n in [((), 1, 3, 2), ((), 2, 4, 1), ((2,), 3, 5, 2), ((2, 1), 4, 4, 1)]:
                bands = draw(t, *batch, k, m)
                bands[..., 0 if lower else -1, :] += 2
                g.case("BandedTriangularSolve", [bands, draw(t, *batch, m, n)], a, **tol(t))
    g.case("BandedTriangularSolve", [draw(t, 2, 1, 2, 3) + 2, draw(t, 4, 3, 1)], name="broadcast %s" % t.__name__, **tol(t))
    g.case("BandedTriangularSolve", [draw(t, 2, 3), draw(t, 4, 1)], name="other rows %s" % t.__name__)
    g.case("BandedTriangularSolve", [draw(t, 5, 3), draw(t, 3, 1)], name="more bands than rows %s" % t.__name__)
    g.case("BandedTriangularSolve", [draw(t, 3), draw(t, 3, 1)], name="a vector %s" % t.__name__, producer=26)
    g.case("BandedTriangularSolve", [np.zeros((2, 3), t), draw(t, 3, 1)], name="singular %s" % t.__name__)
    g.case("BandedTriangularSolve", [np.zeros((0, 3), t), draw(t, 3, 1)], name="no bands %s" % t.__name__)

    out = tf.complex64 if t in (f32, c64) else tf.complex128
    values = lambda x: lambda: [run([raw.Eig(input=tf.constant(x), compute_v=False, Tout=out)[0]])]
    for shape in [(1, 1), (3, 3), (2, 4, 4), (0, 2, 2), (2, 0, 0)]:
        g.sequence("Eig without vectors of %s %s" % (shape, t.__name__), values(draw(t, *shape)), ops=["Eig"], **tol(t))
    g.case("Eig", [np.diag([3, 1, 2]).astype(t)], {"Tout": out}, **tol(t))
    g.case("Eig", [np.diag([-1, 0.5, 2, 7]).astype(t)], {"Tout": out}, **tol(t))
    g.case("Eig", [np.zeros((2, 0, 0), t)], {"Tout": out})
    g.case("Eig", [draw(t, 2, 3)], {"Tout": out}, name="not square %s" % t.__name__, producer=26)
    g.case("Eig", [np.full((2, 2), np.nan).astype(t)], {"Tout": out}, name="NaN %s" % t.__name__)

    def eig(x):
        def build():
            e, v = raw.Eig(input=tf.constant(x), Tout=out)
            return [run([e, tf.abs(v), tf.linalg.matmul(tf.cast(tf.constant(x), out), v) - v * e[..., tf.newaxis, :]])]
        return build
    for n in (1, 2, 3, 5):
        g.sequence("Eig of %d %s" % (n, t.__name__), eig(draw(t, n, n)), ops=["Eig"], rtol=1e-3 if t in (f32, c64) else 1e-6, atol=1e-5 if t in (f32, c64) else 1e-9)
    g.sequence("Eig of a batch %s" % t.__name__, eig(draw(t, 2, 3, 3)), ops=["Eig"], rtol=1e-3 if t in (f32, c64) else 1e-6, atol=1e-5 if t in (f32, c64) else 1e-9)


def symmetric(t, *shape):
    x = draw(t, *shape)
    return ((x + np.conj(np.swapaxes(x, -1, -2))) / 2 + np.diag(np.arange(shape[-1]))).astype(t)


for t in (f32, f64):
    for shape in [(3, 3), (2, 4, 2), (3, 2)]:
        x = draw(t, *shape)
        g.gradient_case("Qr", [x], **tol(t))
        if shape[-1] == shape[-2]:
            g.gradient_case("Qr", [x], {"full_matrices": True}, **tol(t))
    for shape in [(3, 3), (2, 4, 2), (2, 3)]:
        x = draw(t, *shape)
        g.gradient_case("Svd", [x], {"compute_uv": False}, rtol=1e-3, atol=1e-4, outputs=[0])
        g.gradient_case("Svd", [x], rtol=2e-3, atol=1e-3, outputs=[0])
    for n in (1, 2, 4):
        x = symmetric(t, 2, n, n)
        g.gradient_case("SelfAdjointEigV2", [x], {"compute_v": False}, rtol=1e-3, atol=1e-4, outputs=[0])
        g.gradient_case("SelfAdjointEigV2", [x], rtol=2e-3, atol=1e-3, outputs=[0])
    for m, n in [(4, 2), (2, 4), (3, 3)]:
        for fast in (True,):
            g.gradient_case("MatrixSolveLs", [draw(t, m, n), draw(t, m, 2), np.float64(0.1)], {"fast": fast}, rtol=2e-3, atol=1e-4)
    for pivot in (True, False):
        d = draw(t, 2, 3, 4)
        d[:, 1] += 3
        g.gradient_case("TridiagonalSolve", [d, draw(t, 2, 4, 2)], {"partial_pivoting": pivot}, **tol(t))
    g.gradient_case("TridiagonalMatMul", [draw(t, 2, 1, 4), draw(t, 2, 1, 4), draw(t, 2, 1, 4), draw(t, 2, 4, 3)], **tol(t))
    g.gradient_case("MatrixSquareRoot", [(draw(t, 3, 3) + 3 * np.eye(3)).astype(t)], **tol(t))
    for lower in (True, False):
        for adjoint in (True, False):
            bands = draw(t, 2, 2, 4)
            bands[:, 0 if lower else -1] += 2
            g.gradient_case("BandedTriangularSolve", [bands, draw(t, 2, 4, 3)], {"lower": lower, "adjoint": adjoint}, **tol(t))
for t in (c64, c128):
    x = (draw(t, 3, 3) + np.diag([0, 2, 4])).astype(t)
    for compute_v in (True, False):
        g.gradient_case("Eig", [x], {"compute_v": compute_v, "Tout": tf.as_dtype(t)}, rtol=2e-3, atol=1e-3, outputs=[0])
g.write()
