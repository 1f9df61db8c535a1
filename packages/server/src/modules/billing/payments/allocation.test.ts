import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allocate, type OpenDocument, type PaidSum } from "./allocation.ts";

const invoice = (invoiceId: string, totalMinor: bigint, more: Partial<OpenDocument> = {}) => ({
  invoiceId,
  documentType: "invoice" as const,
  totalMinor,
  currency: "USD",
  amends: null,
  ...more,
});
const sum = (amountMinor: bigint, invoiceId: string | null = null, currency = "USD"): PaidSum => ({
  currency,
  invoiceId,
  amountMinor,
});
const three = [invoice("G1", 100n), invoice("G2", 200n), invoice("G3", 300n)];
const paid = (documents: OpenDocument[], sums: PaidSum[]) =>
  Object.fromEntries(allocate(documents, sums));

describe("payments", () => {
  test("without a name pay the oldest first", () => {
    expect(paid(three, [sum(250n)])).toEqual({ G1: 100n, G2: 150n });
  });

  test("with a name pay that invoice", () => {
    expect(paid(three, [sum(50n, "G3")])).toEqual({ G3: 50n });
  });

  test("beyond what their invoice needs go to the oldest", () => {
    expect(paid(three, [sum(320n, "G3"), sum(10n)])).toEqual({ G1: 30n, G3: 300n });
  });

  test("beyond all invoices wait for the next one", () => {
    expect(paid(three, [sum(700n)])).toEqual({ G1: 100n, G2: 200n, G3: 300n });
    const four = [...three, invoice("G4", 500n)];
    expect(paid(four, [sum(700n)])).toEqual({ G1: 100n, G2: 200n, G3: 300n, G4: 100n });
  });

  test("stay in their currency", () => {
    const documents = [invoice("G1", 100n), invoice("G2", 100n, { currency: "EUR" })];
    expect(paid(documents, [sum(150n, null, "EUR")])).toEqual({ G2: 100n });
  });

  test("are not needed for what a credit note takes off", () => {
    const note = invoice("G4", -60n, { amends: "G1", documentType: "adjustment_note" });
    expect(paid([...three, note], [sum(100n)])).toEqual({ G1: 40n, G2: 60n });
    const voided = invoice("G4", -100n, { amends: "G1", documentType: "void_note" });
    expect(paid([...three, voided], [sum(70n, "G1")])).toEqual({ G2: 70n });
  });

  test("follow what replaces their invoice, however often", () => {
    const voided = (id: string, amends: string) =>
      invoice(id, -300n, { amends, documentType: "void_note" });
    const rebilled = [...three, voided("G4", "G3"), invoice("G5", 320n, { amends: "G3" })];
    expect(paid(rebilled, [sum(300n, "G3")])).toEqual({ G5: 300n });
    const again = [...rebilled, voided("G6", "G5"), invoice("G7", 250n, { amends: "G5" })];
    const credit = invoice("G8", -20n, { amends: "G5", documentType: "adjustment_note" });
    expect(paid([...again, credit], [sum(300n, "G3")])).toEqual({ G1: 50n, G7: 250n });
  });

  test("pay nothing of a note that takes back an invoice below zero", () => {
    const below = invoice("G1", -100n);
    const voided = invoice("G2", 100n, { amends: "G1", documentType: "void_note" });
    expect(paid([below, voided, invoice("G3", 50n)], [sum(70n)])).toEqual({ G3: 50n });
  });

  test("pay nothing of an invoice below zero", () => {
    expect(paid([invoice("G1", -100n), invoice("G2", 50n)], [sum(20n)])).toEqual({ G2: 20n });
  });
});

test("nothing is paid twice, too much, or lost while something is open", () => {
  const amounts = fc.bigInt({ min: -500n, max: 1000n });
  const payments = fc.array(
    fc.record({
      at: fc.option(fc.nat({ max: 9 }), { nil: null }),
      amount: fc.bigInt({ min: 1n, max: 3000n }),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.array(amounts, { minLength: 1, maxLength: 10 }), payments, (totals, given) => {
      const documents = totals.map((total, at) => invoice(`G${at}`, total));
      const byInvoice = new Map<string | null, bigint>();
      for (const { at, amount } of given) {
        const id = at === null || at >= totals.length ? null : `G${at}`;
        byInvoice.set(id, (byInvoice.get(id) ?? 0n) + amount);
      }
      const result = allocate(
        documents,
        [...byInvoice].map(([id, amount]) => sum(amount, id)),
      );
      const owed = totals.reduce((all, total) => all + (total > 0n ? total : 0n), 0n);
      const received = given.reduce((all, { amount }) => all + amount, 0n);
      const spent = [...result.values()].reduce((all, amount) => all + amount, 0n);
      if (received < owed) expect(spent).toBe(received);
      else expect(spent).toBe(owed);
      for (const { invoiceId, totalMinor } of documents) {
        const here = result.get(invoiceId) ?? 0n;
        expect(here >= 0n && here <= (totalMinor > 0n ? totalMinor : 0n)).toBe(true);
      }
    }),
  );
});
