/** What a sandbox may decide about money: ours, not the vendor's. */
import { access, controlPlaneErrors, operation } from "../operation.ts";
import { flag, integer, list, optional, record, text } from "../schema.ts";
import { tenantParams } from "./shared.ts";

const currency = () => text({ pattern: "^[A-Za-z]{3}$" });

const ExchangeRate = record({
  from: currency(),
  to: currency(),
  /** `YYYY-MM`; holds until a later month has a rate of its own. */
  month: text({ max: 7 }),
  /** Decimal: what one unit of `from` is worth in `to`. */
  rate: text({ max: 16 }),
  /** `YYYY-MM-DD`, when it was fixed; without it the first of the month. */
  date: optional(text({ max: 10 })),
});

const Saved = record({ made: integer(), changed: integer(), unchanged: integer() });

export const accountingOperations = {
  setExchangeRates: operation({
    id: "setExchangeRates",
    method: "POST",
    path: "/_kontor/rates",
    area: "sandbox",
    summary: "Give the partner exchange rates of its own, before those of the installation",
    access: access.anyone,
    params: record({}),
    query: record({}),
    body: record({ items: list(ExchangeRate, { min: 1, max: 1000 }) }),
    responses: { 200: Saved },
    errors: [...controlPlaneErrors, "INVALID_INPUT"],
  }),
  setTaxExemption: operation({
    id: "setTaxExemption",
    method: "POST",
    path: "/_kontor/customers/{customerId}/tax",
    area: "sandbox",
    summary: "Say whether a customer pays tax on what it buys from now on",
    access: access.anyone,
    params: tenantParams,
    query: record({}),
    body: record({ exempt: flag() }),
    responses: { 200: record({ exempt: flag() }) },
    errors: [...controlPlaneErrors, "INVALID_INPUT", "MALFORMED_ARGUMENT", "TENANT_NOT_FOUND"],
  }),
};
