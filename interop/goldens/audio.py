"""Goldens of the audio ops: DecodeWav, EncodeWav, AudioSpectrogram, Mfcc."""
import struct

from golden import Golden, np, rng

g = Golden("audio", __file__)
r = rng(37)
f32, i32 = np.float32, np.int32


def blob(x):
    return np.array(x, object)


def wav(samples, channels=1, rate=16000, bits=16, code=1, size=16, extra=b"", before=b"", after=b"", block=None, second=None, data_size=None, riff=b"RIFF", wave=b"WAVE", fmt=b"fmt ", data=b"data"):
    body = struct.pack("<%dh" % len(samples), *samples)
    block = bits // 8 * channels if block is None else block
    second = block * rate if second is None else second
    head = struct.pack("<HHIIHH", code, channels, rate, second & 0xffffffff, block, bits) + extra
    chunks = before + fmt + struct.pack("<I", size) + head + data + struct.pack("<I", len(body) if data_size is None else data_size) + body + after
    return riff + struct.pack("<I", 4 + len(chunks)) + wave + chunks


def chunk(name, payload):
    return name + struct.pack("<I", len(payload)) + payload


s = [0, 1, -1, 32767, -32768, 1234, -4321, 7]
for channels in (1, 2, 4):
    for a in ({}, {"desired_channels": 1}, {"desired_channels": 3}, {"desired_samples": 3}, {"desired_samples": 9, "desired_channels": 2}, {"desired_samples": 0}, {"desired_channels": 0}):
        g.case("DecodeWav", [blob(wav(s, channels))], a, name="%d channels %s" % (channels, a))
bad = {
    "18 bytes of format": wav(s, size=18, extra=b"\0\0"), "a junk chunk": wav(s, before=chunk(b"JUNK", b"abcd")), "two chunks before": wav(s, before=chunk(b"bext", b"ab") + chunk(b"JUNK", b"")),
    "a list chunk": wav(s, before=chunk(b"LIST", b"abcd")), "a chunk after": wav(s, after=chunk(b"LIST", b"abcd")), "two data chunks": wav(s, after=chunk(b"data", b"abcd")),
    "no data chunk": wav(s, data=b"dato"), "another rate": wav(s, rate=44100), "a high rate": wav(s, rate=0xffffffff), "empty": b"", "short": b"RIF", "not RIFF": wav(s, riff=b"RIFX"),
    "not WAVE": wav(s, wave=b"WAVF"), "other format": wav(s, code=3), "24 bits": wav(s, bits=24), "8 bits": wav(s, bits=8), "no channels": wav(s, channels=0), "wrong block": wav(s, block=3),
    "wrong rate": wav(s, second=7), "format of 20": wav(s, size=20), "data that ends early": wav(s, data_size=100), "data beyond 31 bits": wav(s, data_size=0x80000000),
    "odd data": wav(s, data_size=15), "no samples": wav([]), "cut in the format": wav(s)[:30], "cut in the data header": wav(s)[:42], "cut after RIFF": wav(s)[:6],
    "junk beyond the end": wav(s, before=b"JUNK" + struct.pack("<I", 10 ** 6)), "junk too large": wav(s, before=b"JUNK" + struct.pack("<I", 0xfffffff0)), "a chunk beyond the end": wav(s, after=b"LIST" + struct.pack("<I", 1000)),
}
for name, contents in bad.items():
    g.case("DecodeWav", [blob(contents)], name=name)
g.case("DecodeWav", [blob([wav(s)])], name="a vector")
for a in ({"desired_channels": -2}, {"desired_samples": -2}):
    g.case("DecodeWav", [blob(wav(s))], a)

for shape in [(0, 1), (1, 1), (5, 1), (4, 2), (3, 5)]:
    for rate in (8000, 44100):
        g.case("EncodeWav", [r.uniform(-1.5, 1.5, shape).astype(f32), np.array(rate, i32)])
x = np.array([[0, -0.0, 1, -1, 1.5, -1.5, 1 / 65536, -1 / 65536, 3 / 65536, 0.5, 0.99998, np.inf, -np.inf, np.nan, 1e-40]], f32).T
g.case("EncodeWav", [x[:13], np.array(16000, i32)], name="extremes")
for rate in (0, -5, 1, 2147483647):
    g.case("EncodeWav", [x[:3], np.array(rate, i32)], name="rate %d" % rate)
