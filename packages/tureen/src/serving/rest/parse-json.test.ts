import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeText, encodeText } from "../../core/text.js";
import { arrayItems, isArray, isNumber, isObject, isString, type JsonValue, member } from "./json-value.js";
import { parseJson } from "./parse-json.js";

const parse = (text: string): JsonValue => parseJson(encodeText(text));

function plain(value: JsonValue): unknown {
  if (isString(value)) return decodeText(value);
  if (isNumber(value)) return value.value;
  if (isArray(value)) return value.kind === "numbers" ? Array.from(value.values) : arrayItems(value).map(plain);
  if (isObject(value)) {
    return Object.fromEntries(value.keys.map((key) => [key, plain(member(value, key)!)] as const));
  }
  return value;
}

describe("parseJson", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false } as never), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        // RapidJSON has no negative zero among its integers.
        expect(JSON.stringify(plain(parse(text)))).toBe(
          JSON.stringify(JSON.parse(text.replace(/(?<![\d.eE"])-0(?![\d.eE])/g, "0"))),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("reads doubles to the last bit", () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 17 }),
        (value, digits) => {
          for (const text of [String(value), value.toExponential(digits - 1), value.toPrecision(digits)]) {
            if (!/[.e]/.test(text)) continue;
            expect(plain(parse(text))).toBe(Number(text));
            expect(plain(parse(`[${text} , ${text}]`))).toEqual([Number(text), Number(text)]);
          }
        },
      ),
    );
  });

  it("tells integers from other numbers and keeps 64 bits of them", () => {
    expect(parse("9223372036854775807")).toEqual({ kind: "number", value: 2 ** 63, integer: 9223372036854775807n });
    expect(parse("18446744073709551615")).toMatchObject({ integer: 18446744073709551615n });
    expect(parse("18446744073709551616")).toMatchObject({ integer: undefined, value: 2 ** 64 });
    expect(parse("-9223372036854775809")).toMatchObject({ integer: undefined });
    expect(parse("1.0")).toMatchObject({ integer: undefined, value: 1 });
    expect(parse("[1, 2]")).toMatchObject({ kind: "numbers", integers: true });
    expect(parse("[1, 2.0]")).toMatchObject({ kind: "numbers", integers: false });
    expect(parse("[1, 9223372036854775807]")).toMatchObject({ kind: "array" });
    expect(Object.is(plain(parse("-0")), 0)).toBe(true);
  });

  it.each([
    ["NaN", Number.NaN],
    ["Inf", Number.POSITIVE_INFINITY],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["-Inf", Number.NEGATIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ])("takes %s for a number", (text, value) => {
    expect(plain(parse(text))).toEqual(value);
    expect(plain(parse(`[1.5,${text}]`))).toEqual([1.5, value]);
  });

  it("reads escapes, and bytes that are no UTF-8 as they are", () => {
    expect(plain(parse('"a\\u00e9\\ud83d\\ude00\\n\\/\\"\\\\"'))).toBe('aé😀\n/"\\');
    const bytes = Uint8Array.of(0x22, 0xff, 0x80, 0x22);
    expect(parseJson(bytes)).toEqual(Uint8Array.of(0xff, 0x80));
    expect(parse('"\\udc00"')).toEqual(Uint8Array.of(0xed, 0xb0, 0x80));
  });

  it("lets the first of two members of one name count, and ignores what follows the value", () => {
    expect(plain(parse('{"a":1,"a":2} trailing }'))).toEqual({ a: 1 });
    expect(plain(parse("\ufeff {}"))).toEqual({});
  });

  it("has no limit to nesting", () => {
    const depth = 500_000;
    let value = parse("[".repeat(depth) + "]".repeat(depth));
    let found = 0;
    while (isArray(value) && value.kind === "array") {
      found += 1;
      if (value.items.length === 0) break;
      value = value.items[0]!;
    }
    expect(found).toBe(depth);
  });

  // Texts and offsets: RapidJSON 1.1.0, include/rapidjson/reader.h and error/en.h.
  it.each([
    ["", "The document is empty"],
    ["  ", "The document is empty. at offset: 2"],
    ["]", "The document is empty. at offset: 0"],
    ["nul", "Invalid value. at offset: 3"],
    ["trve", "Invalid value. at offset: 2"],
    ["x", "Invalid value. at offset: 0"],
    ["[1,]", "Invalid value. at offset: 3"],
    ["[,1]", "Invalid value. at offset: 1"],
    ["[1", "Missing a comma or ']' after an array element. at offset: 2"],
    ["[1 2]", "Missing a comma or ']' after an array element. at offset: 3"],
    ['["a" 2]', "Missing a comma or ']' after an array element. at offset: 5"],
    ["[01]", "Missing a comma or ']' after an array element. at offset: 2"],
    ["{", "Missing a name for object member. at offset: 1"],
    ["{1:2}", "Missing a name for object member. at offset: 1"],
    ['{"a":1,}', "Missing a name for object member. at offset: 7"],
    ['{"a" 1}', "Missing a colon after a name of object member. at offset: 5"],
    ['{"a":}', "Invalid value. at offset: 5"],
    ['{"a":1 "b":2}', "Missing a comma or '}' after an object member. at offset: 7"],
    ['{"a":1', "Missing a comma or '}' after an object member. at offset: 6"],
    ['"abc', "Missing a closing quotation mark in string. at offset: 4"],
    ['"a\\x"', "Invalid escape character in string. at offset: 2"],
    ['"a\nb"', "Invalid escape character in string. at offset: 2"],
    ['"\\u12g4"', "Incorrect hex digit after \\u escape in string. at offset: 1"],
    ['"\\ud800x"', "The surrogate pair in string is invalid. at offset: 1"],
    ["1.", "Miss fraction part in number. at offset: 2"],
    ["1.x", "Miss fraction part in number. at offset: 2"],
    ["1e", "Miss exponent in number. at offset: 2"],
    ["[1e999]", "Number too big to be stored in double. at offset: 1"],
    ["-", "Invalid value. at offset: 1"],
    ["+1", "Invalid value. at offset: 0"],
    [".5", "Invalid value. at offset: 0"],
    ["Nan", "Invalid value. at offset: 2"],
    ["Infinite", "Invalid value. at offset: 7"],
  ])("refuses %j", (text, message) => {
    expect(() => parse(text)).toThrow(`JSON Parse error: ${message}`);
  });
});

describe("lists of long numbers", () => {
  const list = (text: string): readonly number[] => {
    const value = parseJson(encodeText(text));
    if (value === null || typeof value !== "object" || !("kind" in value) || value.kind !== "numbers") {
      throw new Error(`${text} is no list of numbers`);
    }
    return [...value.values];
  };

  it("reads them as one by one, whatever comes first and whatever lies between", () => {
    const numbers = Array.from({ length: 200 }, (_, i) => Math.sin(i) * 10 ** ((i % 40) - 20));
    expect(list(JSON.stringify(numbers))).toEqual(numbers);
    expect(list("[1, 2.5,\n0.12345678901234566, -3 ,\t4e2]")).toEqual([1, 2.5, 0.12345678901234566, -3, 400]);
    expect(list("[0.12345678901234566,NaN,-Infinity]")).toEqual([0.12345678901234566, Number.NaN, -Infinity]);
    expect(list("[0.12345678901234566,1e-400]")).toEqual([0.12345678901234566, 0]);
  });

  it.each([
    ["[0.12345678901234566,1e400]", "Number too big to be stored in double. at offset: 21"],
    ["[0.12345678901234566,0e400]", "Number too big to be stored in double. at offset: 21"],
    ["[0.12345678901234566,]", "Invalid value. at offset: 21"],
    ["[0.12345678901234566,01]", "Missing a comma or ']' after an array element. at offset: 22"],
    ["[0.12345678901234566,+1]", "Invalid value. at offset: 21"],
    ["[0.12345678901234566,1.]", "Miss fraction part in number. at offset: 23"],
    ["[0.12345678901234566 1]", "Missing a comma or ']' after an array element. at offset: 21"],
  ])("refuses %s where RapidJSON does", (text, message) => {
    expect(() => parseJson(encodeText(text))).toThrow(message);
  });

  it("reads a hundred thousand nested lists that each begin with one in linear time", () => {
    const depth = 100_000;
    const start = performance.now();
    parseJson(encodeText(`${"[0.12345678901234566,".repeat(depth)}1${"]".repeat(depth)}`));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
