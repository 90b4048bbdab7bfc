"""Writes the Parquet files that the tests of `parquetDataset` read, with pyarrow, and beside them their values as JSON.

    python interop/datasets/record_parquet.py      (needs pyarrow)

One table of all column types a codec, in several row groups and data pages of both versions, with and without dictionaries.
"""
import datetime
import decimal
import json
import os

import pyarrow as pa
import pyarrow.parquet as pq

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packages/tureen/src/data/fixtures")
ROWS = 50


def table():
    rows = range(ROWS)
    return pa.table(
        {
            "small": pa.array([i - 25 for i in rows], pa.int8()),
            "whole": pa.array([i * 1000 - 7 for i in rows], pa.int32()),
            "wide": pa.array([i * 10**12 - 1 for i in rows], pa.int64()),
            "single": pa.array([i / 8 for i in rows], pa.float32()),
            "double": pa.array([i / 3 for i in rows], pa.float64()),
            "truth": pa.array([i % 3 == 0 for i in rows], pa.bool_()),
            "text": pa.array(["kind-%d-\u00e9" % (i % 4) for i in rows], pa.string()),
            "raw": pa.array([bytes([i, 255]) for i in rows], pa.binary()),
            "gaps": pa.array([None if i % 5 == 0 else float(i) for i in rows], pa.float32()),
            "pair": pa.array([[float(i), -float(i)] for i in rows], pa.list_(pa.float32())),
            "ragged": pa.array([list(range(i % 3)) for i in rows], pa.list_(pa.int64())),
            "day": pa.array([datetime.date(2020, 1, 1) + datetime.timedelta(i) for i in rows], pa.date32()),
            "moment": pa.array([i * 1_000_000 for i in rows], pa.timestamp("us")),
            "price": pa.array([decimal.Decimal(i) / 4 for i in rows], pa.decimal128(9, 2)),
        }
    )


def main():
    data = table()
    for name, options in {
        "snappy": {"compression": "snappy"},
        "zstd": {"compression": "zstd", "use_dictionary": False, "data_page_version": "2.0"},
        "gzip": {"compression": "gzip", "version": "1.0"},
        "brotli": {"compression": "brotli"},
        "lz4": {"compression": "lz4"},
        "none": {"compression": "none", "data_page_version": "2.0"},
    }.items():
        pq.write_table(data, os.path.join(TARGET, "table-%s.parquet" % name), row_group_size=20, **options)
    values = {
        "small": data["small"].to_pylist(),
        "whole": data["whole"].to_pylist(),
        "wide": [str(v) for v in data["wide"].to_pylist()],
        "single": data["single"].to_pylist(),
        "double": data["double"].to_pylist(),
        "truth": data["truth"].to_pylist(),
        "text": data["text"].to_pylist(),
        "raw": [list(v) for v in data["raw"].to_pylist()],
        "gaps": data["gaps"].to_pylist(),
        "pair": data["pair"].to_pylist(),
        "day": [(v - datetime.date(1970, 1, 1)).days for v in data["day"].to_pylist()],
        "moment": [str(i * 1_000_000) for i in range(ROWS)],
        "price": [float(v) for v in data["price"].to_pylist()],
    }
    with open(os.path.join(TARGET, "table-parquet.json"), "w") as file:
        json.dump({"writer": "pyarrow %s, interop/datasets/record_parquet.py" % pa.__version__, "values": values}, file)
        file.write("\n")


main()
