"""Goldens of the ops that read and write image files. Run: python interop/goldens/image_codec.py"""
import struct
import zlib

from golden import Golden, np, rng, tf

g = Golden("image-codec", __file__)
r = rng(5)
i32 = np.int32


def blob(x):
    return np.array(x, object)


def eager(build):
    """What a graph of one output gives."""
    with tf.Graph().as_default():
        tensor = build()
        with tf.compat.v1.Session() as sess:
            return sess.run(tensor)


def photo(h, w, c=3):
    """Smooth colours with an edge and some noise."""
    y, x = np.mgrid[0:h, 0:w]
    planes = [127 + 100 * np.sin(x / (3 + k) + k) * np.cos(y / (4 + k)) + 60 * (x > w / 2) * (k == 1) + r.uniform(-8, 8, (h, w)) for k in range(c)]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def jpeg(image, **a):
    return eager(lambda: tf.raw_ops.EncodeJpeg(image=image, **a))


def png(image):
    return eager(lambda: tf.raw_ops.EncodePng(image=image))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def raw_png(width, height, depth, color, rows, extra=b"", interlace=0):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + head + extra + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b"")


def bmp(width, height, bits, rows, top_down=False):
    body = b"".join(row + b"\0" * (-len(row) % 4) for row in rows)
    return b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, 0, len(body), 0, 0, 0, 0) + body


jpegs = {}
for h, w in [(1, 1), (5, 7), (8, 8), (16, 16), (17, 31), (33, 20)]:
    for name, a in [("", {}), (" 4:4:4", {"chroma_downsampling": False}), (" progressive", {"progressive": True}), (" quality 40", {"quality": 40}), (" optimized", {"optimize_size": True})]:
        jpegs["%dx%d%s" % (h, w, name)] = jpeg(photo(h, w), **a)
    jpegs["%dx%d gray" % (h, w)] = jpeg(photo(h, w, 1))
    jpegs["%dx%d gray progressive" % (h, w)] = jpeg(photo(h, w, 1), progressive=True, quality=70)
for name, data in jpegs.items():
    for channels in (0, 1, 3):
        g.case("DecodeJpeg", [blob(data)], {"channels": channels}, name="%s, %d channels" % (name, channels))
    g.case("DecodeJpeg", [blob(data)], {"dct_method": "INTEGER_ACCURATE"}, name=name + ", accurate")
    g.case("DecodeJpeg", [blob(data)], {"fancy_upscaling": False}, name=name + ", not fancy")
    g.case("ExtractJpegShape", [blob(data)], {"output_type": tf.int64 if len(data) % 2 else tf.int32}, name=name)
for name in ["17x31", "33x20 4:4:4", "33x20 progressive", "16x16 gray", "5x7"]:
    for ratio in (2, 4, 8):
        # Means of blocks, rounded one by one where libjpeg rounds within its reduced transforms; colours add up.
        g.case("DecodeJpeg", [blob(jpegs[name])], {"ratio": ratio}, name="%s by %d" % (name, ratio), atol=3)
for name, window in [("17x31", [3, 5, 9, 11]), ("17x31", [0, 0, 17, 31]), ("33x20 progressive", [16, 1, 17, 3]), ("8x8", [4, 4, 5, 4]), ("8x8", [-1, 0, 2, 2]), ("8x8", [0, 0, 0, 2])]:
    g.case("DecodeAndCropJpeg", [blob(jpegs[name]), np.array(window, i32)], name="%s %s" % (name, window))
    g.case("DecodeAndCropJpeg", [blob(jpegs[name]), np.array(window, i32)], {"channels": 1, "dct_method": "INTEGER_ACCURATE"}, name="gray %s %s" % (name, window))
g.case("DecodeAndCropJpeg", [blob(jpegs["8x8"]), np.array([0, 0, 1], i32)])

