import fc from "fast-check";
import { expect, test } from "vitest";
import { chargePostings, invoicePostings } from "./ledger.ts";

const at = new Date("2024-11-08T00:00:00.000Z");
const id = "0192f0a0-0000-7000-8000-000000000001";

test("a charge is debited to unbilled and credited to revenue, before tax", () => {
  const charge = { chargeId: id, currency: "USD", occurredAt: at, subtotalMinor: 743_400n };
  const source = {
    transactionId: id,
    currency: "USD",
    occurredAt: at,
    sourceKind: "charge",
    sourceId: id,
  };
  expect(chargePostings(charge)).toEqual([
    { ...source, account: "unbilled", amountMinor: 743_400n },
    { ...source, account: "revenue", amountMinor: -743_400n },
  ]);
});

test("an invoice claims its total, empties unbilled and owes the tax", () => {
  const invoice = {
    invoiceId: "G000000001",
    currency: "USD",
    issuedAt: at,
    subtotalMinor: 100n,
    taxMinor: 10n,
    totalMinor: 110n,
  };
  const postings = invoicePostings(invoice, id);
  expect(postings.map(({ account, amountMinor }) => [account, amountMinor])).toEqual([
    ["receivable", 110n],
    ["unbilled", -100n],
    ["tax", -10n],
  ]);
  expect(postings.every(({ sourceId }) => sourceId === "G000000001")).toBe(true);
});

test("every transaction sums to zero, credits included", () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (subtotalMinor, taxMinor) => {
      const totalMinor = subtotalMinor + taxMinor;
      const source = { currency: "JPY", occurredAt: at, issuedAt: at, invoiceId: "G000000001" };
      for (const postings of [
        chargePostings({ ...source, chargeId: id, subtotalMinor }),
        invoicePostings({ ...source, subtotalMinor, taxMinor, totalMinor }, id),
      ]) {
        expect(postings.reduce((sum, posting) => sum + posting.amountMinor, 0n)).toBe(0n);
      }
    }),
  );
});

test("an invoice that is not the sum of its parts makes no postings", () => {
  const invoice = { invoiceId: "G000000001", currency: "USD", issuedAt: at };
  expect(() =>
    invoicePostings({ ...invoice, subtotalMinor: 100n, taxMinor: 10n, totalMinor: 111n }, id),
  ).toThrow("out of balance by 1");
});
