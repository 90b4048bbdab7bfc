import { expect, it } from "vitest";
import { formatG, formatList, formatTuple } from "./python-format.js";

it("writes numbers as Python's %g", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0.5, "0.5"],
    [1 / 3, "0.333333"],
    [0.00012345678, "0.000123457"],
    [0.00001234, "1.234e-05"],
    [0.999999, "0.999999"],
    [0.9999999, "1"],
    [100000, "100000"],
    [1234567, "1.23457e+06"],
    [0, "0"],
  ];
  for (const [value, text] of cases) expect(formatG(value)).toBe(text);
});

it("writes lists and tuples as Python prints them", () => {
  expect(formatTuple(["a"])).toBe("('a',)");
  expect(formatTuple([1, 2])).toBe("(1, 2)");
  expect(formatList(["a", 1])).toBe("['a', 1]");
});
