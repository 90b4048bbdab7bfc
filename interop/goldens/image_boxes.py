"""Goldens of boxes drawn into images, of glimpses, of the gradient of scaled and moved images, and of those of patches and real Fourier transforms."""
from golden import Golden, np, rng, tf

g = Golden("image-boxes", __file__)
r = rng(3)
f16, f32, f64 = np.float16, np.float32, np.float64
image = lambda *shape: r.uniform(0, 1, shape).astype(f32)

boxes = np.array([[[0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]], [[-0.5, 0.3, 0.6, 1.5], [0.9, 0.1, 0.2, 0.3]]], f32)
many = np.tile(r.uniform(0, 0.5, (1, 13, 4)).astype(f32) + np.array([0, 0, 0.5, 0.5], f32), [2, 1, 1])
for t in (f32, f16):
    for depth in (1, 3, 4):
        x = image(2, 12, 9, depth).astype(t)
        g.case("DrawBoundingBoxes", [x, boxes])
        g.case("DrawBoundingBoxes", [x, many])
        g.case("DrawBoundingBoxesV2", [x, boxes, np.array([[0.25, 0.5, 0.75, 1], [9, 8, 7, 6], [1, 1, 0, 0]], f32)])
        g.case("DrawBoundingBoxesV2", [x, many, np.zeros((0, 4), f32)])
x = image(2, 5, 6, 3)
for op, rest in (("DrawBoundingBoxes", []), ("DrawBoundingBoxesV2", [np.ones((2, 3), f32)])):
    g.case(op, [x, boxes[:1], *rest], name="batches differ")
    g.case(op, [x, boxes[0], *rest], name="boxes of rank 2")
    g.case(op, [image(2, 5, 6, 2), boxes, *rest], name="two channels")
    g.case(op, [x, boxes[..., :3], *rest], name="boxes of three")
    g.case(op, [x, np.array([[[1.5, 0, 2, 1], [0, -2, 1, -1], [0.3, 0.3, 0.3, 0.3]]] * 2, f32), *rest], name="outside")
    g.case(op, [np.zeros((0, 4, 4, 3), f32), np.zeros((0, 2, 4), f32), *rest])
    g.case(op, [x, np.zeros((2, 0, 4), f32), *rest])
g.case("DrawBoundingBoxesV2", [x, boxes, np.ones((2, 2), f32)], name="few channels")
g.case("DrawBoundingBoxesV2", [x, boxes, np.ones((3,), f32)], name="a vector of colours")

x = image(2, 8, 6, 3)
for op in ("ExtractGlimpse", "ExtractGlimpseV2"):
    for centered in (True, False):
        for normalized in (True, False):
            for offsets in ([[0, 0], [0.2, -0.1]], [[1, 2], [2, 1]], [[-3, 0.5], [7, 5]], [[9, 9], [-20, 1]]):
                a = {"centered": centered, "normalized": normalized, "uniform_noise": False, "noise": "zero"}
                g.case(op, [x, np.array([4, 3], np.int32), np.array(offsets, f32)], a, name="%s %s %s" % (centered, normalized, offsets))
    zero = {"uniform_noise": False, "noise": "zero"}
    g.case(op, [x, np.array([10, 9], np.int32), np.zeros((2, 2), f32)], zero, name="larger than the image")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((2, 2), f32)], name="uniform noise that does not show")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((2, 2), f32)], {"uniform_noise": False, "noise": "gaussian"}, name="normal noise that does not show")
    g.case(op, [x, np.array([0, 2], np.int32), np.zeros((2, 2), f32)], zero)
    g.case(op, [x[0], np.array([3, 2], np.int32), np.zeros((2, 2), f32)], zero, name="one image")
    g.case(op, [x, np.array([3], np.int32), np.zeros((2, 2), f32)], zero, name="one size")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((3, 2), f32)], zero, name="three places")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((2, 3), f32)], zero, name="places of three")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((2,), f32)], zero, name="a vector of places")
    g.case(op, [x, np.array([3, 2], np.int32), np.zeros((2, 2), f32)], {"uniform_noise": False, "noise": "loud"}, name="another noise")

two = lambda a, b: np.array([a, b], f32)
for kernel in ("lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"):
    for antialias in (True, False):
        a = {"kernel_type": kernel, "antialias": antialias}
        g.case("ScaleAndTranslateGrad", [image(2, 4, 5, 2), image(2, 6, 3, 2), two(0.7, 1.6), two(0.5, -1)], a)
        if antialias:
            g.gradient_case("ScaleAndTranslate", [image(1, 6, 3, 2), np.array([4, 5], np.int32), two(0.7, 1.6), two(0.5, -1)], a, rtol=1e-4, atol=1e-5)
