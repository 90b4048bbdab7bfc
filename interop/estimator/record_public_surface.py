"""What tf.compat.v1's losses, metrics, nn, image and layers give. Run: python interop/estimator/record_public_surface.py

A case is a function of this project by group and name with its arguments: tensors, then plain options. Metrics have several batches, and
record the value and the update's value after each.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
v1.logging.set_verbosity(v1.logging.ERROR)
random = np.random.RandomState(5)
f32 = lambda *shape: random.randn(*shape).astype(np.float32)
unit = lambda *shape: random.rand(*shape).astype(np.float32)
cases = []
# Whether the gradient of the outputs by the first argument is recorded too.
with_gradients = False


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def record(group, name, make, args, options=None, plain=(), tensors=None, seed=None):
    """`make` takes the arguments as tensors; `tensors` are options that are tensors."""
    tensors = tensors or {}
    with tf.Graph().as_default(), v1.Session() as session:
        if seed is not None:
            v1.set_random_seed(seed)
        given = [tf.constant(a) for a in args]
        made = make(*given, **{k: tf.constant(v) for k, v in tensors.items()})
        made = list(made) if isinstance(made, (tuple, list)) else [made]
        slope = gradient_of(made, given) if with_gradients else None
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
        outputs = session.run(made)
        slope = {} if slope is None else {"gradient": stored(session.run(slope))}
    cases.append({"group": group, "name": name, "args": [stored(a) for a in args], "plain": list(plain), "options": options or {},
                  "tensors": {camel(k): stored(v) for k, v in tensors.items()}, "graphSeed": seed,
                  "outputs": [stored(o) for o in outputs], **slope})


def gradient_of(made, given):
    """The gradient of the float outputs by the first argument; None where there is none, or where it would be large."""
    floats = [m for m in made if m.dtype == tf.float32]
    if not floats or not given or given[0].dtype != tf.float32 or given[0].shape.num_elements() > 300:
        return None
    try:
        slope = v1.gradients(floats, given[0])[0]
    except LookupError:
        return None
    return None if slope is None else tf.convert_to_tensor(slope)


def record_metric(name, make, batches, options=None, sparse=False):
    """A batch is a dict of tensors: labels, predictions and whichever options are tensors."""
    with tf.Graph().as_default(), v1.Session() as session:
        feeds = {k: v1.placeholder(np.asarray(v).dtype, np.asarray(v).shape) for k, v in batches[0].items()}
        value, update = make(**feeds)
        session.run(v1.local_variables_initializer())
        steps = []
        for batch in batches:
            updated = session.run(update, {feeds[k]: v for k, v in batch.items()})
            steps.append({"inputs": {camel(k): stored(v) for k, v in batch.items()}, "update": stored(updated), "value": stored(session.run(value))})
    cases.append({"group": "metrics", "name": name, "options": options or {}, "steps": steps})


# Losses
truth, guess, weight = unit(4, 3), unit(4, 3), np.array([[1], [0], [2], [0.5]], np.float32)
R = v1.losses.Reduction
REDUCTIONS = {"none": R.NONE, "sum": R.SUM, "weighted_mean": R.MEAN, "sum_over_batch_size": R.SUM_OVER_BATCH_SIZE, "weighted_sum_by_nonzero_weights": R.SUM_BY_NONZERO_WEIGHTS}
LOSSES = [
    ("absoluteDifference", v1.losses.absolute_difference, truth, guess, {}),
    ("meanSquaredError", v1.losses.mean_squared_error, truth, guess, {}),
    ("cosineDistance", v1.losses.cosine_distance, truth, guess, {"axis": 1}),
    ("hingeLoss", v1.losses.hinge_loss, (truth > 0.5).astype(np.float32), f32(4, 3), {}),
    ("huberLoss", v1.losses.huber_loss, truth * 3, guess, {"delta": 0.8}),
    ("logLoss", v1.losses.log_loss, truth, guess, {}),
    ("sigmoidCrossEntropy", v1.losses.sigmoid_cross_entropy, (truth > 0.5).astype(np.int64), f32(4, 3), {"label_smoothing": 0.1}),
]
for name, make, labels, predictions, options in LOSSES:
    spoken = {camel(k): v for k, v in options.items()}
    record("losses", name, lambda a, b: make(a, b, **options), [labels, predictions], spoken)
    for key, reduction in REDUCTIONS.items():
        record("losses", name, lambda a, b, weights: make(a, b, weights=weights, reduction=reduction, **options), [labels, predictions],
               {**spoken, "reduction": key}, tensors={"weights": weight})
onehot = np.eye(3, dtype=np.float32)[[0, 2, 1, 1]]
logits = f32(4, 3)
for smoothing in (0, 0.2):
    record("losses", "softmaxCrossEntropy", lambda a, b, weights: v1.losses.softmax_cross_entropy(a, b, weights=weights, label_smoothing=smoothing),
           [onehot, logits], {"labelSmoothing": smoothing}, tensors={"weights": weight[:, 0]})
for ids in (np.array([0, 2, 1, 1], np.int64), np.array([[0], [2], [1], [1]], np.int64)):
    record("losses", "sparseSoftmaxCrossEntropy", lambda a, b: v1.losses.sparse_softmax_cross_entropy(a, b), [ids, logits])
for w in (None, weight):
    record("losses", "meanPairwiseSquaredError", lambda a, b, **k: v1.losses.mean_pairwise_squared_error(a, b, **k), [truth, guess],
           tensors={} if w is None else {"weights": w})
record("losses", "computeWeightedLoss", lambda a, weights: v1.losses.compute_weighted_loss(a, weights), [truth], tensors={"weights": weight})

# Metrics
m = v1.metrics
binary = lambda: {"labels": random.randint(0, 2, (6,)).astype(np.int64), "predictions": unit(6)}
weighted = lambda: {**binary(), "weights": unit(6)}
hard = lambda: {"labels": random.randint(0, 2, (6,)).astype(np.int64), "predictions": random.randint(0, 2, (6,)).astype(np.int64), "weights": unit(6)}
dense = lambda: {"labels": f32(4, 2), "predictions": f32(4, 2), "weights": unit(4, 1)}
for name in ("accuracy", "precision", "recall", "true_positives", "true_negatives", "false_positives", "false_negatives"):
    batches = [hard(), hard()]
    record_metric(camel(name), getattr(m, name), batches)
    record_metric(camel(name), getattr(m, name), [{k: b[k] for k in ("labels", "predictions")} for b in batches])
for name in ("true_positives", "true_negatives", "false_positives", "false_negatives", "precision", "recall"):
    full = name + "_at_thresholds"
    record_metric(camel(full), lambda **k: getattr(m, full)(thresholds=[0.2, 0.5, 0.9], **k), [weighted(), weighted()], {"thresholds": [0.2, 0.5, 0.9]})
for curve in ("ROC", "PR"):
    for method in ("trapezoidal", "careful_interpolation", "minoring", "majoring"):
        record_metric("auc", lambda **k: m.auc(curve=curve, summation_method=method, **k), [weighted(), weighted(), weighted()], {"curve": curve, "summationMethod": method})
record_metric("auc", lambda **k: m.auc(num_thresholds=11, **k), [binary(), binary()], {"numThresholds": 11})
record_metric("auc", lambda **k: m.auc(thresholds=[0.7, 0.25, 0.5], **k), [binary(), binary()], {"thresholds": [0.7, 0.25, 0.5]})
record_metric("sensitivityAtSpecificity", lambda **k: m.sensitivity_at_specificity(specificity=0.6, **k), [weighted(), weighted(), weighted()], {"specificity": 0.6})
record_metric("specificityAtSensitivity", lambda **k: m.specificity_at_sensitivity(sensitivity=0.6, **k), [weighted(), weighted(), weighted()], {"sensitivity": 0.6})
for name in ("mean_absolute_error", "mean_squared_error", "root_mean_squared_error"):
    record_metric(camel(name), getattr(m, name), [dense(), dense()])
record_metric("meanCosineDistance", lambda **k: m.mean_cosine_distance(dim=1, **k), [dense(), dense()], {"dim": 1})
relative = lambda: {**dense(), "normalizer": np.array([[1, 0], [2, 3], [0, 1], [1, 1]], np.float32)}
record_metric("meanRelativeError", m.mean_relative_error, [relative(), relative()])
values = lambda: {"values": f32(4, 2), "weights": unit(4, 1)}
record_metric("mean", m.mean, [values(), values()])
record_metric("meanTensor", m.mean_tensor, [values(), values()])
record_metric("percentageBelow", lambda **k: m.percentage_below(threshold=0.1, **k), [values(), values()], {"threshold": 0.1})
classes = lambda: {"labels": random.randint(0, 3, (8,)).astype(np.int64), "predictions": random.randint(0, 3, (8,)).astype(np.int64), "weights": unit(8)}
for name in ("mean_iou", "mean_per_class_accuracy"):
    record_metric(camel(name), lambda **k: getattr(m, name)(num_classes=4, **k), [classes(), classes()], {"numClasses": 4})
ranked = lambda: {"labels": np.array([[0, 3], [1, -1], [2, 2], [4, 0]], np.int64), "predictions": unit(4, 5), "weights": unit(4)}
for name in ("recall_at_k", "precision_at_k", "average_precision_at_k"):
    record_metric(camel(name), lambda **k: getattr(m, name)(k=3, **k), [ranked(), ranked()], {"k": 3})
for name in ("recall_at_k", "precision_at_k"):
    record_metric(camel(name), lambda **k: getattr(m, name)(k=2, class_id=2, **k), [ranked(), ranked()], {"k": 2, "classId": 2})
top = lambda: {"labels": np.array([0, 1, 2], np.int64), "predictions_idx": np.array([[0, 2], [3, 1], [4, 0]], np.int64)}
for name in ("recall_at_top_k", "precision_at_top_k"):
    record_metric(camel(name), lambda **k: getattr(m, name)(k=2, **k), [top(), top()])

# Initializers
for name in ("lecun_normal", "lecun_uniform"):
    record("initializers", camel(name), lambda: getattr(v1.initializers, name)(seed=3)([4, 3]), [], {"seed": 3}, seed=11)
for shape in ([3, 3], [2, 4], [4, 2]):
    record("initializers", "identity", lambda: v1.initializers.identity(gain=1.5)(shape), [], {"gain": 1.5, "shape": shape})

# Summaries, as the bytes of their messages
raw = lambda summary: tf.cast(tf.io.decode_raw(summary, tf.uint8), tf.int32)
for family in (None, "group"):
    spoken = {} if family is None else {"family": family}
    record("summary", "scalar", lambda a: raw(v1.summary.scalar("loss/x", a, family=family)), [np.float32(1.5)], spoken, plain=["loss/x"])
    record("summary", "histogram", lambda a: raw(v1.summary.histogram("spread", a, family=family)), [f32(7)], spoken, plain=["spread"])
record("summary", "merge", lambda a: raw(v1.summary.merge([v1.summary.scalar("a", a), v1.summary.scalar("b", a * 2.0)])), [np.float32(1.5)])
record("summary", "mergeAll", lambda a: raw((v1.summary.scalar("a", a), v1.summary.scalar("b", a * 2.0, collections=["others"]), v1.summary.scalar("c", a), v1.summary.merge_all())[-1]), [np.float32(1.5)])

# nn
x = f32(2, 6)
for name in ("relu", "relu6", "elu", "selu", "softplus", "softsign", "silu", "crelu", "sigmoid", "tanh"):
    record("nn", name, getattr(tf.nn, name), [x * 3])
for name in ("elu", "exponential", "gelu", "hard_sigmoid", "linear", "mish", "relu", "selu", "sigmoid", "softmax", "softplus", "softsign", "swish", "tanh"):
    record("activations", name, tf.keras.activations.get(name), [x * 3])
record("nn", "swish", lambda a: tf.nn.silu(a, 1.7), [x], {"beta": 1.7})
record("nn", "leakyRelu", lambda a: tf.nn.leaky_relu(a, 0.3), [x], {"alpha": 0.3})
for approximate in (False, True):
    record("nn", "gelu", lambda a: tf.nn.gelu(a, approximate), [x], {"approximate": approximate})
for axis in (-1, 0, 1):
    record("nn", "softmax", lambda a: tf.nn.softmax(a, axis=axis), [f32(2, 3, 4)], {"axis": axis})
    record("nn", "logSoftmax", lambda a: tf.nn.log_softmax(a, axis=axis), [f32(2, 3, 4)], {"axis": axis})
record("nn", "softmaxCrossEntropyWithLogits", lambda a, b: tf.nn.softmax_cross_entropy_with_logits(a, b), [unit(2, 3, 4), f32(2, 3, 4)])
record("nn", "sparseSoftmaxCrossEntropyWithLogits", lambda a, b: tf.nn.sparse_softmax_cross_entropy_with_logits(a, b), [np.array([[0, 1, 2], [3, 0, 1]], np.int64), f32(2, 3, 4)])
record("nn", "sigmoidCrossEntropyWithLogits", lambda a, b: tf.nn.sigmoid_cross_entropy_with_logits(a, b), [unit(2, 3), f32(2, 3)])
record("nn", "weightedCrossEntropyWithLogits", lambda a, b: tf.nn.weighted_cross_entropy_with_logits(a, b, 2.5), [unit(2, 3), f32(2, 3)], {"posWeight": 2.5})
for keep in (False, True):
    record("nn", "moments", lambda a: tf.nn.moments(a, [0, 2], keepdims=keep), [f32(2, 3, 4)], {"keepDims": keep}, plain=[[0, 2]])
record("nn", "l2Normalize", lambda a: tf.nn.l2_normalize(a, 1), [f32(2, 3)], plain=[1])
record("nn", "zeroFraction", tf.nn.zero_fraction, [np.array([0, 1, 0, 2], np.float32)])
record("nn", "l2Loss", tf.nn.l2_loss, [x])
record("nn", "topK", lambda a: list(tf.nn.top_k(a, 3)), [x], {"k": 3})
record("nn", "inTopK", lambda a, b: tf.nn.in_top_k(a, b, 2), [np.array([0, 5], np.int64), x], {"k": 2})
record("nn", "xwPlusB", v1.nn.xw_plus_b, [x, f32(6, 2), f32(2)])
record("nn", "embeddingLookup", lambda a, b: tf.nn.embedding_lookup(a, b, max_norm=1.0), [f32(5, 3), np.array([[0, 4], [2, 2]], np.int64)], {"maxNorm": 1})
image = f32(2, 7, 6, 3)
for padding in ("SAME", "VALID"):
    record("nn", "conv2d", lambda a, b: tf.nn.conv2d(a, b, 2, padding), [image, f32(3, 2, 3, 4)], {"strides": 2, "padding": padding})
    record("nn", "conv1d", lambda a, b: tf.nn.conv1d(a, b, 2, padding), [f32(2, 7, 3), f32(3, 3, 4)], {"strides": 2, "padding": padding})
    record("nn", "conv3d", lambda a, b: tf.nn.conv3d(a, b, [1, 2, 1, 1, 1], padding), [f32(1, 4, 5, 3, 2), f32(2, 2, 2, 2, 3)], {"strides": [2, 1, 1], "padding": padding})
    record("nn", "depthwiseConv2d", lambda a, b: tf.nn.depthwise_conv2d(a, b, [1, 2, 2, 1], padding), [image, f32(3, 2, 3, 2)], {"strides": 2, "padding": padding})
    record("nn", "separableConv2d", lambda a, b, c: tf.nn.separable_conv2d(a, b, c, [1, 1, 1, 1], padding), [image, f32(3, 2, 3, 2), f32(1, 1, 6, 4)], {"padding": padding})
    for name, make in (("maxPool2d", tf.nn.max_pool2d), ("avgPool2d", tf.nn.avg_pool2d)):
        record("nn", name, lambda a: make(a, 2, 2, padding), [image], {"ksize": 2, "strides": 2, "padding": padding})
    for name, make in (("maxPool1d", tf.nn.max_pool1d), ("avgPool1d", tf.nn.avg_pool1d)):
        record("nn", name, lambda a: make(a, 3, 2, padding), [f32(2, 7, 3)], {"ksize": 3, "strides": 2, "padding": padding})
record("nn", "conv2dTranspose", lambda a, b: tf.nn.conv2d_transpose(a, b, [2, 14, 12, 4], 2), [image, f32(3, 2, 4, 3)], {"strides": 2, "padding": "SAME"}, plain=[[2, 14, 12, 4]])
record("clip", "clipByNorm", lambda a: tf.clip_by_norm(a, 1.5), [x], plain=[1.5])
record("clip", "clipByNorm", lambda a: tf.clip_by_norm(a, 0.5, axes=[1]), [x], {"axes": [1]}, plain=[0.5])
record("clip", "clipByAverageNorm", lambda a: v1.clip_by_average_norm(a, 0.1), [x], plain=[0.1])
for axis in (None, 1, [0, 1]):
    for name in ("reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod", "reduce_logsumexp", "reduce_variance", "reduce_std"):
        function = getattr(tf, name, None) or getattr(tf.math, name)
        record("math", camel(name), lambda a: function(a, axis=axis), [f32(2, 3, 2)], {} if axis is None else {"axis": axis})

# Images
photo, bytes_ = unit(5, 8, 3), random.randint(0, 256, (5, 8, 3)).astype(np.uint8)
for picture in (photo, bytes_, np.stack([photo, photo[::-1]])):
    for name in ("flip_left_right", "flip_up_down", "transpose", "per_image_standardization", "rgb_to_grayscale"):
        record("image", camel(name), getattr(tf.image, name), [picture])
    for k in range(4):
        record("image", "rot90", lambda a: tf.image.rot90(a, k), [picture], {"k": k})
    for name, amount in (("adjust_brightness", 0.2), ("adjust_contrast", 1.6), ("adjust_hue", 0.15), ("adjust_saturation", 0.6)):
        record("image", camel(name), lambda a: getattr(tf.image, name)(a, amount), [picture], plain=[amount])
    record("image", "adjustGamma", lambda a: tf.image.adjust_gamma(a, 0.7, 0.9), [picture], {"gamma": 0.7, "gain": 0.9})
    record("image", "centralCrop", lambda a: tf.image.central_crop(a, 0.6), [picture], plain=[0.6])
    for size in ((7, 4), (3, 9)):
        record("image", "resizeWithCropOrPad", lambda a: tf.image.resize_with_crop_or_pad(a, *size), [picture], plain=size)
        record("image", "resizeWithPad", lambda a: tf.image.resize_with_pad(a, *size), [picture], plain=size)
        record("image", "resize", lambda a: tf.image.resize(a, size, preserve_aspect_ratio=True), [picture], {"preserveAspectRatio": True}, plain=[list(size)])
    for method in ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"):
        for antialias in (False, True):
            record("image", "resize", lambda a: tf.image.resize(a, (3, 10), method=method, antialias=antialias), [picture], {"method": method, "antialias": antialias}, plain=[[3, 10]])
    for seed in (1, 2):
        for name in ("random_flip_left_right", "random_flip_up_down"):
            record("image", camel(name), lambda a: getattr(tf.image, name)(a, seed=seed), [picture], {"seed": seed}, seed=3)
        record("image", "randomBrightness", lambda a: tf.image.random_brightness(a, 0.3, seed=seed), [picture], {"seed": seed}, plain=[0.3], seed=3)
        record("image", "randomContrast", lambda a: tf.image.random_contrast(a, 0.5, 1.5, seed=seed), [picture], {"seed": seed}, plain=[0.5, 1.5], seed=3)
        record("image", "randomHue", lambda a: tf.image.random_hue(a, 0.3, seed=seed), [picture], {"seed": seed}, plain=[0.3], seed=3)
        record("image", "randomSaturation", lambda a: tf.image.random_saturation(a, 0.5, 1.5, seed=seed), [picture], {"seed": seed}, plain=[0.5, 1.5], seed=3)
record("image", "randomCrop", lambda a: v1.image.random_crop(a, [3, 4, 3], seed=4) if hasattr(v1.image, "random_crop") else v1.random_crop(a, [3, 4, 3], seed=4), [photo], {"seed": 4}, plain=[[3, 4, 3]], seed=3)
for dtype in ("uint8", "uint16", "int16", "float32", "float64"):
    record("image", "convertImageDtype", lambda a: tf.image.convert_image_dtype(a, dtype), [photo], plain=[dtype])
    record("image", "convertImageDtype", lambda a: tf.image.convert_image_dtype(a, dtype, saturate=True), [bytes_], {"saturate": True}, plain=[dtype])
record("image", "grayscaleToRgb", tf.image.grayscale_to_rgb, [unit(2, 3, 1)])
for picture in (photo, np.stack([photo, photo[::-1]])):
    record("image", "totalVariation", tf.image.total_variation, [picture])
record("image", "psnr", lambda a, b: tf.image.psnr(a, b, 1.0), [photo, unit(5, 8, 3)], plain=[1])
record("image", "psnr", lambda a, b: tf.image.psnr(a, b, 255), [bytes_, bytes_[::-1].copy()], plain=[255])

# Layers: the kernels are drawn with a seed, the biases are 0.25.
L, init, bias = v1.layers, lambda: v1.glorot_uniform_initializer(seed=7), v1.constant_initializer(0.25)
for padding in ("same", "valid"):
    spoken = {"filters": 4, "padding": padding, "strides": 2}
    for name, size, data in (("conv1d", 3, f32(2, 7, 3)), ("conv2d", [3, 2], image), ("conv3d", 2, f32(1, 4, 5, 3, 2))):
        record("layers", name, lambda a: getattr(L, name)(a, 4, size, strides=2, padding=padding, kernel_initializer=init(), bias_initializer=bias),
               [data], {**spoken, "kernelSize": size}, seed=11)
    record("layers", "conv2dTranspose", lambda a: L.conv2d_transpose(a, 4, [3, 2], strides=2, padding=padding, kernel_initializer=init(), bias_initializer=bias),
           [image], {**spoken, "kernelSize": [3, 2]}, seed=11)
    record("layers", "separableConv2d", lambda a: L.separable_conv2d(a, 4, [3, 2], strides=2, padding=padding, depth_multiplier=2, depthwise_initializer=init(), pointwise_initializer=init(), bias_initializer=bias),
           [image], {**spoken, "kernelSize": [3, 2], "depthMultiplier": 2}, seed=11)
    for name, data in (("max_pooling1d", f32(2, 7, 3)), ("average_pooling1d", f32(2, 7, 3)), ("max_pooling2d", image), ("average_pooling2d", image),
                       ("max_pooling3d", f32(1, 4, 5, 3, 2)), ("average_pooling3d", f32(1, 4, 5, 3, 2))):
        record("layers", camel(name), lambda a: getattr(L, name)(a, 2, 2, padding=padding), [data], {"poolSize": 2, "strides": 2, "padding": padding})
for padding in ("same", "valid"):
    record("layers", "conv3dTranspose", lambda a: L.conv3d_transpose(a, 3, [2, 3, 2], strides=[1, 2, 1], padding=padding, kernel_initializer=init(), bias_initializer=bias),
           [f32(1, 3, 4, 2, 2)], {"filters": 3, "padding": padding, "strides": [1, 2, 1], "kernelSize": [2, 3, 2]}, seed=11)
    record("layers", "separableConv1d", lambda a: L.separable_conv1d(a, 4, 3, strides=2, padding=padding, depth_multiplier=2, depthwise_initializer=init(), pointwise_initializer=init(), bias_initializer=bias),
           [f32(2, 7, 3)], {"filters": 4, "padding": padding, "strides": 2, "kernelSize": 3, "depthMultiplier": 2}, seed=11)
record("layers", "separableConv1d", lambda a: L.separable_conv1d(a, 4, 3, dilation_rate=2, depthwise_initializer=init(), pointwise_initializer=init(), bias_initializer=bias),
       [f32(2, 7, 3)], {"filters": 4, "kernelSize": 3, "dilationRate": 2}, seed=11)
record("layers", "dropout", L.dropout, [x])
record("layers", "dropout", lambda a: L.dropout(a, 0.3, seed=4, training=True), [x], {"rate": 0.3, "seed": 4, "training": True}, seed=3)
record("layers", "dropout", lambda a: L.dropout(a, noise_shape=[None, 1], seed=4, training=True), [x], {"noiseShape": [None, 1], "seed": 4, "training": True}, seed=3)


def normalized(training, **options):
    """The outputs, and the moving mean and variance after one update."""
    def make(a):
        y = L.batch_normalization(a, training=training, **options)
        updates = v1.get_collection(v1.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(updates):
            moving = [tf.identity(v.read_value()) for v in v1.global_variables() if "moving" in v.name]
        return [y, *moving]
    return make


for data in (f32(5, 3), f32(2, 4, 3), image):
    for training in (False, True):
        record("layers", "batchNormalization", normalized(training), [data], {"training": training})
        record("layers", "batchNormalization", normalized(training, momentum=0.8, epsilon=0.1, scale=False), [data], {"training": training, "momentum": 0.8, "epsilon": 0.1, "scale": False})
        record("layers", "batchNormalization", normalized(training, center=False, gamma_initializer=v1.constant_initializer(1.5), moving_mean_initializer=bias), [data],
               {"training": training, "center": False, "gammaInitializer": 1.5, "movingMeanInitializer": 0.25})
        record("layers", "batchNormalization", normalized(training, axis=1, fused=False), [data], {"training": training, "axis": 1, "fused": False})
record("layers", "batchNormalization", normalized(True, fused=False), [image], {"training": True, "fused": False})


def penalized(make):
    """The outputs and the losses of regularization."""
    return lambda a: [make(a), *v1.get_collection(v1.GraphKeys.REGULARIZATION_LOSSES)]


l2, l1 = tf.keras.regularizers.l2(0.1), tf.keras.regularizers.l1(0.2)
record("layers", "dense", penalized(lambda a: L.dense(a, 3, kernel_initializer=init(), bias_initializer=bias, kernel_regularizer=l2, bias_regularizer=l1, activity_regularizer=l2)),
       [x], {"units": 3, "kernelRegularizer": "l2", "biasRegularizer": "l1", "activityRegularizer": "l2"}, seed=11)
record("layers", "conv2d", penalized(lambda a: L.conv2d(a, 3, 2, kernel_initializer=init(), bias_initializer=bias, kernel_regularizer=l2, bias_regularizer=l1, activity_regularizer=l2)),
       [image], {"filters": 3, "kernelSize": 2, "kernelRegularizer": "l2", "biasRegularizer": "l1", "activityRegularizer": "l2"}, seed=11)
# Channels first: TensorFlow's own ops of that order want oneDNN or a GPU, so the recorded values are those of the same layers with channels last
# between two transposes, but for batch normalization and transposed convolutions, which a CPU computes.
CONV_NAMES = {1: "conv1d", 2: "conv2d", 3: "conv3d"}


def last(a):
    return tf.transpose(a, [0, *range(2, a.shape.rank), 1])


def first(a):
    return tf.transpose(a, [0, a.shape.rank - 1, *range(1, a.shape.rank - 1)])


# Keras asks for GPUs at the first such layer of a process, by a session that draws its variables once more.
with tf.Graph().as_default(), v1.Session():
    L.conv2d_transpose(tf.zeros([1, 1, 2, 2]), 1, 1, data_format="channels_first")
front = {1: f32(2, 3, 7), 2: f32(2, 3, 7, 6), 3: f32(1, 2, 4, 5, 3)}
for padding in ("same", "valid"):
    for n, data in front.items():
        spoken = {"filters": 4, "kernelSize": 2, "strides": 2, "padding": padding, "dataFormat": "channelsFirst"}
        record("layers", CONV_NAMES[n], lambda a: first(getattr(L, CONV_NAMES[n])(last(a), 4, 2, strides=2, padding=padding, kernel_initializer=init(), bias_initializer=bias)), [data], spoken, seed=11)
        for kind in ("max", "average"):
            record("layers", f"{kind}Pooling{n}d", lambda a: first(getattr(L, f"{kind}_pooling{n}d")(last(a), 2, 2, padding=padding)), [data],
                   {"poolSize": 2, "strides": 2, "padding": padding, "dataFormat": "channelsFirst"})
    for n in (1, 2):
        record("layers", f"separableConv{n}d", lambda a: first(getattr(L, f"separable_conv{n}d")(last(a), 4, 3, padding=padding, depth_multiplier=2, depthwise_initializer=init(), pointwise_initializer=init(), bias_initializer=bias)),
               [front[n]], {"filters": 4, "kernelSize": 3, "padding": padding, "depthMultiplier": 2, "dataFormat": "channelsFirst"}, seed=11)
    record("layers", "conv2dTranspose", lambda a: L.conv2d_transpose(a, 4, [3, 2], strides=2, padding=padding, data_format="channels_first", kernel_initializer=init(), bias_initializer=bias),
           [front[2]], {"filters": 4, "kernelSize": [3, 2], "strides": 2, "padding": padding, "dataFormat": "channels_first"}, seed=11)
    record("layers", "conv3dTranspose", lambda a: first(L.conv3d_transpose(last(a), 3, 2, strides=[1, 2, 1], padding=padding, kernel_initializer=init(), bias_initializer=bias)),
           [front[3]], {"filters": 3, "kernelSize": 2, "strides": [1, 2, 1], "padding": padding, "dataFormat": "channelsFirst"}, seed=11)
record("layers", "flatten", lambda a: L.flatten(a, data_format="channels_first"), [front[2]], {"dataFormat": "channelsFirst"})
for training in (False, True):
    for data, axis in ((front[2], 1), (front[3], 1), (f32(1, 4, 5, 3, 2), -1), (f32(2, 3, 4, 2), 2), (f32(5, 3), -1)):
        record("layers", "batchNormalization", normalized(training, axis=axis, fused=True), [data], {"training": training, "axis": axis, "fused": True})
    record("layers", "batchNormalization", normalized(training, axis=[1, 3]), [f32(2, 3, 4, 2)], {"training": training, "axis": [1, 3]})
    for data in (f32(6, 3), f32(4, 2, 2, 3)):
        record("layers", "batchNormalization", normalized(training, virtual_batch_size=2), [data], {"training": training, "virtualBatchSize": 2})

with_gradients = True

# More of nn
for padding in ("SAME", "VALID"):
    record("nn", "convolution", lambda a, b: tf.nn.convolution(a, b, padding=padding, strides=[2, 1]), [image, f32(3, 2, 3, 4)], {"padding": padding, "strides": [2, 1]})
    record("nn", "convolution", lambda a, b: tf.nn.convolution(a, b, padding=padding, dilations=[2]), [f32(2, 7, 3), f32(3, 3, 4)], {"padding": padding, "dilations": [2]})
    for kind in ("MAX", "AVG"):
        record("nn", "pool", lambda a: tf.nn.pool(a, [3, 2], kind, padding=padding, strides=[2, 1]), [image], {"poolingType": kind, "padding": padding, "strides": [2, 1]}, plain=[[3, 2]])
    record("nn", "atrousConv2d", lambda a, b: tf.nn.atrous_conv2d(a, b, 2, padding), [image, f32(3, 2, 3, 4)], {"padding": padding}, plain=[2])
    record("nn", "dilation2d", lambda a, b: v1.nn.dilation2d(a, b, [1, 2, 1, 1], [1, 1, 2, 1], padding), [image, f32(3, 2, 3)], {"padding": padding, "strides": [2, 1], "rates": [1, 2]})
    record("nn", "erosion2d", lambda a, b: v1.nn.erosion2d(a, b, [1, 2, 1, 1], [1, 1, 2, 1], padding), [image, f32(3, 2, 3)], {"padding": padding, "strides": [2, 1], "rates": [1, 2]})
record("nn", "conv1dTranspose", lambda a, b: tf.nn.conv1d_transpose(a, b, [2, 14, 4], 2), [f32(2, 7, 3), f32(3, 4, 3)], {"strides": 2, "padding": "SAME"}, plain=[[2, 14, 4]])
record("nn", "convTranspose", lambda a, b: tf.nn.conv_transpose(a, b, [1, 4, 6, 3, 2], [1, 2, 1]), [f32(1, 4, 3, 3, 3), f32(2, 2, 2, 2, 3)], {"strides": [1, 2, 1], "padding": "SAME"}, plain=[[1, 4, 6, 3, 2]])
record("nn", "reluLayer", v1.nn.relu_layer, [x, f32(6, 2), f32(2)])
for shift in (None, 0.5):
    extra = {} if shift is None else {"shift": shift}
    record("nn", "sufficientStatistics", lambda a: [s for s in tf.nn.sufficient_statistics(a, [0, 2], shift=None if shift is None else tf.constant(shift)) if s is not None], [f32(2, 3, 4)], extra, plain=[[0, 2]])
record("nn", "normalizeMoments", lambda c, m, v: tf.nn.normalize_moments(c, m, v, None), [np.float32(8), f32(3), unit(3) * 40])
record("nn", "computeAverageLoss", lambda a: tf.nn.compute_average_loss(a, sample_weight=tf.constant([1.0, 0.0, 2.0]), global_batch_size=6), [unit(3)], {"sampleWeight": [1, 0, 2], "globalBatchSize": 6})
record("nn", "computeAverageLoss", lambda a: tf.nn.compute_average_loss(a, global_batch_size=3), [unit(3)])
steps_ = f32(6, 2, 4)
flat = lambda found: [t for sparse in found[0] for t in (sparse.indices, sparse.values, sparse.dense_shape)] + [found[1]]
for merge in (True, False):
    record("nn", "ctcGreedyDecoder", lambda a, b: flat(tf.nn.ctc_greedy_decoder(a, b, merge_repeated=merge)), [steps_, np.array([6, 4], np.int32)], {"mergeRepeated": merge})
    record("nn", "ctcBeamSearchDecoder", lambda a, b: flat(v1.nn.ctc_beam_search_decoder(a, b, beam_width=5, top_paths=2, merge_repeated=merge)), [steps_, np.array([6, 4], np.int32)], {"mergeRepeated": merge, "beamWidth": 5, "topPaths": 2})

# More of image
for name in ("rgb_to_yiq", "yiq_to_rgb", "rgb_to_yuv", "yuv_to_rgb"):
    record("image", camel(name), getattr(tf.image, name), [photo])
pictures = unit(2, 13, 16, 2)
record("image", "sobelEdges", tf.image.sobel_edges, [pictures])
record("image", "imageGradients", lambda a: list(tf.image.image_gradients(a)), [pictures])
record("image", "ssim", lambda a, b: tf.image.ssim(a, b, 1.0), [pictures, pictures + 0.1 * f32(2, 13, 16, 2)], plain=[1])
record("image", "ssim", lambda a, b: tf.image.ssim(a, b, 1.0, filter_size=5, filter_sigma=1.2, k1=0.02, k2=0.05, return_index_map=True), [photo, unit(5, 8, 3)], {"filterSize": 5, "filterSigma": 1.2, "k1": 0.02, "k2": 0.05, "returnIndexMap": True}, plain=[1])
grey = random.randint(0, 256, (1, 40, 45, 1)).astype(np.uint8)
record("image", "ssim", lambda a, b: tf.image.ssim(a, b, 255), [grey, grey[:, ::-1].copy()], plain=[255])
record("image", "ssimMultiscale", lambda a, b: tf.image.ssim_multiscale(a, b, 255, filter_size=5, power_factors=(0.2, 0.3, 0.5)), [grey, np.clip(grey + random.randint(-9, 9, grey.shape), 0, 255).astype(np.uint8)], {"filterSize": 5, "powerFactors": [0.2, 0.3, 0.5]}, plain=[255])
boxes = np.array([[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, 0, 0.9, 1], [2, 2, 3, 3], [0, 0.6, 1, 1.6]], np.float32)
marks = np.array([0.9, 0.75, 0.6, 0.95, 0.3], np.float32)
record("image", "nonMaxSuppression", lambda a, b: tf.image.non_max_suppression(a, b, 4, 0.5, 0.0), [boxes, marks], plain=[4, 0.5, 0])
record("image", "nonMaxSuppression", lambda a, b: tf.image.non_max_suppression(a, b, 4, 0.2, 0.5), [boxes, marks], plain=[4, 0.2, 0.5])
record("image", "nonMaxSuppressionWithScores", lambda a, b: tf.image.non_max_suppression_with_scores(a, b, 4, 0.8, 0.1, 0.5), [boxes, marks], plain=[4, 0.8, 0.1, 0.5])
record("image", "nonMaxSuppressionPadded", lambda a, b: tf.image.non_max_suppression_padded(a, b, 4, 0.5, 0.0, pad_to_max_output_size=True), [boxes, marks], plain=[4, 0.5, 0, True])
record("image", "nonMaxSuppressionOverlaps", lambda a, b: tf.image.non_max_suppression_overlaps(a, b, 3, 0.4, 0.1), [unit(5, 5), marks], plain=[3, 0.4, 0.1])
for method in ("bilinear", "nearest", "bicubic", "area"):
    for corners in (False, True):
        record("image", "resizeImages", lambda a: v1.image.resize_images(a, (3, 10), method=method, align_corners=corners), [photo], {"method": method, "alignCorners": corners}, plain=[[3, 10]])
record("image", "resizeImages", lambda a: v1.image.resize_images(a, (5, 8)), [bytes_], plain=[[5, 8]])
record("image", "resizeImages", lambda a: v1.image.resize_images(a, (7, 9), preserve_aspect_ratio=True), [np.stack([photo, photo])], {"preserveAspectRatio": True}, plain=[[7, 9]])
record("image", "resizeImageWithPad", lambda a: v1.image.resize_image_with_pad(a, 7, 4), [photo], plain=[7, 4])
for quality in (10, 90):
    record("image", "adjustJpegQuality", lambda a: tf.image.adjust_jpeg_quality(a, quality), [bytes_], plain=[quality])
record("image", "isJpeg", tf.io.is_jpeg, [np.array([b"\xff\xd8\xff\xe0", b"GIF8", b""], object)])

# The top of tf
ints = random.randint(-5, 6, (2, 3)).astype(np.int32)
for name, function, dtype in (("multiply", tf.multiply, f32), ("subtract", tf.subtract, f32), ("divideNoNan", tf.math.divide_no_nan, f32), ("multiplyNoNan", tf.math.multiply_no_nan, f32)):
    record("functions", name, function, [f32(2, 3), np.array([[0, 1, 2], [0.5, 0, -1]], np.float32)])
record("functions", "divide", tf.divide, [f32(2, 3), unit(2, 3) + 1])
for dtype in (np.int8, np.uint16, np.int32, np.int64):
    record("functions", "truediv", tf.truediv, [np.array([1, 2, 7], dtype), np.array([2, 3, 4], dtype)])
for name, function in (("negative", tf.negative), ("logSigmoid", tf.math.log_sigmoid), ("reciprocalNoNan", tf.math.reciprocal_no_nan), ("trace", tf.linalg.trace), ("matrixTranspose", tf.linalg.matrix_transpose), ("isNonDecreasing", tf.math.is_non_decreasing), ("isStrictlyIncreasing", tf.math.is_strictly_increasing)):
    record("functions", name, function, [np.array([[0, -200, 3], [1, 90, 0.5]], np.float32)])
record("functions", "isNonDecreasing", tf.math.is_non_decreasing, [np.array([1, 1, 3], np.int32)])
record("functions", "logicalXor", tf.math.logical_xor, [np.array([True, True, False, False]), np.array([True, False, True, False])])
record("functions", "erfcinv", tf.math.erfcinv, [np.array([0.1, 0.5, 1, 1.5], np.float32)])
record("functions", "lbeta", tf.math.lbeta, [unit(3, 4) + 0.1])
for dtype in ("uint8", "int8", "int16", "int32"):
    record("functions", "saturateCast", lambda a: tf.saturate_cast(a, dtype), [np.array([-1e12, -300, -1.5, 0, 1.5, 127.5, 300, 70000, 1e12], np.float32)], plain=[dtype])
    record("functions", "saturateCast", lambda a: tf.saturate_cast(a, dtype), [np.array([-2147483648, -300, -1, 0, 255, 70000, 2147483647], np.int32)], plain=[dtype])
for maxlen in (None, 5):
    record("functions", "sequenceMask", lambda a: tf.sequence_mask(a, maxlen=maxlen), [np.array([[1, 3], [0, 2]], np.int32)], {} if maxlen is None else {"maxlen": maxlen})
record("functions", "sequenceMask", lambda a: tf.sequence_mask(a, dtype="float32"), [np.array([1, 3], np.int64)], {"dtype": "float32"})
record("functions", "booleanMask", tf.boolean_mask, [f32(2, 3, 2), np.array([[True, False, True], [False, False, True]])])
record("functions", "booleanMask", lambda a, b: tf.boolean_mask(a, b, axis=1), [f32(2, 3, 2), np.array([True, False, True])], {"axis": 1})
for axis in (None, 0, 1, -1):
    record("functions", "repeat", lambda a: tf.repeat(a, 2, axis=axis), [f32(2, 3)], {} if axis is None else {"axis": axis}, plain=[2])
record("functions", "repeat", lambda a: tf.repeat(a, [2, 0, 1], axis=1), [f32(2, 3)], {"axis": 1}, plain=[[2, 0, 1]])
for axis in (-1, 0, 1):
    for direction in ("ASCENDING", "DESCENDING"):
        for name in ("sort", "argsort"):
            record("functions", name, lambda a: getattr(tf, name)(a, axis=axis, direction=direction), [np.round(f32(3, 4, 2), 1)], {"axis": axis, "direction": direction})
for side in ("left", "right"):
    record("functions", "searchsorted", lambda a, b: tf.searchsorted(a, b, side=side), [np.array([[0, 2, 2, 5], [1, 1, 3, 8]], np.float32), np.array([[2, 6, -1], [1, 3, 9]], np.float32)], {"side": side})
record("functions", "confusionMatrix", lambda a, b: tf.math.confusion_matrix(a, b, 4), [np.array([1, 2, 3, 1], np.int64), np.array([1, 0, 3, 2], np.int64)], {"numClasses": 4})
record("functions", "confusionMatrix", lambda a, b, weights: tf.math.confusion_matrix(a, b, 4, weights=weights, dtype=tf.float32), [np.array([1, 2], np.int64), np.array([1, 0], np.int64)], {"numClasses": 4, "dtype": "float32"}, tensors={"weights": unit(2)})
for axis in (None, 0, [0, 1]):
    record("functions", "countNonzero", lambda a: tf.math.count_nonzero(a, axis=axis), [ints], {} if axis is None else {"axis": axis})
record("functions", "unstack", lambda a: tf.unstack(a, axis=1), [f32(2, 3)], {"axis": 1})
record("functions", "eye", lambda: tf.eye(3), [], plain=[3])
record("functions", "eye", lambda: tf.eye(2, 4, batch_shape=[2], dtype=tf.int32), [], {"numColumns": 4, "batchShape": [2], "dtype": "int32"}, plain=[2])
record("functions", "zeros", lambda: tf.zeros([2, 3], tf.int64), [], plain=[[2, 3], "int64"])
record("functions", "ones", lambda: tf.ones([2], tf.bool), [], plain=[[2], "bool"])
record("functions", "matvec", tf.linalg.matvec, [f32(2, 3, 4), f32(2, 4)])
for axes in (0, 1, 2, [[0, 2], [1, 0]]):
    right = f32(4, 2, 3) if isinstance(axes, list) else f32(3, 4, 2)
    record("functions", "tensordot", lambda a, b: tf.tensordot(a, b, axes), [f32(2, 3, 4) if axes != 1 else f32(2, 4, 3), right], plain=[axes])
for ord_, axis in (("euclidean", None), (1, None), (3, 1), (np.inf, 0), ("euclidean", [0, 1]), (1, [0, 1]), (np.inf, [0, 1])):
    for keep in (False, True):
        spoken = {"ord": "inf" if ord_ == np.inf else ord_, "keepDims": keep, **({} if axis is None else {"axis": axis})}
        record("functions", "norm", lambda a: tf.norm(a, ord=ord_, axis=axis, keepdims=keep), [f32(3, 4)], spoken)
record("functions", "reduceEuclideanNorm", lambda a: tf.math.reduce_euclidean_norm(a, axis=1), [f32(3, 4)], {"axis": 1})
for name in ("unsorted_segment_mean", "unsorted_segment_sqrt_n"):
    record("functions", camel(name), lambda a, b: getattr(tf.math, name)(a, b, 4), [f32(5, 2), np.array([0, 2, 2, 0, 3], np.int32)], plain=[4])

# Strings
texts = np.array(["a b  c", "", " x ", "\u00e4\u20ac z"], object)
utf8 = np.array([t.encode() for t in texts], object)
ragged = lambda r: [r.values, r.row_splits]
record("strings", "split", lambda a: ragged(tf.strings.split(a)), [utf8])
record("strings", "split", lambda a: ragged(tf.strings.split(a, " ", maxsplit=1)), [utf8], {"sep": " ", "maxsplit": 1})
record("strings", "unicodeDecode", lambda a: ragged(tf.strings.unicode_decode(a, "UTF-8")), [utf8])
record("strings", "unicodeSplit", lambda a: ragged(tf.strings.unicode_split(a, "UTF-8")), [utf8])
record("strings", "unicodeDecodeWithOffsets", lambda a: [p for r in tf.strings.unicode_decode_with_offsets(a, "UTF-8") for p in ragged(r)], [utf8])
record("strings", "unicodeTranscode", lambda a: tf.strings.unicode_transcode(a, "UTF-8", "UTF-16-BE"), [utf8], {"inputEncoding": "UTF-8", "outputEncoding": "UTF-16-BE"})
record("strings", "unicodeScript", tf.strings.unicode_script, [np.array([65, 0x416, 0x4E00, 32], np.int32)])
record("strings", "bytesSplit", lambda a: ragged(tf.strings.bytes_split(a)), [utf8])
for name in ("lower", "upper", "strip", "length"):
    record("strings", name, getattr(tf.strings, name), [utf8])
record("strings", "toHashBucketFast", lambda a: tf.strings.to_hash_bucket_fast(a, 7), [utf8], {"numBuckets": 7})
record("strings", "toNumber", tf.strings.to_number, [np.array([b"1.5", b"-2e3"], object)])
record("strings", "regexReplace", lambda a: tf.strings.regex_replace(a, "[a-b]", "_"), [utf8], plain=["[a-b]", "_"])
# Sparse tensors: the first three arguments are one.
with_gradients = False
entries = [np.array([[0, 1], [2, 0], [2, 3]], np.int64), np.array([1.5, -2, 3], np.float32), np.array([3, 4], np.int64)]
triple = lambda s: [s.indices, s.values, s.dense_shape]
SPARSE = [
    ("toDense", lambda s: tf.sparse.to_dense(s), {}, ()),
    ("toDense", lambda s: tf.sparse.to_dense(s, default_value=7.0), {"defaultValue": 7}, ()),
    ("reorder", lambda s: triple(tf.sparse.reorder(s)), {}, ()),
    ("reshape", lambda s: triple(tf.sparse.reshape(s, [2, -1])), {}, ([2, -1],)),
    ("slice", lambda s: triple(tf.sparse.slice(s, [1, 0], [2, 2])), {}, ([1, 0], [2, 2])),
    ("fillEmptyRows", lambda s: (lambda f: triple(f[0]) + [f[1]])(tf.sparse.fill_empty_rows(s, 9.0)), {}, (9,)),
    ("reduceSum", lambda s: tf.sparse.reduce_sum(s), {}, ()),
    ("reduceSum", lambda s: tf.sparse.reduce_sum(s, axis=1, keepdims=True), {"axis": 1, "keepDims": True}, ()),
    ("reduceMax", lambda s: tf.sparse.reduce_max(s, axis=0), {"axis": 0}, ()),
    ("softmax", lambda s: triple(tf.sparse.softmax(s)), {}, ()),
    ("transpose", lambda s: triple(tf.sparse.transpose(s)), {}, ()),
]
for name, make, options, extra in SPARSE:
    record("sparse", name, lambda i, v, d: make(tf.SparseTensor(i, v, d)), entries, options, plain=extra)
record("sparse", "retain", lambda i, v, d, keep: triple(tf.sparse.retain(tf.SparseTensor(i, v, d), keep)), [*entries, np.array([True, False, True])])
record("sparse", "sparseDenseMatmul", lambda i, v, d, b: tf.sparse.sparse_dense_matmul(tf.SparseTensor(i, v, d), b), [*entries, f32(4, 2)])
record("sparse", "toIndicator", lambda i, v, d: tf.sparse.to_indicator(tf.SparseTensor(i, v, d), 5), [entries[0], np.array([4, 1, 0], np.int64), entries[2]], plain=[5])
# Functions that take other arguments than the ops of their names.
with_gradients = True
a, b, c = f32(2, 3, 4), f32(2, 3, 4), f32(2, 3, 4)
with_words = np.array([[b"a", b"bc"], [b"", b"d"]], object)
i32, i64 = lambda *v: np.array(v, np.int32), lambda *v: np.array(v, np.int64)
for axis in (0, 1, -1):
    record("wrapped", "concat", lambda *x: tf.concat(x, axis), [a, b, c], plain=[axis])
    record("functions", "argmax", lambda x: tf.argmax(x, axis), [a], {"axis": axis})
    record("functions", "argmin", lambda x: tf.argmin(x, axis, tf.int32), [a], {"axis": axis, "outputType": "int32"})
    record("functions", "reverse", lambda x: tf.reverse(x, [axis]), [a], plain=[[axis]])
    record("functions", "cumsum", lambda x: tf.cumsum(x, axis, reverse=True), [a], {"axis": axis, "reverse": True})
    record("functions", "cumprod", lambda x: tf.math.cumprod(x, axis, exclusive=True), [a], {"axis": axis, "exclusive": True})
record("wrapped", "concat", lambda x: tf.concat([x], 1), [a], plain=[1])
record("functions", "argmax", lambda x: tf.argmax(x), [a])
record("functions", "argmin", lambda x: tf.argmin(x), [a])
record("functions", "cumsum", lambda x: tf.cumsum(x), [a])
record("functions", "cumprod", lambda x: tf.math.cumprod(x), [a])
record("functions", "reverse", lambda x: tf.reverse(x, [0, 2]), [a], plain=[[0, 2]])
record("functions", "split", lambda x: tf.split(x, 2), [a], plain=[2])
record("functions", "split", lambda x: tf.split(x, 3, axis=1), [a], {"axis": 1}, plain=[3])
record("functions", "split", lambda x: tf.split(x, [1, 2], axis=-2), [a], {"axis": -2}, plain=[[1, 2]])
record("functions", "split", lambda x: tf.split(x, [1, -1], axis=2), [a], {"axis": 2}, plain=[[1, -1]])
record("functions", "split", lambda x, sizes: tf.split(x, sizes, axis=2), [a, i32(3, 1)], {"axis": 2})
for options in ({}, {"axis": 1}, {"axis": -1}, {"batchDims": 1}, {"axis": 2, "batchDims": 1}):
    snake = {"axis": options.get("axis"), "batch_dims": options.get("batchDims", 0)}
    record("functions", "gather", lambda x, i: tf.gather(x, i, **snake), [a, np.array([[1, 0], [0, 1]], np.int32)], options)
record("functions", "gather", lambda x: tf.gather(x, [2, 0], axis=1), [a], {"axis": 1}, plain=[[2, 0]])
record("functions", "where", lambda m: tf.where(m), [a > 0])
record("functions", "where", lambda m, x, y: tf.where(m, x, y), [a > 0, a, b])
record("functions", "where", lambda m, x: tf.where(m, x, 0.0), [a[:, :1] > 0, a], plain=[0])
record("functions", "where", lambda m: tf.where(m, "yes", "no"), [a[0] > 0], plain=["yes", "no"])
record("functions", "squeeze", lambda x: tf.squeeze(x), [f32(1, 3, 1)])
record("functions", "squeeze", lambda x: tf.squeeze(x, axis=[-1]), [f32(1, 3, 1)], {"axis": [-1]})
record("functions", "squeeze", lambda x: tf.squeeze(x, axis=0), [f32(1, 3, 1)], {"axis": 0})
record("functions", "transpose", lambda x: tf.transpose(x), [a])
record("functions", "transpose", lambda x: tf.transpose(x, [1, 0, 2]), [a], plain=[[1, 0, 2]])
for mode in ("CONSTANT", "reflect", "SYMMETRIC"):
    record("functions", "pad", lambda x: tf.pad(x, [[0, 1], [1, 0], [2, 2]], mode), [a], {"mode": mode}, plain=[[[0, 1], [1, 0], [2, 2]]])
record("functions", "pad", lambda x: tf.pad(x, [[0, 1], [1, 0], [2, 2]], constant_values=7), [a], {"constantValues": 7}, plain=[[[0, 1], [1, 0], [2, 2]]])
for dtype in ("int32", "bool", "float64"):
    record("functions", "zerosLike", lambda x: tf.zeros_like(x, dtype), [a], {"dtype": dtype})
    record("functions", "onesLike", lambda x: tf.ones_like(x, dtype), [a], {"dtype": dtype})
    if dtype != "bool":
        record("functions", "oneHot", lambda i: tf.one_hot(i, 3, dtype=dtype), [i32(0, 2, -1, 3)], {"dtype": dtype}, plain=[3])
record("functions", "zerosLike", tf.zeros_like, [a])
record("functions", "onesLike", tf.ones_like, [a])
record("functions", "oneHot", lambda i: tf.one_hot(i, 3), [i64(0, 2, -1, 3)], plain=[3])
record("functions", "oneHot", lambda i: tf.one_hot(i, 3, on_value=5.0, off_value=-1.0, axis=0), [np.array([[0, 2], [1, 1]], np.int32)], {"onValue": 5, "offValue": -1, "axis": 0}, plain=[3])
record("functions", "oneHot", lambda i: tf.one_hot(i, 2, on_value="yes", off_value="no"), [i32(0, 1)], {"onValue": "yes", "offValue": "no"}, plain=[2])
record("functions", "range", lambda: tf.range(4), [], plain=[4])
record("functions", "range", lambda: tf.range(2, 9, 3), [], {"delta": 3}, plain=[2, 9])
record("functions", "range", lambda: tf.range(1, -2, -0.75), [], {"delta": -0.75}, plain=[1, -2])
record("functions", "range", lambda: tf.range(3, dtype=tf.float64), [], {"dtype": "float64"}, plain=[3])
record("functions", "range", lambda n: tf.range(n), [np.int64(3)])
record("functions", "linspace", lambda: tf.linspace(1.0, 2.5, 4), [], plain=[1, 2.5, 4])
for equation, inputs in (("bij,bjk->bik", [f32(2, 3, 4), f32(2, 4, 5)]), ("ij,jk", [f32(3, 4), f32(4, 2)]), ("ii->i", [f32(3, 3)]), ("...ij->...ji", [a]), ("ij, ij ->", [f32(2, 3), f32(2, 3)]),
                         ("ij,jk,kl->il", [f32(2, 3), f32(3, 4), f32(4, 2)]), ("bi,ij,bj->b", [f32(2, 3), f32(3, 4), f32(2, 4)])):
    record("wrapped", "einsum", lambda *x: tf.einsum(equation, *x), inputs, plain=[equation])
with_gradients = False
counted = i32(1, 4, 1, 0, 2, 4)
for options in ({}, {"minlength": 8}, {"maxlength": 3}, {"minlength": 2, "maxlength": 10}, {"dtype": "int64"}, {"dtype": "float32"}):
    record("functions", "bincount", lambda x: tf.math.bincount(x, **{**options, "dtype": getattr(tf, options.get("dtype", "int32"))}), [counted], options)
record("functions", "bincount", lambda x, weights: tf.math.bincount(x, weights), [counted], tensors={"weights": f32(6)})
record("functions", "bincount", lambda x: tf.math.bincount(x), [np.array([], np.int32)])
record("functions", "histogramFixedWidth", lambda x: tf.histogram_fixed_width(x, [-1.0, 1.0], 5), [f32(30)], {"nbins": 5}, plain=[[-1, 1]])
record("functions", "histogramFixedWidth", lambda x: tf.histogram_fixed_width(x, [-1.0, 1.0], dtype=tf.int64), [f32(30)], {"dtype": "int64"}, plain=[[-1, 1]])
signed = [i32(7, -7, 7, -7, 0), i32(3, 3, -3, -3, 5)]
for name in ("floordiv", "floormod", "truncatediv", "truncatemod"):
    record("functions", name, getattr(v1, name), signed)
    record("functions", name, lambda x: getattr(v1, name)(x, 3), signed[:1], plain=[3])
record("functions", "mod", tf.math.mod, signed)
record("functions", "realdiv", tf.realdiv, [f32(4), f32(4)])
write("public-surface", __file__, {"cases": cases})