pngs = {"rgb": png(photo(5, 7)), "gray": png(photo(5, 7, 1)), "gray alpha": png(photo(5, 7, 2)), "rgba": png(photo(5, 7, 4)),
        "rgb 16": png(photo(3, 4).astype(np.uint16) * 251 + 17), "gray 16": png(photo(3, 4, 1).astype(np.uint16) * 251 + 3), "rgba 16": png(photo(2, 2, 4).astype(np.uint16) * 253)}
for depth, row in [(1, b"\xa5"), (2, b"\x1b\x2d"), (4, b"\x01\x9f\xc3\x50")]:
    pngs["gray %d" % depth] = raw_png(8, 1, depth, 0, [row])
palette = chunk(b"PLTE", bytes([0, 0, 0, 255, 0, 0, 0, 255, 0, 10, 20, 250]))
pngs["palette"] = raw_png(4, 2, 2, 3, [b"\x1b", b"\xe4"], palette)
pngs["palette alpha"] = raw_png(4, 1, 8, 3, [b"\0\1\2\3"], palette + chunk(b"tRNS", bytes([0, 128])))
for name, data in pngs.items():
    for channels in (0, 1, 3, 4):
        for t in (tf.uint8, tf.uint16):
            g.case("DecodePng", [blob(data)], {"channels": channels, "dtype": t}, name="%s, %d channels, %s" % (name, channels, t.name))
    for t in (tf.uint8, tf.uint16, tf.float32):
        g.case("DecodeImage", [blob(data)], {"dtype": t}, name="%s as %s" % (name, t.name))

gif2 = b"GIF89a\x03\x00\x02\x00\x81\x00\x00\xff\x00\x00\x00\xff\x00\x00\x00\xff\x0a\x14\x1e"


def frame(left, top, width, height, indices, transparent=None):
    control = b"" if transparent is None else b"\x21\xf9\x04\x01\x00\x00" + bytes([transparent]) + b"\x00"
    bits, count, held = 0, 0, b""
    # Uncompressed LZW: a clear code before each three indices keeps codes three bits wide.
    codes = []
    for i, index in enumerate(indices):
        if i % 2 == 0:
            codes.append(4)
        codes.append(index)
    for code in codes + [5]:
        bits |= code << count
        count += 3
        while count >= 8:
            held, bits, count = held + bytes([bits & 255]), bits >> 8, count - 8
    if count:
        held += bytes([bits])
    return control + b"," + struct.pack("<HHHHB", left, top, width, height, 0) + b"\x02" + bytes([len(held)]) + held + b"\0"


gifs = {"one frame": gif2 + frame(0, 0, 3, 2, [0, 1, 2, 3, 2, 1]) + b";",
        "two frames": gif2 + frame(0, 0, 3, 2, [0, 1, 2, 3, 2, 1]) + frame(1, 0, 2, 1, [3, 0]) + b";",
        "transparent": gif2 + frame(0, 0, 3, 2, [0, 1, 2, 3, 2, 1]) + frame(0, 0, 3, 2, [2, 2, 0, 0, 3, 3], 0) + b";"}
bmps = {"24": bmp(3, 2, 24, [bytes(range(9)), bytes(range(20, 29))]), "32": bmp(2, 2, 32, [bytes(range(8)), bytes(range(20, 28))]),
        "top down": bmp(3, 2, 24, [bytes(range(9)), bytes(range(20, 29))], True), "8": bmp(4, 2, 8, [b"\1\2\3\4", b"\5\6\7\x08"]), "1 bit": bmp(4, 2, 1, [b"\1", b"\5"]),
        "cut": bmp(3, 2, 24, [bytes(range(9)), bytes(range(20, 29))])[:60]}
for name, data in gifs.items():
    g.case("DecodeGif", [blob(data)], name=name)
    for animations in (True, False):
        for t in (tf.uint8, tf.float32):
            g.case("DecodeImage", [blob(data)], {"expand_animations": animations, "dtype": t, "channels": 3}, name="%s, all %s, %s" % (name, animations, t.name))
