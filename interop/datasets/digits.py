"""Writes examples/digits/data/digits.csv from the copy of UCI's optical digits that scikit-learn's wheel holds.

    python interop/datasets/digits.py        (needs scikit-learn; no network)

Rows stay in the order of the source; which of them are the test set is told in the data's README.
"""

import pathlib

from sklearn.datasets import load_digits

TARGET = pathlib.Path(__file__).parents[2] / "examples/digits/data/digits.csv"


def main():
    digits = load_digits()
    side = digits.images.shape[1]
    names = [f"p{row}{column}" for row in range(side) for column in range(side)]
    lines = [",".join([*names, "label"])]
    for pixels, label in zip(digits.data.astype(int), digits.target):
        lines.append(",".join(map(str, [*pixels, label])))
    TARGET.write_text("\n".join(lines) + "\n")
    print(f"{TARGET.name}: {len(lines) - 1} rows, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
