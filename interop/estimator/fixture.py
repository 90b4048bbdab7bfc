"""What the recorders of estimator fixtures share: tensors as JSON, and gzip files that are the same in every run."""
import base64
import gzip
import json
import os

import numpy as np

FIXTURES = os.path.join(os.path.dirname(__file__), "../../packages/tureen/src/estimator/fixtures")


def stored(value):
    """A tensor as {d: dtype, s: shape, v: base64 of little-endian elements, or a list of texts}."""
    array = np.asarray(value)
    if array.dtype.kind in "SUO":
        texts = [item.decode("latin-1") if isinstance(item, bytes) else str(item) for item in array.reshape(-1).tolist()]
        return {"d": "string", "s": list(array.shape), "v": texts}
    return {"d": array.dtype.name, "s": list(array.shape), "v": base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()}


def write(name, script, data):
    import tensorflow as tf

    os.makedirs(FIXTURES, exist_ok=True)
    text = json.dumps({"by": f"TensorFlow {tf.__version__}, interop/estimator/{os.path.basename(script)}", **data})
    path = os.path.join(FIXTURES, name + ".json.gz")
    with open(path, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write(text.encode())
    print(path, os.path.getsize(path))
