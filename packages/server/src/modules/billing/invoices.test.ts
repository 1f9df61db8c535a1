/**
 * Generated invoices, to the last minor unit. `KONTOR_INVOICES` says how many: 10 000
 * without a word, in 9 s.
 */
import Big from "big.js";
import { expect, test } from "vitest";
import { testDatabase } from "../../../test/harness.ts";
import { nextPeriod, realClock, startOfPeriod } from "../../foundation/clock.ts";
import { newId, newOrderId } from "../../foundation/ids.ts";
import type { Partner } from "../../foundation/partner.ts";
import { loadPartner } from "../identity/index.ts";
import type { NewCharge } from "./charge.ts";
import { type InvoiceRow, invoiceIdOf, invoiceView } from "./invoice.ts";
import { chargePostings, invoicePostings } from "./ledger.ts";
import { lineItem } from "./line-item.ts";
import { closeDue, contextOf, openAccount } from "./test-support/account.ts";
import {
  type Expected,
  type Generated,
  type Random,
  seeded,
  someCharge,
  someCredit,
  someCurrency,
} from "./test-support/generated.ts";
import { insertOrders } from "./test-support/store.ts";
import { listInvoices } from "./use-cases/invoices.ts";
import { recordCharges } from "./use-cases/record-charges.ts";
import { verifyBooks } from "./use-cases/verify-books.ts";

const count = Number(process.env.KONTOR_INVOICES ?? 10_000);
const seed = 20_310_101;
const minutes = 60_000 * Math.max(1, count / 20_000);

const ids = { customerId: newId(), orderId: newOrderId(), referenceId: newId() };
const partner: Partner = {
  partnerId: newId(),
  name: "Adventure Works",
  domain: "adventure-works.example",
  country: "US",
  billingCurrency: "USD",
  invoiceCurrency: "partner",
  mpnId: "4870137",
  taxRate: null,
  creditLimitMinor: null,
  agreementSigned: true,
  sellsIn: null,
  perpetualSoftware: true,
  entitlementShape: "2021-07",
  clock: realClock,
};

/** Up to eight charges of a month, some of them credited in it. */
function someLines(random: Random, currency: string, month: string, of = ids): Generated[] {
  return Array.from({ length: 1 + random(8) }).flatMap(() => {
    const sold = someCharge(random, { ...of, currency, month });
    const credit = random(4) === 0 ? someCredit(random, sold) : undefined;
    return credit ? [sold, credit] : [sold];
  });
}

function sumOf(amounts: readonly Expected[]): Expected {
  const zero = { subtotal: 0n, tax: 0n };
  return amounts.reduce(
    (sum, { subtotal, tax }) => ({ subtotal: sum.subtotal + subtotal, tax: sum.tax + tax }),
    zero,
  );
}

/** A line as a client reads it: the text of its JSON numbers is all that is known. */
function wireTotal(charge: NewCharge, invoiceId: string): Big {
  const row = {
    ...charge,
    chargeId: ids.referenceId,
    companyName: "",
    customerDomain: "",
    customerCountry: "US",
    alternateId: "",
    billingCycle: "one_time",
    productId: "",
    skuId: "",
    availabilityId: "",
    productTitle: "",
    skuTitle: "",
    publisherName: "",
    friendlyName: "",
    term: null,
    partnerOnRecord: null,
    reservationOrderId: null,
    subscriptionId: null,
    fulfilledAt: charge.occurredAt,
    creditReason: "",
  };
  const { subtotal, taxTotal, totalForCustomer } = lineItem(row, partner, invoiceId);
  const total = new Big(`${subtotal}`).plus(`${taxTotal}`);
  if (!total.eq(`${totalForCustomer}`)) throw new Error(`${total} is shown as ${totalForCustomer}`);
  return total;
}

