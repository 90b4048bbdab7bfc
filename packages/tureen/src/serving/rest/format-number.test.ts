import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDouble, formatFloat, formatGeneral } from "./format-number.js";

describe("formatFloat", () => {
  // Texts from TensorFlow Serving's util/json_tensor.cc and its documentation, ties from C's printf.
  it.each([
    [0, "0.0"],
    [-0, "-0.0"],
    [3, "3.0"],
    [-4.5, "-4.5"],
    [9000000, "9e+06"],
    [0.00003, "3e-05"],
    [999999, "999999.0"],
    [1000000, "1e+06"],
    [555557.5, "555557.5"],
    [1 / 3, "0.333333343"],
    [0.2, "0.2"],
    [123456.7, "123456.703"],
    [1048576.125, "1048576.12"],
    [16777216, "16777216.0"],
    [3.4028234663852886e38, "3.40282347e+38"],
    [1e-45, "1.4013e-45"],
    [0.0001, "0.0001"],
    [0.00012345678, "0.000123456775"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "Infinity"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
  ])("prints %d as %s", (value, text) => {
    expect(formatFloat(Math.fround(value))).toBe(text);
  });

  it("prints what reads back as the same float, and what the plain way prints", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatFloat(value);
        expect(Object.is(Math.fround(Number(text)), value)).toBe(true);
        const short = formatGeneral(value, 6);
        const exact = Math.fround(Number(short)) === value ? short : formatGeneral(value, 9);
        expect(text).toBe(/[.e]/.test(exact) ? exact : `${exact}.0`);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.float({ min: Math.fround(1e-4), max: 1e6, noNaN: true }), (value) => {
        const short = formatGeneral(value, 6);
        const exact = Math.fround(Number(short)) === value ? short : formatGeneral(value, 9);
        expect(formatFloat(value)).toBe(/[.e]/.test(exact) ? exact : `${exact}.0`);
      }),
      { numRuns: 20000 },
    );
  });
});

describe("formatDouble", () => {
  it.each([
    [1 / 3, "0.33333333333333331"],
    [0.1, "0.1"],
    [1e21, "1e+21"],
    [2 ** 50 + 0.25, "1125899906842624.2"],
    [2 ** 50 + 0.75, "1125899906842624.8"],
    [123456789, "123456789.0"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
  ])("prints %d as %s", (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it("prints what reads back as the same double", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(formatDouble(value)), value)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("formatGeneral", () => {
  it("rounds halves to the even digit, as printf does", () => {
    expect(formatGeneral(0.5, 1)).toBe("0.5");
    expect(formatGeneral(2.5, 1)).toBe("2");
    expect(formatGeneral(3.5, 1)).toBe("4");
    expect(formatGeneral(9.5, 1)).toBe("1e+01");
    expect(formatGeneral(100000.5, 6)).toBe("100000");
    expect(formatGeneral(100001.5, 6)).toBe("100002");
  });
});
