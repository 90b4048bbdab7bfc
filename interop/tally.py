"""What a check of the interop tier counts, and the last line that the tier reads."""
from __future__ import print_function

import re
import sys

counts = {"passed": 0, "failed": 0}


def check(name, ok, detail=""):
    """Counts a comparison, and names it where it does not hold."""
    counts["passed" if ok else "failed"] += 1
    if not ok:
        print("FAILED %s: %s" % (name, str(detail)[:600]))
        sys.stdout.flush()


def report(name, problem):
    """Counts a comparison that found a problem, or None."""
    check(name, problem is None, problem)


def add(line):
    """Adds the last line of a check that ran in another process."""
    found = re.search(r"(\d+) passed, (\d+) failed", line)
    counts["passed"] += int(found.group(1)) if found else 0
    counts["failed"] += int(found.group(2)) if found else 1


def end():
    """Prints the counts and ends the process with them."""
    print("%(passed)d passed, %(failed)d failed" % counts)
    sys.exit(1 if counts["failed"] else 0)
