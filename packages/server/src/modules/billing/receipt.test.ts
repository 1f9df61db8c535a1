import { expect, test } from "vitest";
import { receiptsOf } from "./receipt.ts";

const invoice = {
  invoiceId: "G000000007",
  documentType: "invoice",
  taxMinor: 1n,
  issuedAt: new Date("2031-04-08T00:00:00Z"),
} as const;
const later = new Date("2031-04-22T00:00:00Z");

test.each(["TW", "KR"])("an invoice of %s has its receipt after two weeks", (country) => {
  expect(receiptsOf(invoice, country, later)).toEqual(["G000000007"]);
  expect(receiptsOf(invoice, country, new Date(later.getTime() - 1))).toEqual([]);
});

test("there is none elsewhere, without tax, and of an amendment", () => {
  expect(receiptsOf(invoice, "US", later)).toEqual([]);
  expect(receiptsOf({ ...invoice, taxMinor: 0n }, "TW", later)).toEqual([]);
  expect(receiptsOf({ ...invoice, taxMinor: -1n }, "TW", later)).toEqual([]);
  expect(receiptsOf({ ...invoice, documentType: "void_note" }, "TW", later)).toEqual([]);
});
