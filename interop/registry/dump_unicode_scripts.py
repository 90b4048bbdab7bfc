"""Writes packages/tureen/src/runtime/kernels/string/unicode-scripts.table.ts: the script of every code point as TensorFlow 2.15.1's UnicodeScript says.

Run with the interop venv (tensorflow-cpu 2.15.1):  python interop/registry/dump_unicode_scripts.py
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

TARGET = os.path.join(os.path.dirname(__file__), "../../packages/tureen/src/runtime/kernels/string/unicode-scripts.table.ts")

scripts = tf.raw_ops.UnicodeScript(input=np.arange(0x110000, dtype=np.int32)).numpy()
starts = np.flatnonzero(np.diff(scripts, prepend=scripts[0] + 1))
text = " ".join("%x:%d" % (start - (starts[i - 1] if i else 0), scripts[start]) for i, start in enumerate(starts))
lines = [text[i:i + 150] for i in range(0, len(text), 150)]
with open(TARGET, "w") as out:
    out.write("// Scripts of code points by TensorFlow %s, written by interop/registry/dump_unicode_scripts.py; do not edit.\n\n" % tf.__version__)
    out.write("/** Runs of code points of one script: how far each lies behind the one before, in hexadecimal, and ICU's number of its script. */\n")
    out.write("export const unicodeScriptRuns: string = [\n" + "".join('  "%s",\n' % line for line in lines) + '].join("");\n')
print(len(starts), "runs")
