import { expect, test } from "vitest";
import { testDatabase } from "../../../../test/harness.ts";
import { limits } from "../../../foundation/limits.ts";
import { closeDue, contextOf, openAccount, sell } from "../test-support/account.ts";
import { loadStatement } from "./statement.ts";

const database = await testDatabase();
const occurredAt = new Date("2031-05-11T12:00:00.000Z");
const published = new Date("2031-06-08T00:00:00.000Z");

async function statementOfLines(count: number) {
  const account = await openAccount(database);
  const sale = { occurredAt, unitPrice: "14.40", quantity: 50 };
  await sell(
    database,
    account,
    Array.from({ length: count }, () => sale),
  );
  await closeDue(database, account, published);
  return loadStatement(contextOf(database, account, published), "OneTime-G000000001");
}

test("a statement of as many lines as are printed lists them all", async () => {
  const { lines } = await statementOfLines(limits.statementLines);
  expect(lines).toHaveLength(limits.statementLines);
  expect(lines.every((line) => line.quantity === 50)).toBe(true);
});

test("one line more is summed up", async () => {
  const { lines, summary } = await statementOfLines(limits.statementLines + 1);
  expect(lines).toHaveLength(limits.statementLines + 1);
  expect(lines.at(-1)).toMatchObject({ product: "1 further line", total: { minor: 79_200n } });
  expect(summary.total.minor).toBe(79_200n * BigInt(limits.statementLines + 1));
});

test("charges and rates of a statement are those of its month", async () => {
  const account = await openAccount(database, { taxRate: "0" });
  const foreign = { pricingCurrency: "USD", exchangeRate: "0.92" };
  await sell(database, account, [
    { occurredAt, unitPrice: "14.40", quantity: 50, currency: "EUR", charge: foreign },
    { occurredAt, unitPrice: "10", currency: "EUR" },
    { occurredAt: published, unitPrice: "99", currency: "EUR" },
  ]);
  await closeDue(database, account, published);
  const statement = await loadStatement(contextOf(database, account, published), "G000000001");
  expect(statement.summary).toEqual({
    charges: { minor: 67_200n },
    credits: { minor: 0n },
    subtotal: { minor: 67_200n },
    tax: { minor: 0n },
    taxes: [],
    total: { minor: 67_200n },
  });
  expect(statement.exchangeRates).toEqual([
    { pricingCurrency: "USD", rate: "0.92", date: new Date("2031-05-01T00:00:00.000Z") },
  ]);
});
