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


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def record(group, name, make, args, options=None, plain=(), tensors=None, seed=None):
    """`make` takes the arguments as tensors; `tensors` are options that are tensors."""
    tensors = tensors or {}
    with tf.Graph().as_default(), v1.Session() as session:
        if seed is not None:
            v1.set_random_seed(seed)
        made = make(*[tf.constant(a) for a in args], **{k: tf.constant(v) for k, v in tensors.items()})
        made = list(made) if isinstance(made, (tuple, list)) else [made]
        session.run([v1.global_variables_initializer(), v1.local_variables_initializer()])
        outputs = session.run(made)
    cases.append({"group": group, "name": name, "args": [stored(a) for a in args], "plain": list(plain), "options": options or {},
                  "tensors": {camel(k): stored(v) for k, v in tensors.items()}, "graphSeed": seed,
                  "outputs": [stored(o) for o in outputs]})


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
write("public-surface", __file__, {"cases": cases})
