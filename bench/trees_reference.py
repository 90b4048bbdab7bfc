"""100 trees of depth 6 of LightGBM on the rows of trees-child.ts: prints {"seconds", "cpuSeconds", "accuracy"} of the training."""
import json
import os
import time

import numpy as np
import lightgbm

ROWS, FEATURES, TREES, DEPTH = 50_000, 10, int(os.environ.get("BENCH_TREES", 100)), 6
state = np.empty(ROWS * (FEATURES + 1), np.uint32)
s = 1
for i in range(len(state)):
    s = (s * 1664525 + 1013904223) & 0xFFFFFFFF
    state[i] = s
u = (state / 4294967296).reshape(ROWS, FEATURES + 1)
x, noise = u[:, :FEATURES].astype(np.float32), u[:, FEATURES]
y = (np.sin(6 * x[:, 0]) + x[:, 1] ** 2 * 2 - x[:, 2] * x[:, 3] + (noise - 0.5) * 0.5 > 0.6).astype(int)
# Leaves, rate and bins as BoostedTreesClassifier has them: 2^depth leaves, a rate of 0.1, about a hundred buckets.
params = dict(objective="binary", max_depth=DEPTH, num_leaves=2**DEPTH, learning_rate=0.1, max_bin=100, verbosity=-1)
began, cpu = time.perf_counter(), time.process_time()
model = lightgbm.train(params, lightgbm.Dataset(x, y), num_boost_round=TREES)
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "accuracy": float(((model.predict(x) > 0.5) == y).mean())}))
