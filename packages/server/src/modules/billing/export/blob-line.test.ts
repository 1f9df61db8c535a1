import { reconciliationColumns } from "@kontor/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LineRow } from "../line-item.ts";
import { lineItem } from "../line-item.ts";
import { lineWriter } from "./blob-line.ts";

const at = new Date("2030-01-10T09:00:00.123Z");
const row: LineRow = {
  chargeId: "c",
  occurredAt: at,
  orderId: "o",
  lineNumber: 0,
  customerId: "u",
  companyName: "Fabrikam",
  customerDomain: "fabrikam.example",
  customerCountry: "US",
  alternateId: "5f9d52bb1408",
  billingCycle: "one_time",
  productId: "P",
  skuId: "0003",
  availabilityId: "A",
  productTitle: "Product",
  skuTitle: "SKU",
  publisherName: "Publisher",
  friendlyName: "",
  term: null,
  partnerOnRecord: null,
  reservationOrderId: null,
  subscriptionId: null,
  fulfilledAt: at,
  chargeType: "new",
  creditReason: "",
  referenceId: "r",
  startsAt: at,
  endsAt: at,
  quantity: 1,
  unitPrice: "10.01",
  effectiveUnitPrice: "10.01",
  pricingCurrency: "USD",
  exchangeRate: "1",
  exchangeRateDate: at,
  currency: "USD",
  subtotalMinor: 1001n,
  taxMinor: 100n,
};

test("a line is the JSON of its columns, whatever its texts and amounts are", () => {
  const write = lineWriter("full");
  const texts = fc.string({ unit: "binary" });
  const amounts = fc.bigInt({ min: -999_999_999_999_999n, max: 999_999_999_999_999n });
  // Of few, so that a line often has what the one before had, and often has not.
  const changing = fc.record({
    companyName: texts,
    skuTitle: texts,
    subtotalMinor: amounts,
    subscriptionId: fc.constantFrom(null, "s1", "s2"),
    term: fc.constantFrom(null, "P1M", "P1Y"),
    partnerOnRecord: fc.constantFrom(null, "0", "4870137"),
    quantity: fc.constantFrom(1, 2),
    occurredAt: fc.constantFrom(at, new Date(at.getTime() + 1)),
  });
  fc.assert(
    fc.property(changing, fc.constantFrom("G1", undefined), (changed, invoiceId) => {
      const partner = { partnerId: "p", mpnId: "4870137" };
      const item = lineItem({ ...row, ...changed }, partner, invoiceId);
      const line = write(item);
      expect(line.indexOf("\n")).toBe(line.length - 1);
      const expected = reconciliationColumns.map(({ name, of }) => {
        const value = item[of];
        return [name, Array.isArray(value) ? value.join(", ") : (value ?? null)];
      });
      expect(line).toBe(`${JSON.stringify(Object.fromEntries(expected))}\n`);
    }),
  );
});
