"""Goldens of the image family. Run: python interop/goldens/image.py"""
from golden import Golden, np, rng, tf

g = Golden("image", __file__)
r = rng(23)
f32, f64, f16, i32 = np.float32, np.float64, np.float16, np.int32


def m(*shape, dtype=f32):
    if np.issubdtype(dtype, np.integer):
        return r.randint(0, 100, shape).astype(dtype)
    return r.uniform(0, 1, shape).astype(dtype)


kw = {"rtol": 1e-4, "atol": 1e-5}
MODES = [{}, {"align_corners": True}, {"half_pixel_centers": True}]
for size in [(4, 6), (7, 3), (2, 2), (5, 5), (1, 1), (11, 13)]:
    for at in MODES:
        x = m(2, 5, 5, 3)
        for op in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"):
            g.case(op, [x, np.array(size, i32)], at, **kw)
        g.case("ResizeBilinearGrad", [m(2, *size, 3), x], at, **kw)
        g.case("ResizeNearestNeighborGrad", [m(2, *size, 3), np.array([5, 5], i32)], at, **kw)
        g.case("ResizeBicubicGrad", [m(2, *size, 3), x], at, **kw)
        if "half_pixel_centers" not in at:
            g.case("ResizeArea", [x, np.array(size, i32)], at, **kw)
        g.gradient_case("ResizeBilinear", [x, np.array(size, i32)], at, **kw)
        g.gradient_case("ResizeNearestNeighbor", [x, np.array(size, i32)], at, **kw)
g.gradient_case("ResizeBicubic", [m(1, 4, 4, 2), np.array([6, 5], i32)], **kw)
for dtype in (np.uint8, np.int8, np.int16, np.uint16, i32, np.int64, f16, f64):
    for op in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
        g.case(op, [m(1, 3, 4, 2, dtype=dtype), np.array([5, 3], i32)], rtol=1e-3, atol=1e-3)
for op in ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic", "ResizeArea"):
    g.case(op, [m(3, 4, 2), np.array([5, 3], i32)])
    g.case(op, [m(1, 3, 4, 2), np.array([5, 0], i32)])
    g.case(op, [m(1, 3, 4, 2), np.array([5, 3, 2], i32)])
    g.case(op, [m(1, 0, 4, 2), np.array([5, 3], i32)])
    g.case(op, [m(0, 3, 4, 2), np.array([5, 3], i32)])
g.case("ResizeBilinear", [m(1, 3, 4, 2), np.array([5, 3], i32)], {"align_corners": True, "half_pixel_centers": True})

