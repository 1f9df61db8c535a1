import fc from "fast-check";
import { expect, test } from "vitest";
import { addDuration } from "../../foundation/clock.ts";
import { isRenewedBy, monthsFrom, renewalWork, renewed } from "./renewal.ts";
import { type SubscriptionRow, subscriptionStatus } from "./subscription.ts";

function rowFrom(startsAt: Date, months: number): SubscriptionRow {
  return {
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    customerId: "22222222-2222-4222-8222-222222222222",
    kind: "term_software",
    offerId: "AAAA:0001:BBBB",
    offerName: "Software",
    publisherName: "Publisher",
    friendlyName: "Software",
    quantity: 1,
    billingCycle: "one_time",
    term: "P1M",
    autoRenew: true,
    renewalTerm: null,
    status: "active",
    orderId: "order",
    orderLine: 0,
    mpnId: null,
    createdAt: startsAt,
    startsAt,
    endsAt: addDuration(startsAt, { months, ms: 0 }),
    registeredAt: null,
    fullRefundUntil: null,
    partRefundUntil: null,
    version: 1,
  };
}

const anchors = fc.date({
  min: new Date("1990-01-01T00:00:00Z"),
  max: new Date("2200-01-01T00:00:00Z"),
  noInvalidDate: true,
});
const termMonths = { P1M: 1, P1Y: 12, P3Y: 36 } as const;

test("whatever terms follow, each ends a whole number of months after the anchor", () => {
  const terms = fc.array(fc.constantFrom("P1M", "P1Y", "P3Y"), { maxLength: 20 });
  fc.assert(
    fc.property(anchors, terms, (anchor, following) => {
      let row = rowFrom(anchor, 1);
      let months = 1;
      for (const term of following) {
        row = renewed(row, { term, catalogItemId: `AAAA:0001:${term}` });
        months += termMonths[term];
        expect(row).toMatchObject({ term, offerId: `AAAA:0001:${term}` });
        expect(row.endsAt).toEqual(addDuration(anchor, { months, ms: 0 }));
        expect(monthsFrom(anchor, row.endsAt ?? anchor)).toBe(months);
      }
      expect(row.version).toBe(1 + following.length);
    }),
  );
});

test("the last day of January is kept over the short month", () => {
  const ends: string[] = [];
  let row = rowFrom(new Date("2027-01-31T10:00:00Z"), 1);
  for (let count = 0; count < 4; count += 1) {
    ends.push(row.endsAt?.toISOString().slice(0, 10) ?? "");
    row = renewed(row, { term: "P1M", catalogItemId: row.offerId });
  }
  expect(ends).toEqual(["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]);
});

test("a renewal is due at the end of the term, once for each term", () => {
  const row = rowFrom(new Date("2027-01-31T10:00:00Z"), 1);
  const [work] = renewalWork(row);
  expect(work).toEqual({
    kind: "renew_subscription",
    subject: `${row.subscriptionId}:2027-02-28`,
    dueAt: row.endsAt,
  });
  if (!work) throw new Error("no work");
  expect(isRenewedBy(row, work)).toBe(true);
  expect(isRenewedBy(renewed(row, { term: "P1M", catalogItemId: row.offerId }), work)).toBe(false);
  expect(isRenewedBy({ ...row, autoRenew: false }, work)).toBe(false);
  expect(isRenewedBy({ ...row, status: "suspended" }, work)).toBe(false);
  expect(isRenewedBy({ ...row, status: "deleted" }, work)).toBe(false);
  expect(renewalWork({ ...row, autoRenew: false })).toEqual([]);
  expect(renewalWork({ ...row, endsAt: null })).toEqual([]);
});

test("what renews is active also in the moment before its renewal is written", () => {
  const row = rowFrom(new Date("2027-01-31T10:00:00Z"), 1);
  const after = new Date("2027-02-28T10:00:01Z");
  expect(subscriptionStatus(row, after)).toBe("active");
  expect(subscriptionStatus({ ...row, autoRenew: false }, after)).toBe("deleted");
  expect(subscriptionStatus({ ...row, status: "suspended" }, after)).toBe("deleted");
});
