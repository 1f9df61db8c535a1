/**
 * The markets of Partner Center: every country of the culture table is one. Facts of the vendor's
 * public price lists and purchase pages; the few countries for which these state no currency have
 * that of their neighbours.
 */
import { culturesByCountry } from "./countries.ts";

/** A country in which goods are sold. */
export interface Market {
  /** ISO 4217: what the vendor prices and bills in. */
  currency: string;
  /** Whether software subscriptions and Azure reservations are sold there. */
  sellsSoftwareSubscriptionsAndReservations: boolean;
}

/** Markets by their currency; the others are sold to in US dollars. */
const byCurrency = {
  EUR:
    "AD AT AX BE BG BV CY CZ DE EE ES FI FO FR GL GR HR HU IE IS IT LI LT LU LV MC MT NL PL PT RO " +
    "SI SK SM VA",
  AUD: "AU CC CK CX FJ FM GU HM KI MH MP NF NR NU PG PN PW SB TF TK TO TV WF",
  GBP: "GB GG GI IM JE",
  NZD: "AS NZ VU WS",
  NOK: "NO SJ XJ",
  CAD: "CA PM",
  CHF: "CH",
  CNY: "CN",
  DKK: "DK",
  INR: "IN",
  JPY: "JP",
  KRW: "KR",
  RUB: "RU",
  SEK: "SE",
  TWD: "TW",
};

const currencyOf = new Map(
  Object.entries(byCurrency).flatMap(([currency, countries]) =>
    countries.split(" ").map((country) => [country, currency] as const),
  ),
);

/** Neither software subscriptions nor Azure reservations are sold here: documented. */
const withoutSubscriptions = new Set(
  (
    "AD AG AI AQ AS AW AX BF BI BJ BL BQ BR BT BV CC CD CF CG CK CN CX DJ DM ER FK FM GA GD GF GG " +
    "GI GL GM GN GP GQ GS GU GW GY HM HT IM IO JE KH KI KM LA LC LR LS MF MG MH ML MM MP MQ MR MS " +
    "MV MW MZ NC NE NF NR NU PF PG PM PN PW RE RU SB SC SH SJ SL SM SO SR SS ST SX SZ TC TD TF TG " +
    "TK TL TO TV UM VA VC VG VU WF WS XE XJ XK XS YE YT"
  ).split(" "),
);

/** Every market by its ISO 3166 alpha-2 code, in upper case. */
export const markets: ReadonlyMap<string, Market> = new Map(
  [...culturesByCountry.keys()].map((country) => [
    country,
    {
      currency: currencyOf.get(country) ?? "USD",
      sellsSoftwareSubscriptionsAndReservations: !withoutSubscriptions.has(country),
    },
  ]),
);