test(
  `${count} invoices are their lines, to the minor unit, on the wire and in the ledger`,
  () => {
    const random = seeded(seed);
    const wrong: string[] = [];
    for (let number = 1; number <= count; number += 1) {
      const currency = someCurrency(random);
      const month = nextPeriod("2031-01", random(120));
      const lines = someLines(random, currency, month);
      const invoiceId = invoiceIdOf(BigInt(number));
      const made = sumOf(
        lines.map(({ charge }) => ({ subtotal: charge.subtotalMinor, tax: charge.taxMinor })),
      );
      const expected = sumOf(lines.map((line) => line.expected));
      const taxes = lines.flatMap(({ charge }) => charge.taxLines);
      const row: InvoiceRow = {
        invoiceId,
        currency,
        period: month,
        issuedAt: startOfPeriod(nextPeriod(month)),
        subtotalMinor: made.subtotal,
        taxMinor: made.tax,
        totalMinor: made.subtotal + made.tax,
        lineCount: lines.length,
        documentType: "invoice",
        amends: null,
        reason: "",
        isVoided: false,
      };
      const standing = { row, paidMinor: 0n, receipts: [] };
      const postings = [
        ...lines.flatMap(({ charge }) => chargePostings({ ...charge, chargeId: invoiceId })),
        ...invoicePostings(row, invoiceId),
      ];
      const held = (account: string) =>
        postings.reduce((sum, one) => (one.account === account ? sum + one.amountMinor : sum), 0n);
      const shown = lines.reduce(
        (sum, { charge }) => sum.plus(wireTotal(charge, invoiceId)),
        new Big(0),
      );
      const holds =
        made.subtotal === expected.subtotal &&
        made.tax === expected.tax &&
        taxes.reduce((sum, { minor }) => sum + minor, 0n) === expected.tax &&
        held("unbilled") === 0n &&
        held("receivable") === expected.subtotal + expected.tax &&
        shown.eq(`${invoiceView(standing, []).totalCharges}`);
      if (!holds) wrong.push(`invoice ${number} of seed ${seed}`);
    }
    expect(wrong).toEqual([]);
  },
  minutes,
);

const database = await testDatabase();
/** Each month has an invoice in each of four currencies; 10 000 are closed in one round. */
const months = Math.min(2_500, Math.max(1, Math.round(count / 100)));

test(
  `${4 * months} invoices of one partner are made from stored charges without a difference`,
  async () => {
    const random = seeded(seed + 1);
    const account = await openAccount(database, { taxRate: null });
    const { partnerId } = account.partner;
    const expected = new Map<string, bigint>();
    for (let first = 0; first < months; first += 25) {
      const lines = Array.from({ length: Math.min(25, months - first) }).flatMap((_none, index) => {
        const month = nextPeriod("2031-01", first + index);
        return ["USD", "EUR", "JPY", "KWD"].flatMap((currency) => {
          const of = { ...ids, customerId: account.customerId, orderId: newOrderId() };
          const own = someLines(random, currency, month, of);
          const { subtotal, tax } = sumOf(own.map((line) => line.expected));
          expected.set(`${currency} ${month}`, subtotal + tax);
          return own;
        });
      });
      const charges = lines.map(({ charge }) => charge);
      await database.transaction(async (tx) => {
        await loadPartner(tx, partnerId, "share");
        const orders = new Map(charges.map((charge) => [charge.orderId, charge]));
        await insertOrders(
          tx,
          partnerId,
          [...orders.values()].map((charge) => ({
            orderId: charge.orderId,
            customerId: charge.customerId,
            currency: charge.currency,
            pricingCurrency: charge.pricingCurrency,
            unitPrice: charge.unitPrice,
            quantity: charge.quantity,
            createdAt: charge.occurredAt,
            kind: "perpetual_software",
            productTitle: "Ledger Desk",
            skuTitle: "Ledger Desk",
            term: null,
            billingCycle: "one_time",
            partnerOnRecord: null,
            subscriptionId: null,
            reservationOrderId: null,
          })),
        );
        await recordCharges(tx, account.partner, charges);
      });
    }
    const end = startOfPeriod(nextPeriod("2031-01", months + 1));
    await closeDue(database, account, end);
    const { items } = await listInvoices(contextOf(database, account, end), {});
    const made = items.map(({ currencyCode, billingPeriodStartDate, totalCharges }) => [
      `${currencyCode} ${billingPeriodStartDate.slice(0, 7)}`,
      totalCharges,
    ]);
    expect(made).toHaveLength(4 * months);
    const digits: Record<string, number> = { JPY: 0, KWD: 3 };
    expect(new Map(made as [string, number][])).toEqual(
      new Map(
        [...expected].map(([key, minor]) => {
          const shift = 10 ** (digits[key.slice(0, 3)] ?? 2);
          return [key, Number(new Big(`${minor}`).div(shift).toFixed())];
        }),
      ),
    );
    // Charges of any quantity stand on one order line here, which no purchase makes.
    const found = await verifyBooks(database, partnerId);
    expect(found.filter(({ rule }) => rule !== "a first charge is as its order line")).toEqual([]);
  },
  minutes,
);
