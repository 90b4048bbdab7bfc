"""Goldens of the spectral family: Fourier transforms. Run: python interop/goldens/spectral.py"""
from golden import Golden, np, rng, tf

g = Golden("spectral", __file__)
r = rng(19)
c64, c128, f32, f64, i32 = np.complex64, np.complex128, np.float32, np.float64, np.int32


def z(*shape, dtype=c64):
    return (r.uniform(-1, 1, shape) + 1j * r.uniform(-1, 1, shape)).astype(dtype)


def m(*shape, dtype=f32):
    return r.uniform(-1, 1, shape).astype(dtype)


kw = {"rtol": 1e-4, "atol": 1e-5}
for inverse in ("", "I"):
    for dtype in (c64, c128):
        for n in (1, 2, 3, 7, 8, 12, 64, 100):
            g.case(inverse + "FFT", [z(2, n, dtype=dtype)], **kw)
        g.case(inverse + "FFT2D", [z(2, 3, 8, dtype=dtype)], **kw)
        g.case(inverse + "FFT2D", [z(5, 4, dtype=dtype)], **kw)
        g.case(inverse + "FFT3D", [z(2, 3, 4, 5, dtype=dtype)], **kw)
    g.case(inverse + "FFT", [z(0, 4)])
    g.case(inverse + "FFT", [np.array(1 + 1j, c64)])
    g.case(inverse + "FFT2D", [z(4)])
    g.gradient_case(inverse + "FFT", [z(2, 6)], **kw)
    g.gradient_case(inverse + "FFT2D", [z(2, 3, 4)], **kw)
for real, cplx in ((f32, tf.complex64), (f64, tf.complex128)):
    at = {"Tcomplex": cplx}
    for n, length in ((8, 8), (8, 6), (7, 7), (9, 5), (1, 1), (100, 100)):
        g.case("RFFT", [m(2, n, dtype=real), np.array([length], i32)], at, **kw)
    g.case("RFFT2D", [m(2, 4, 6, dtype=real), np.array([4, 6], i32)], at, **kw)
    g.case("RFFT2D", [m(2, 5, 7, dtype=real), np.array([3, 5], i32)], at, **kw)
    g.case("RFFT3D", [m(3, 4, 5, dtype=real), np.array([3, 4, 5], i32)], at, **kw)
    ct = cplx.as_numpy_dtype
    at = {"Treal": tf.as_dtype(real)}
    for n, length in ((5, 8), (4, 7), (5, 6), (1, 1), (51, 100), (5, 9)):
        g.case("IRFFT", [z(2, n, dtype=ct), np.array([length], i32)], at, **kw)
    g.case("IRFFT2D", [z(2, 4, 4, dtype=ct), np.array([4, 6], i32)], at, **kw)
    g.case("IRFFT2D", [z(2, 5, 4, dtype=ct), np.array([3, 7], i32)], at, **kw)
    g.case("IRFFT3D", [z(3, 4, 3, dtype=ct), np.array([3, 4, 5], i32)], at, **kw)
g.case("RFFT", [m(2, 4), np.array([8], i32)])
g.case("RFFT", [m(2, 4), np.array([4, 4], i32)])
g.case("IRFFT", [z(2, 3), np.array([8], i32)])
g.case("RFFT2D", [m(4), np.array([4, 4], i32)])
g.write()