for name, data in bmps.items():
    for channels in (0, 1, 3, 4):
        g.case("DecodeBmp", [blob(data)], {"channels": channels}, name="%s, %d channels" % (name, channels))
    if name != "top down":  # TensorFlow asks for a buffer of negative size and aborts
        g.case("DecodeImage", [blob(data)], {"dtype": tf.float32}, name="bmp " + name)
        g.case("DecodeImage", [blob(data)], {"dtype": tf.uint16}, name="bmp 16 " + name)
files = {"png": pngs["rgb"], "jpeg": jpegs["5x7"], "gif": gifs["one frame"], "bmp": bmps["24"], "junk": b"junk", "empty": b"", "cut png": pngs["rgb"][:40], "cut jpeg": jpegs["17x31"][:300]}
for op in ["DecodePng", "DecodeJpeg", "DecodeGif", "DecodeBmp", "DecodeImage", "DecodeAndCropJpeg"]:
    for name, data in files.items():
        g.case(op, [blob(data)] + ([np.array([0, 0, 2, 2], i32)] if op == "DecodeAndCropJpeg" else []), name=name)
    g.case(op, [blob([pngs["rgb"]])] + ([np.array([0, 0, 2, 2], i32)] if op == "DecodeAndCropJpeg" else []), name="a vector")
for op in ["DecodePng", "DecodeJpeg", "DecodeImage"]:
    for channels in (2, 4):
        g.case(op, [blob(jpegs["5x7"])], {"channels": channels}, name="jpeg, %d channels" % channels)
for t in (tf.uint16, tf.float32):
    g.case("DecodeImage", [blob(jpegs["5x7"])], {"dtype": t}, name="jpeg as " + t.name)
g.case("DecodePng", [blob(jpegs["5x7"])], {"dtype": tf.uint16}, name="jpeg as 16 bits")
g.case("DecodeJpeg", [blob(jpegs["5x7"])], {"ratio": 3})
g.case("ExtractJpegShape", [blob(pngs["rgb"])], name="png")
g.case("ExtractJpegShape", [blob([jpegs["5x7"]])], name="a vector")

# The files themselves: JPEG byte for byte, PNG by what it decodes to.
for h, w in [(1, 1), (8, 8), (5, 7), (17, 31)]:
    for c in (1, 3):
        for a in [{}, {"quality": 30}, {"quality": 100}, {"chroma_downsampling": False}]:
            g.case("EncodeJpeg", [photo(h, w, c)], a, name="%dx%dx%d %s" % (h, w, c, a))
        g.case("EncodeJpegVariableQuality", [photo(h, w, c), np.array(60, i32)], name="%dx%dx%d" % (h, w, c))
g.case("EncodeJpeg", [photo(2, 2, 4)], name="4 channels")
g.case("EncodeJpeg", [photo(2, 2, 3)[0]], name="a matrix")
g.case("EncodeJpeg", [photo(2, 2)], {"quality": 101})
g.case("EncodeJpeg", [photo(2, 2, 1)], {"format": "rgb"})
g.case("EncodePng", [photo(2, 2, 5)], name="5 channels")
g.case("EncodePng", [photo(2, 2)[0]], name="a matrix")
g.case("EncodePng", [np.zeros((0, 2, 3), np.uint8)], name="empty")


def round_trip(shape, t):
    def build():
        from golden import run
        image = tf.compat.v1.placeholder(t)
        decoded = tf.raw_ops.DecodePng(contents=tf.raw_ops.EncodePng(image=image), dtype=t)
        return [run([decoded], {image: r.randint(0, np.iinfo(t.as_numpy_dtype).max, shape).astype(t.as_numpy_dtype)})]
    return build


for c in (1, 2, 3, 4):
    for t in (tf.uint8, tf.uint16):
        g.sequence("PNG of %d channels of %s" % (c, t.name), round_trip((6, 5, c), t), ops=["EncodePng", "DecodePng"])
g.write()
