"""Dumps what CaseFoldUTF8 (ICU's NFKC_Casefold) does to single characters beyond NFKC, into
packages/tureen/src/runtime/kernels/text/case-folding.table.ts.

    python interop/registry/dump_case_folding.py          with tensorflow 2.15.1 and tensorflow_text 2.15.0
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf
import tensorflow_text as text

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/runtime/kernels/text/case-folding.table.ts")

codes = [c for c in range(1, 0x110000) if not 0xD800 <= c < 0xE000]
characters = [chr(c).encode() for c in codes]
decode = lambda t: [x.decode() for x in t.numpy()]
folded = decode(text.case_fold_utf8(tf.constant(characters)))
compatible = decode(text.normalize_utf8(tf.constant(characters), "NFKC"))

# Characters that NFKC leaves alone and that fold to one other: runs of the same step and distance.
single = {c: ord(f) - c for c, f, k in zip(codes, folded, compatible) if f != k and k == chr(c) and len(f) == 1}
fold = lambda s: "".join(chr(ord(x) + single.get(ord(x), 0)) for x in s)
runs, todo = [], sorted(single)
while todo:
    start = todo[0]
    best = [start]
    for step in (1, 2):
        run = [start]
        while run[-1] + step in single and single[run[-1] + step] == single[start] and run[-1] + step in set(todo):
            run.append(run[-1] + step)
        if len(run) > len(best):
            best = run
    runs.append((best[0], len(best), best[1] - best[0] if len(best) > 1 else 1, single[start]))
    todo = [c for c in todo if c not in set(best)]

# Characters that fold to nothing: ranges.
gone = [c for c, f in zip(codes, folded) if f == ""]
ranges = []
for c in gone:
    if ranges and ranges[-1][1] == c - 1:
        ranges[-1][1] = c
    else:
        ranges.append([c, c])
absent = set(gone)
# What is left over once the two rules have been applied.
remaining = [(c, f) for c, f, k in zip(codes, folded, compatible) if c not in absent and f != fold("".join(x for x in k if ord(x) not in absent))]

with open(TARGET, "w") as out:
    out.write("// Written by interop/registry/dump_case_folding.py from tensorflow_text %s; do not edit.\n\n" % text.__version__)
    out.write("/** Letters that fold to one other letter: `first:count:step:distance`, the first in hexadecimal. */\n")
    out.write('export const foldedRuns: string =\n  "%s";\n\n' % " ".join("%x:%d:%d:%d" % r for r in runs))
    out.write("/** Characters that vanish: `first:last`, in hexadecimal. */\n")
    out.write('export const ignoredRanges: string =\n  "%s";\n\n' % " ".join("%x:%x" % tuple(r) for r in ranges))
    out.write("/** What neither rule tells: `character:its folding, code by code`, in hexadecimal. */\n")
    out.write('export const foldedOthers: string =\n  "%s";\n' % " ".join("%x:%s" % (c, "+".join("%x" % ord(x) for x in f)) for c, f in remaining))
print(len(single), "letters in", len(runs), "runs,", len(gone), "ignored in", len(ranges), "ranges,", len(remaining), "others", file=sys.stderr)