boxes = np.array([[0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [-0.3, 0.5, 1.2, 1.5], [0.4, 0.4, 0.4, 0.4]], f32)
ind = np.array([0, 1, 0, 1, 0], i32)
for method in ("bilinear", "nearest"):
    for size in ((3, 4), (1, 1)):
        x = m(2, 6, 5, 3)
        g.case("CropAndResize", [x, boxes, ind, np.array(size, i32)], {"method": method, "extrapolation_value": 0.25}, **kw)
        g.case("CropAndResizeGradImage", [m(5, *size, 3), boxes, ind, np.array([2, 6, 5, 3], i32)], {"method": method, "T": tf.float32}, **kw)
        if method == "bilinear":
            g.case("CropAndResizeGradBoxes", [m(5, *size, 3), x, boxes, ind], **kw)
for dtype in (np.uint8, f64, i32):
    g.case("CropAndResize", [m(2, 6, 5, 3, dtype=dtype), boxes, ind, np.array([3, 3], i32)], **kw)
g.case("CropAndResize", [m(2, 6, 5, 3), boxes, np.array([0, 1, 0, 2, 0], i32), np.array([3, 3], i32)])
g.case("CropAndResize", [m(2, 6, 5), boxes, ind, np.array([3, 3], i32)])
g.case("CropAndResize", [m(2, 6, 5, 3), boxes[:3], ind, np.array([3, 3], i32)])
g.case("CropAndResize", [m(2, 6, 5, 3), boxes, ind, np.array([0, 3], i32)])
g.gradient_case("CropAndResize", [m(2, 6, 5, 3), boxes[:2], ind[:2], np.array([3, 4], i32)], **kw)

for kernel in ("lanczos1", "lanczos3", "lanczos5", "gaussian", "box", "triangle", "keyscubic", "mitchellcubic"):
    for antialias in (True, False):
        g.case("ScaleAndTranslate", [m(1, 7, 9, 2), np.array([5, 4], i32), np.array([0.6, 0.4], f32), np.array([0.3, -0.2], f32)], {"kernel_type": kernel, "antialias": antialias}, **kw)
        g.case("ScaleAndTranslate", [m(1, 4, 5, 2), np.array([9, 8], i32), np.array([2.1, 1.5], f32), np.array([0.5, 1.0], f32)], {"kernel_type": kernel, "antialias": antialias}, **kw)

rgb = np.concatenate([m(2, 3, 3), np.array([[[0, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], f32)], 1)
for dtype in (f32, f64):
    g.case("RGBToHSV", [rgb.astype(dtype)])
    g.case("HSVToRGB", [np.concatenate([m(2, 5, 3), np.array([[[0, 0, 1]], [[1, 1, 1]]], f32)], 1).astype(dtype)])
g.case("RGBToHSV", [m(3)])
g.case("RGBToHSV", [m(2, 4)])
g.case("HSVToRGB", [np.array(1, f32)])
for d in (-1.0, -0.3, 0.0, 0.2, 0.75, 1.0):
    g.case("AdjustHue", [rgb, np.array(d, f32)], **kw)
for s in (0.0, 0.5, 1.0, 2.5):
    g.case("AdjustSaturation", [rgb, np.array(s, f32)], **kw)
    g.case("AdjustContrastv2", [m(2, 3, 4, 3), np.array(s, f32)], **kw)
g.case("AdjustContrastv2", [m(3, 4, 3), np.array(0.5, f32)], **kw)
g.case("AdjustContrastv2", [m(4, 3), np.array(0.5, f32)])
g.case("AdjustHue", [m(2, 4), np.array(0.5, f32)])
g.case("AdjustSaturation", [m(2, 3), np.array([0.5], f32)])


def random_boxes(n):
    a, b = r.uniform(0, 1, (n, 2)), r.uniform(0.1, 0.5, (n, 2))
    return np.concatenate([a, a + b], 1).astype(f32)


b12, s12 = random_boxes(12), m(12)
flipped = b12[:, [2, 3, 0, 1]]
n5, t3, half = np.array(5, i32), np.array(0.3, f32), np.array(0.5, f32)
for bs in (b12, flipped):
    g.case("NonMaxSuppression", [bs, s12, n5], {"iou_threshold": 0.3})
    g.case("NonMaxSuppressionV2", [bs, s12, n5, t3])
    g.case("NonMaxSuppressionV3", [bs, s12, np.array(20, i32), t3, half])
    for pad in (False, True):
        g.case("NonMaxSuppressionV4", [bs, s12, np.array(9, i32), t3, half], {"pad_to_max_output_size": pad})
        for sigma in (0.0, 0.5):
            g.case("NonMaxSuppressionV5", [bs, s12, np.array(9, i32), t3, np.array(0.2, f32), np.array(sigma, f32)], {"pad_to_max_output_size": pad})
g.case("NonMaxSuppressionV3", [b12[:4], np.array([0.5, 0.5, 0.7, 0.5], f32), n5, np.array(1.0, f32), np.array(0.0, f32)], name="equal scores")
g.case("NonMaxSuppressionV3", [np.zeros((0, 4), f32), np.zeros(0, f32), n5, t3, half])
g.case("NonMaxSuppressionV3", [b12, s12, np.array(0, i32), t3, half])
g.case("NonMaxSuppressionV3", [b12, s12[:5], n5, t3, half])
g.case("NonMaxSuppressionV3", [b12[:, :3], s12, n5, t3, half])
g.case("NonMaxSuppressionV3", [b12, s12, n5, np.array(1.5, f32), half])
g.case("NonMaxSuppressionV3", [b12.astype(f16), s12.astype(f16), n5, np.array(0.3, f16), np.array(0.5, f16)])
g.case("NonMaxSuppressionWithOverlaps", [m(8, 8), m(8), n5, half, np.array(0.2, f32)])
cb = np.stack([random_boxes(8), random_boxes(8)])[:, :, None]
for at in ({}, {"pad_per_class": True}, {"clip_boxes": False}):
    for q in (cb, np.repeat(cb, 3, 2)):
        g.case("CombinedNonMaxSuppression", [q.astype(f32), m(2, 8, 3), np.array(3, i32), np.array(7, i32), t3, np.array(0.4, f32)], at)
g.case("CombinedNonMaxSuppression", [cb[0], m(2, 8, 3), n5, n5, t3, half])

for at in ({"ksizes": [1, 2, 3, 1], "strides": [1, 2, 2, 1], "rates": [1, 1, 1, 1]}, {"ksizes": [1, 3, 3, 1], "strides": [1, 1, 2, 1], "rates": [1, 2, 2, 1]}):
    for padding in ("SAME", "VALID"):
        for dtype in (f32, i32, np.uint8):
            g.case("ExtractImagePatches", [m(2, 7, 8, 2, dtype=dtype)], dict(at, padding=padding))
tr = np.array([[1, 0.1, 0.5, -0.1, 0.9, 0.2, 0, 0], [0.8, 0, 1, 0, 1.2, -1, 0.01, 0.02]], f32)
for interpolation in ("NEAREST", "BILINEAR"):
    g.case("ImageProjectiveTransformV2", [m(2, 5, 6, 2), tr, np.array([4, 7], i32)], {"interpolation": interpolation}, **kw)
    g.case("ImageProjectiveTransformV2", [m(2, 5, 6, 2), tr[:1], np.array([5, 6], i32)], {"interpolation": interpolation}, **kw)
    for mode in ("CONSTANT", "REFLECT", "WRAP", "NEAREST"):
        g.case("ImageProjectiveTransformV3", [m(2, 5, 6, 2), tr, np.array([6, 8], i32), np.array(0.5, f32)], {"interpolation": interpolation, "fill_mode": mode}, **kw)
g.case("ImageProjectiveTransformV2", [m(1, 5, 6, 2, dtype=np.uint8), tr[:1], np.array([4, 7], i32)], {"interpolation": "BILINEAR"})
g.case("ImageProjectiveTransformV2", [m(2, 5, 6), tr, np.array([4, 7], i32)], {"interpolation": "NEAREST"})
g.case("ImageProjectiveTransformV2", [m(2, 5, 6, 2), tr[:, :7], np.array([4, 7], i32)], {"interpolation": "NEAREST"})
g.write()
