/** What is owed for one event of an order line: price, subtotal and tax. Pure. */
import { type Period, periodOf } from "../../foundation/clock.ts";
import { refuse } from "../../foundation/errors.ts";
import { limits } from "../../foundation/limits.ts";
import { type Decimal, decimalOf, money } from "../../foundation/money.ts";
import { sumOfLines, type Tax, type TaxLine, taxed } from "./taxes/tax.ts";

/** The events that make a charge, spelled as line items show them. */
export type ChargeType =
  | "new"
  | "renew"
  | "addQuantity"
  | "removeQuantity"
  | "cancelImmediate"
  | "convert"
  | "customerCredit";

/** What the module that sells knows of a charge. */
export interface ChargeBasis {
  customerId: string;
  orderId: string;
  lineNumber: number;
  chargeType: ChargeType;
  /** Ties the lines of one event together. */
  referenceId: string;
  /** Commerce time of the event; its UTC month is the billing period. */
  occurredAt: Date;
  /** The time that the charge covers; both the same for what has no term. */
  startsAt: Date;
  endsAt: Date;
  quantity: number;
  /** List price of one unit, in the pricing currency. */
  unitPrice: Decimal;
  /** Price of one unit after discount and proration, in the pricing currency; without tax. */
  effectiveUnitPrice: Decimal;
  pricingCurrency: string;
  /** Billing currency for one unit of the pricing currency; `1` when they are the same. */
  exchangeRate: Decimal;
  /** When that rate was fixed: it holds for a whole month. */
  exchangeRateDate: Date;
  /** Billing currency. */
  currency: string;
}

/** A charge with its amounts in minor units of the billing currency, ready to be recorded. */
export interface NewCharge extends ChargeBasis {
  period: Period;
  subtotalMinor: bigint;
  /** The sum of the tax lines. */
  taxMinor: bigint;
  taxLines: readonly TaxLine[];
}

/**
 * Works out a charge: the price of one unit is cut to minor units, then multiplied, then taxed.
 * Refuses with QUANTITY_OUT_OF_RANGE what a JSON number cannot carry exactly.
 */
export function chargeFor(basis: ChargeBasis, taxes: readonly Tax[]): NewCharge {
  const { currency } = basis;
  const amounts = taxed(basis, taxes);
  const taxMinor = sumOfLines(amounts.taxLines);
  if (amounts.subtotalMinor + taxMinor > limits.lineMinor) {
    const most = decimalOf(money(limits.lineMinor, currency));
    refuse("QUANTITY_OUT_OF_RANGE", `a line may carry ${most} ${currency} at most, tax included`);
  }
  return { ...basis, ...amounts, period: periodOf(basis.occurredAt), taxMinor };
}
