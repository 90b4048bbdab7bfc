"""Goldens of summaries of sounds, which are bytes that everyone writes alike; of images (PNG) only what has none, their pixels are in record_media_summaries.py."""
from golden import Golden, np, tf

g = Golden("media-summary", __file__)
random = np.random.RandomState(4)
f32 = np.float32
tag = np.array(b"a/b", object)
sound = lambda *shape: random.randn(*shape).astype(f32)
for name, data in [("mono", sound(2, 9)), ("one channel", sound(2, 9, 1)), ("stereo", sound(4, 5, 2)), ("loud", sound(1, 6) * 100), ("edges", np.array([[1, -1, 0.99999, -0.5, 0, -0.0]], f32)),
                   ("not finite", np.array([[np.inf, -np.inf, 0]], f32)), ("none", sound(0, 4)), ("no frames", sound(1, 0)), ("vector", sound(4)), ("rank 4", sound(1, 2, 2, 2))]:
    for outputs in (1, 3):
        g.case("AudioSummaryV2", [tag, data, f32(8000)], {"max_outputs": outputs}, name="%s %d" % (name, outputs))
g.case("AudioSummaryV2", [np.array([b"a"], object), sound(1, 2), f32(8000)], name="tag is a vector")
for rate in (0, -1, 0.5, 11025.7):
    g.case("AudioSummaryV2", [tag, sound(1, 2), f32(rate)], name="rate %s" % rate)
g.case("AudioSummaryV2", [tag, sound(1, 2), np.array([8000], f32)], name="rate is a vector")
for dtype in (np.uint8, f32, np.float64, np.float16):
    g.case("ImageSummary", [tag, np.zeros([0, 2, 2, 3], dtype)], name="none %s" % dtype.__name__)
    for shape in ([2, 2, 3], [1, 2, 2, 2], [1, 2, 2, 5], [], [1, 1, 2, 2, 3]):
        g.case("ImageSummary", [tag, np.zeros(shape, dtype)], name="shape %s %s" % (shape, dtype.__name__))
g.case("ImageSummary", [np.array([b"a"], object), np.zeros([1, 2, 2, 3], f32)], name="tag is a vector")
audio = tf.compat.v1.Summary(value=[tf.compat.v1.Summary.Value(tag="s", audio=tf.compat.v1.Summary.Audio(sample_rate=8000.0, num_channels=2, length_frames=3, encoded_audio_string=b"RIFF", content_type="audio/wav"))])
g.case("MergeSummary", [[np.array(audio.SerializeToString(), object)]], name="a sound")
g.write()