g.case("EncodeWav", [x[:3, 0], np.array(1, i32)])
g.case("EncodeWav", [x[:3], np.array([1], i32)])
g.case("EncodeWav", [np.zeros((3, 0), f32), np.array(1, i32)])
g.case("EncodeWav", [np.zeros((1, 65536), f32), np.array(1, i32)])

for window, stride in [(2, 1), (3, 2), (8, 4), (16, 16), (20, 7), (33, 10), (64, 128)]:
    for squared in (False, True):
        for shape in [(64, 1), (50, 2)]:
            g.case("AudioSpectrogram", [r.uniform(-1, 1, shape).astype(f32)], {"window_size": window, "stride": stride, "magnitude_squared": squared}, atol=2e-5)
a = {"window_size": 8, "stride": 4}
for shape in [(0, 1), (7, 1), (8, 1), (20, 0), (9,), (2, 9, 1)]:
    g.case("AudioSpectrogram", [r.uniform(-1, 1, shape).astype(f32)], a, atol=2e-5)
g.case("AudioSpectrogram", [np.array([[np.nan], [1], [2], [3], [4], [5], [6], [7]] * 2, f32)], a, name="not a number")
for a in ({"window_size": 1, "stride": 1}, {"window_size": 0, "stride": 1}, {"window_size": -3, "stride": 1}, {"window_size": 8, "stride": 0}, {"window_size": 8, "stride": -1}):
    g.case("AudioSpectrogram", [r.uniform(-1, 1, (20, 1)).astype(f32)], a)

for bins, rate in [(257, 16000), (129, 8000), (513, 44100), (65, 16000)]:
    for a in ({}, {"filterbank_channel_count": 20, "dct_coefficient_count": 20}, {"upper_frequency_limit": 3000, "lower_frequency_limit": 100, "filterbank_channel_count": 12, "dct_coefficient_count": 5}):
        g.case("Mfcc", [r.uniform(0, 9, (1, 2, bins)).astype(f32), np.array(rate, i32)], a, rtol=1e-4, atol=1e-5, name="%d bins at %d %s" % (bins, rate, a))
g.case("Mfcc", [r.uniform(0, 9, (2, 3, 129)).astype(f32), np.array(16000, i32)], rtol=1e-4, atol=1e-5)
g.case("Mfcc", [np.zeros((1, 1, 129), f32), np.array(16000, i32)], name="silence", rtol=1e-4, atol=1e-5)
g.case("Mfcc", [np.full((1, 1, 129), -1, f32), np.array(16000, i32)], name="negative", rtol=1e-4, atol=1e-5)
g.case("Mfcc", [np.full((1, 1, 129), np.inf, f32), np.array(16000, i32)], name="infinite", rtol=1e-4, atol=1e-5)
g.case("Mfcc", [np.ones((0, 2, 129), f32), np.array(16000, i32)])
g.case("Mfcc", [np.ones((1, 0, 129), f32), np.array(16000, i32)])
g.case("Mfcc", [np.ones((1, 2, 129), f32), np.array(4000, i32)], name="a limit above half the rate", rtol=1e-4, atol=1e-5)
for bins, rate, a in [(1, 16000, {}), (0, 16000, {}), (129, 0, {}), (129, -1, {}), (129, 16000, {"filterbank_channel_count": 0}), (129, 16000, {"dct_coefficient_count": 0}), (129, 16000, {"dct_coefficient_count": 41}), (129, 16000, {"lower_frequency_limit": -1}), (129, 16000, {"lower_frequency_limit": 5000})]:
    g.case("Mfcc", [np.ones((1, 2, bins), f32), np.array(rate, i32)], a, name="%d bins at %d %s" % (bins, rate, a))
g.case("Mfcc", [np.ones((2, 129), f32), np.array(16000, i32)])
g.case("Mfcc", [np.ones((1, 2, 129), f32), np.array([16000], i32)])
g.cases = [c for c in g.cases if "{{node" not in c.get("error", {}).get("message", "")]
g.write()
