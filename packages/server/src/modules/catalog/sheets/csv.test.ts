import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CsvRecord, csvScanner } from "./csv.ts";
import { DamagedSheetError } from "./sheet-error.ts";

function scan(pieces: readonly string[], longestRecord = 10_000): CsvRecord[] {
  const scanner = csvScanner(longestRecord);
  return [...pieces, ""].flatMap((piece, index) => [
    ...scanner.push(piece, index === pieces.length),
  ]);
}

function fieldsOf(text: string): string[][] {
  return scan([text]).map(({ fields }) => fields);
}

/** The text in pieces cut at these places, whatever stands there. */
function cut(text: string, places: readonly number[]): string[] {
  const inside = places.map((place) => place % (text.length + 1)).sort((a, b) => a - b);
  return [...inside, text.length].map((place, index) => text.slice(inside[index - 1] ?? 0, place));
}

describe("against csv-parse", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", " ", ",", '"', "\n", "\r\n", "\r") });
  const record = fc.array(field, { minLength: 2, maxLength: 5 });
  const encode = (text: string, always: boolean) =>
    always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

  test("reads what csv-parse reads, wherever the text is cut", () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 6 }),
        (records, lineEnd, always, closed, places) => {
          const lines = records.map((fields) => fields.map((f) => encode(f, always)).join(","));
          const text = lines.join(lineEnd) + (closed ? lineEnd : "");
          const found = scan(cut(text, places));
          expect(found.map(({ fields }) => fields)).toEqual(records);
          expect(found.map(({ fields }) => fields)).toEqual(
            parse(text, { relax_column_count: true, record_delimiter: ["\r\n", "\n"] }),
          );
          let line = 1;
          for (const [index, { line: told }] of found.entries()) {
            expect(told).toBe(line);
            line += (lines[index] ?? "").split("\n").length;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("records", () => {
  test("empty lines are skipped and counted", () => {
    const records = scan(["a,b\n\n\r\nc,d"]);
    expect(records).toEqual([
      { line: 1, fields: ["a", "b"] },
      { line: 4, fields: ["c", "d"] },
    ]);
  });

  test("a quote inside an unquoted field is plain text", () => {
    expect(fieldsOf('5" disk,"x"\n')).toEqual([['5" disk', "x"]]);
  });

  test("an empty quoted field and an empty last field are fields", () => {
    expect(fieldsOf('"",b,\n"x",')).toEqual([
      ["", "b", ""],
      ["x", ""],
    ]);
  });

  test("text behind a closing quote spoils its record only", () => {
    const records = scan(['a,b\n"x"yz,1\nc,d\n']);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(records[1]?.fault).toBe('a closing quote is followed by "yz,1"');
    expect(records[2]?.fields).toEqual(["c", "d"]);
  });
});

describe("damage", () => {
  test("a quote that is never closed is refused with its line", () => {
    expect(() => scan(['a,b\nc,d\ne,"f\ng,h\n'])).toThrow(
      new DamagedSheetError("The record on line 3 opens a quote and never closes it."),
    );
  });

  test("a record at the limit is read, one past it is refused", () => {
    const scanner = csvScanner(10);
    expect([...scanner.push("0123456789", false)]).toEqual([]);
    expect([...scanner.push("\n", false)]).toEqual([{ line: 1, fields: ["0123456789"] }]);
    expect(() => [...scanner.push("0123456789a", false)]).toThrow(/line 2 is longer than 10/);
  });
});
