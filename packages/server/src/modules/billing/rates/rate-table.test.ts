import { describe, expect, test } from "vitest";
import { rateOf, readRates } from "./rate-table.ts";

const head = "from,to,month,rate,date";
const euro = {
  from: "EUR",
  to: "USD",
  month: "2031-01",
  rate: "1.0841",
  rateDate: new Date("2030-12-30T00:00:00.000Z"),
};

describe("a file of rates", () => {
  test("is CSV with the columns in any order and case, or JSON with the same members", () => {
    const csv = `\uFEFFMonth, FROM,to,Rate,date\r\n2031-01,eur,usd,1.0841,2030-12-30\r\n\r\n`;
    const json = JSON.stringify([{ ...euro, date: "2030-12-30", rateDate: undefined }]);
    expect(readRates(csv)).toEqual([euro]);
    expect(readRates(json)).toEqual([euro]);
  });

  test("needs no date: a rate is fixed as its month begins", () => {
    const [rate] = readRates("from,to,month,rate\nEUR,JPY,2031-02,163.25");
    expect(rate?.rateDate).toEqual(new Date("2031-02-01T00:00:00.000Z"));
  });

  test.each([
    ["", "line 1: there is no row"],
    [head, "line 1: there is no row"],
    ["from,to,month,price\nEUR,USD,2031-01,1", "line 1: column price is none of from, to, month"],
    ["from,to,month\nEUR,USD,2031-01", "line 2: rate is missing"],
    [`${head}\nEUR,USD,2031-01,1.1,\nEUR,USD,2031-02,,`, "line 3: rate is missing"],
    [`${head}\nEUR,USD,2031-01`, "line 2: "],
    [`${head}\nEUR,USX,2031-01,1.1,`, "line 2: USX is not an ISO 4217 currency"],
    [`${head}\nEUR,eur,2031-01,1.1,`, "line 2: EUR to itself is 1"],
    [`${head}\nEUR,USD,2031-13,1.1,`, "line 2: the month must be YYYY-MM"],
    [`${head}\nEUR,USD,2031-01,0.000,`, "line 2: the rate must be a decimal above 0"],
    [`${head}\nEUR,USD,2031-01,-1,`, "line 2: the rate must be a decimal above 0"],
    [`${head}\nEUR,USD,2031-01,1e3,`, "line 2: the rate must be a decimal above 0"],
    [`${head}\nEUR,USD,2031-01,1.123456789,`, "line 2: the rate must be a decimal above 0"],
    [`${head}\nEUR,USD,2031-01,1.1,2031-02-30`, "line 2: the date must be YYYY-MM-DD"],
    [
      `${head}\nEUR,USD,2031-01,1.1,\neur,usd,2031-01,1.2,`,
      "line 3: repeats line 2: EUR to USD in 2031-01",
    ],
    ["[", "line 1: no JSON"],
    ["[7]", "item 1: is no object"],
    ['[{"from":"EUR","to":"USD","month":"2031-01","rate":1e-9}]', "item 1: rate must be a text"],
  ])("is refused whole, with place and cause: %j", (text, cause) => {
    expect(() => readRates(text)).toThrow(cause);
  });

  test("keeps rates of fifteen digits, which a line item shows exactly", () => {
    for (const rate of ["9999999.99999999", "0.12345678901234"]) {
      const read = rateOf({ from: "EUR", to: "USD", month: "2031-01", rate });
      expect(read).toMatchObject({ rate });
      expect(String(Number(rate))).toBe(rate);
    }
  });
});
