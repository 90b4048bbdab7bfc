"""Summaries of images, sounds and texts by tf.compat.v1.summary. Run: python interop/estimator/record_media_summaries.py

Of images the pixels are recorded, not the files: PNG files of the same pixels differ by their compressor.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
import numpy as np
import tensorflow as tf

from fixture import stored, write

v1 = tf.compat.v1
v1.disable_v2_behavior()
random = np.random.RandomState(3)
S = v1.summary
f32 = lambda *shape: random.randn(*shape).astype(np.float32)
odd = f32(1, 3, 2, 3)
odd[0, 0, 0, 1] = np.nan
odd[0, 2, 1, 0] = np.inf
CASES = [
    ("image", random.randint(0, 256, (2, 4, 5, 3)).astype(np.uint8), {}),
    ("image", random.randint(0, 256, (2, 4, 5, 4)).astype(np.uint8), {"max_outputs": 1}),
    ("image", random.randint(0, 256, (5, 2, 2, 1)).astype(np.uint8), {"family": "f"}),
    ("image", f32(2, 3, 4, 3), {}),
    ("image", np.abs(f32(2, 3, 4, 1)) * 7, {"max_outputs": 5}),
    ("image", odd, {}),
    ("image", np.where(np.isfinite(odd), odd, np.nan).astype(np.float32)[:, :, :, :1], {}),
    ("image", np.zeros((1, 2, 2, 3), np.float32), {}),
    ("image", f32(1, 2, 2, 3).astype(np.float16), {}),
    ("image", f32(1, 2, 2, 3).astype(np.float64), {}),
    ("image", f32(0, 2, 2, 3), {}),
    ("image", f32(2, 2, 3), {}),
    ("image", f32(2, 2, 3, 2), {}),
    ("audio", f32(2, 10), {"sample_rate": 8000.0}),
    ("audio", f32(2, 10, 2) * 0.3, {"sample_rate": 44100.0, "max_outputs": 1}),
    ("audio", f32(4, 6, 1), {"sample_rate": 16000.0, "max_outputs": 3, "family": "f"}),
    ("audio", f32(4), {"sample_rate": 16000.0}),
    ("audio", f32(2, 3), {"sample_rate": 0.0}),
    ("text", np.array("plain"), {}),
    ("text", np.array([["a", "b"], ["c", "d"]]), {}),
    ("text", f32(2), {}),
]


def value(v):
    if v.HasField("image"):
        pixels = tf.io.decode_png(v.image.encoded_image_string)
        with v1.Session() as session:
            return {"tag": v.tag, "image": {"height": v.image.height, "width": v.image.width, "colorspace": v.image.colorspace, "pixels": stored(session.run(pixels))}}
    if v.HasField("audio"):
        a = v.audio
        return {"tag": v.tag, "audio": {"sampleRate": a.sample_rate, "channels": a.num_channels, "frames": a.length_frames, "type": a.content_type, "bytes": a.encoded_audio_string.hex()}}
    return {"tag": v.tag, "texts": [t.decode() for t in v.tensor.string_val], "shape": [d.size for d in v.tensor.tensor_shape.dim], "plugin": v.metadata.plugin_data.plugin_name}


recorded = []
for kind, data, options in CASES:
    given = data.astype(str).tolist() if kind == "text" and data.dtype.kind == "U" else stored(data)
    entry = {"kind": kind, "given": given, "options": options}
    with tf.Graph().as_default():
        try:
            made = getattr(S, kind)("media", tf.constant(data), **options)
            entry["op"] = made.op.name
            with v1.Session() as session:
                serialized = session.run(v1.summary.merge_all())
            entry["values"] = [value(v) for v in v1.Summary.FromString(serialized).value]
        except (ValueError, tf.errors.OpError) as error:
            lines = str(error).split("\n")
            # Of a run's error the line before the node, of a builder's the first.
            entry["error"] = next((lines[i] for i in range(len(lines) - 1) if lines[i + 1].startswith("\t [[")), lines[0])
    recorded.append(entry)
write("media-summaries", __file__, {"cases": recorded})
