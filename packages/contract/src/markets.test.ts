import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { culturesByCountry } from "./countries.ts";
import { markets } from "./markets.ts";

test("every country of the culture table is a market, and no other", () => {
  expect([...markets.keys()]).toEqual([...culturesByCountry.keys()]);
  expect(markets.size).toBe(248);
});

test("every market has an ISO 4217 currency", () => {
  const known = new Set(Intl.supportedValuesOf("currency"));
  const unknown = [...markets].filter(([, { currency }]) => !known.has(currency));
  expect(unknown).toEqual([]);
  expect(["DE", "US", "JP", "GB", "CH"].map((country) => markets.get(country)?.currency)).toEqual([
    "EUR",
    "USD",
    "JPY",
    "GBP",
    "CHF",
  ]);
});

test("software subscriptions and reservations are not sold in the documented markets", () => {
  const closed = [...markets]
    .filter(([, market]) => !market.sellsSoftwareSubscriptionsAndReservations)
    .map(([country]) => country);
  expect(closed).toHaveLength(110);
  expect(closed).toEqual(expect.arrayContaining(["BR", "CN", "RU", "GL", "PG"]));
  for (const country of ["US", "DE", "FR", "NL", "ES", "IE", "IT", "AT", "JP", "GB", "IN"]) {
    expect(closed).not.toContain(country);
  }
});

/*
 * The vendor's table, which is no part of the project; `KONTOR_SHARED_DATA` names the folder
 * that has it.
 */
const data = process.env.KONTOR_SHARED_DATA;

describe.skipIf(!data)("the vendor's table of markets (needs KONTOR_SHARED_DATA)", () => {
  const sheet = data
    ? readFileSync(join(data, "markets", "partner_center_markets.csv"), "utf8")
        .trim()
        .split("\n")
    : [];
  // Names are quoted where they hold a comma; the first field and the last three never are.
  const rows = sheet.slice(1).map((line) => {
    const fields = line.trim().split(",");
    return { country: fields[0] ?? "", currency: fields.at(-2) ?? "" };
  });

  test("names the same countries", () => {
    expect(new Set(rows.map(({ country }) => country))).toEqual(new Set(markets.keys()));
  });

  test("states the same currency wherever it states one", () => {
    const stated = rows.filter(({ currency }) => currency !== "");
    expect(stated).toHaveLength(238);
    const different = stated.filter(
      ({ country, currency }) => markets.get(country)?.currency !== currency,
    );
    expect(different).toEqual([]);
  });
});