g.case("ScaleAndTranslateGrad", [image(1, 4, 5, 2), image(1, 6, 3, 2), two(0, 1.6), two(0.5, -1)], name="no scale")
g.case("ScaleAndTranslateGrad", [image(1, 4, 5, 2), image(1, 6, 3, 2), two(1, 1.6), two(0.5, -1)], {"kernel_type": "loud"}, name="no kernel")
g.case("ScaleAndTranslateGrad", [image(4, 5, 2), image(6, 3, 2), two(1, 1.6), two(0.5, -1)], name="one image")
g.case("ScaleAndTranslateGrad", [image(1, 4, 5, 2), image(1, 6, 3, 2), np.ones(3, f32), two(0.5, -1)], name="three scales")
g.case("ScaleAndTranslateGrad", [np.zeros((1, 0, 5, 2), f32), image(1, 6, 3, 2), two(1, 1.6), two(0.5, -1)], name="empty")

for channels in (1, 2):
    x = r.randint(0, 200, (2, 5, 6, 4, channels))
    for t in (f32, f64, f16, np.int32, np.int64, np.uint8, np.int8, np.int16, np.uint16):
        g.case("ExtractVolumePatches", [x.astype(t)], {"ksizes": [1, 2, 3, 2, 1], "strides": [1, 2, 1, 2, 1], "padding": "SAME" if channels == 1 else "VALID"})
x = image(1, 3, 4, 5, 2)
for ksizes, strides, padding in ([[1, 1, 1, 1, 1], [1, 1, 1, 1, 1], "VALID"], [[1, 3, 4, 5, 1], [1, 1, 1, 1, 1], "SAME"], [[1, 2, 2, 2, 1], [1, 3, 3, 3, 1], "SAME"], [[1, 4, 2, 2, 1], [1, 1, 1, 1, 1], "VALID"]):
    g.case("ExtractVolumePatches", [x], {"ksizes": ksizes, "strides": strides, "padding": padding})
g.case("ExtractVolumePatches", [x], {"ksizes": [2, 2, 2, 2, 1], "strides": [1, 1, 1, 1, 1], "padding": "SAME"}, name="batches")
g.case("ExtractVolumePatches", [x[0]], {"ksizes": [1, 2, 2, 2, 1], "strides": [1, 1, 1, 1, 1], "padding": "SAME"}, name="no batch")
g.gradient_case("ExtractVolumePatches", [x], {"ksizes": [1, 2, 2, 2, 1], "strides": [1, 1, 1, 1, 1], "padding": "VALID"})
g.gradient_case("ExtractVolumePatches", [x], {"ksizes": [1, 2, 3, 2, 1], "strides": [1, 2, 1, 2, 1], "padding": "SAME"})
y = image(2, 5, 6, 2)
g.gradient_case("ExtractImagePatches", [y], {"ksizes": [1, 2, 3, 1], "strides": [1, 2, 1, 1], "rates": [1, 1, 1, 1], "padding": "SAME"})
g.gradient_case("ExtractImagePatches", [y], {"ksizes": [1, 2, 2, 1], "strides": [1, 1, 1, 1], "rates": [1, 2, 2, 1], "padding": "VALID"})
turn = np.array([[0.9, 0.1, 0.3, -0.1, 1.1, -0.2, 0.001, 0.002], [1, 0, 1, 0, 1, 2, 0, 0]], f32)
for interpolation in ("NEAREST", "BILINEAR"):
    for fill in ("CONSTANT", "REFLECT"):
        g.gradient_case("ImageProjectiveTransformV2", [y, turn, np.array([4, 7], np.int32)], {"interpolation": interpolation, "fill_mode": fill}, rtol=1e-4, atol=1e-5)
        g.gradient_case("ImageProjectiveTransformV3", [y, turn, np.array([4, 7], np.int32), f32(0.5)], {"interpolation": interpolation, "fill_mode": fill}, rtol=1e-4, atol=1e-5)
for n in (4, 5):
    for kind, real in ((np.complex64, f32), (np.complex128, f64)):
        x = r.uniform(-1, 1, (2, 3, n)).astype(real)
        c = (r.uniform(-1, 1, (2, 3, n // 2 + 1)) + 1j * r.uniform(-1, 1, (2, 3, n // 2 + 1))).astype(kind)
        a = {"Treal": tf.as_dtype(real), "Tcomplex": tf.as_dtype(kind)}
        g.gradient_case("RFFT", [x, np.array([n], np.int32)], a, rtol=1e-4, atol=1e-5)
        g.gradient_case("IRFFT", [c, np.array([n], np.int32)], a, rtol=1e-4, atol=1e-5)
        g.gradient_case("RFFT2D", [x, np.array([3, n], np.int32)], a, rtol=1e-4, atol=1e-5)
        g.gradient_case("IRFFT2D", [c, np.array([3, n], np.int32)], a, rtol=1e-4, atol=1e-5)
g.write()
