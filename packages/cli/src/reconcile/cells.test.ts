import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellStyle, guarded, unguarded } from "./cells.ts";

describe("a text", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "'quoted"])(
    "that a spreadsheet would run, %j, gets an apostrophe",
    (text) => expect(guarded(text)).toBe(`'${text}`),
  );
  test.each(["0003", "1E10", "123e45678901", "4870137", "1-2", "MAR1", "3 May", "true", "1.5"])(
    "that a spreadsheet would convert, %s, gets an apostrophe",
    (text) => expect(guarded(text)).toBe(`'${text}`),
  );
  test.each([
    "DG7GMGF0FKZV",
    "Fabrikam Ltd",
    "new",
    "USD",
    "5f9d52bb1408",
    "12345678-1234-4321-8123-00000000c050",
  ])("that stays what it is, %s, is written so", (text) => expect(guarded(text)).toBe(text));
  test("is read back as it was", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(unguarded(guarded(text))).toBe(text);
      }),
    );
  });
});

test("without a language numbers have a point and instants are ISO 8601", () => {
  const style = cellStyle(undefined);
  expect([style.delimiter, style.decimal(-551.1)]).toEqual([",", "-551.1"]);
  expect(style.decimal(1e-7)).toBe("0.0000001");
  expect(style.instant("2024-10-11T09:14:07.1180000Z")).toBe("2024-10-11T09:14:07.1180000Z");
});

test.each([
  ["de-DE", ";", "-551,1", "11.10.2024, 09:14:07"],
  ["en-US", ",", "-551.1", "10/11/2024, 09:14:07"],
  ["fr-FR", ";", "-551,1", "11/10/2024 09:14:07"],
  ["sv-SE", ";", "-551,1", "2024-10-11 09:14:07"],
])("%s has its own numbers and dates, which are read back", (tag, delimiter, number, date) => {
  const style = cellStyle(tag);
  expect(style.delimiter).toBe(delimiter);
  expect(style.decimal(-551.1)).toBe(number);
  expect(style.readDecimal(number)).toBe(-551.1);
  expect(style.instant("2024-10-11T09:14:07.1180000Z")).toBe(date);
  expect(style.readInstant(date)).toBe("2024-10-11T09:14:07");
});
