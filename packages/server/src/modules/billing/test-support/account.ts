/** A partner with a customer, and purchases of that customer, for the tests of billing. */
import { billingOperations } from "@kontor/contract";
import { periodOf, realClock, startOfPeriod } from "../../../foundation/clock.ts";
import { switchesOf } from "../../../foundation/config.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { newId, newOrderId } from "../../../foundation/ids.ts";
import type { Context, Partner } from "../../../foundation/partner.ts";
import { type DueWork, runDueWork } from "../../due/index.ts";
import { loadPartner } from "../../identity/index.ts";
import { type ChargeBasis, chargeFor, type NewCharge } from "../charge.ts";
import { closePeriodKind } from "../closing.ts";
import { flatTax } from "../taxes/tax.ts";
import { closePeriodHandler } from "../use-cases/close-period.ts";
import { recordCharges } from "../use-cases/record-charges.ts";
import { insertCustomer, insertOrders, insertPartner, type TestOrder } from "./store.ts";

export interface Account {
  partner: Partner;
  customerId: string;
}

const founded = new Date("2024-01-01T00:00:00.000Z");

/** A new partner with a customer. */
export async function openAccount(db: Db, overrides: Partial<Partner> = {}): Promise<Account> {
  const partnerId = newId();
  const partner: Partner = {
    partnerId,
    name: "Adventure Works",
    domain: `${partnerId}.onmicrosoft.com`,
    country: "US",
    billingCurrency: "USD",
    invoiceCurrency: "price",
    mpnId: "4870137",
    taxRate: "0.1",
    creditLimitMinor: null,
    agreementSigned: true,
    sellsIn: null,
    perpetualSoftware: true,
    entitlementShape: "2021-07",
    clock: realClock,
    ...overrides,
  };
  await insertPartner(db, partner, founded);
  return addCustomer(db, partner);
}

/** A customer of a partner that is there already. */
export async function addCustomer(db: Db, partner: Partner): Promise<Account> {
  const customerId = newId();
  await insertCustomer(
    db,
    partner.partnerId,
    {
      customerId,
      companyName: "Fabrikam Ltd",
      domain: `${customerId}.onmicrosoft.com`,
      country: "US",
    },
    founded,
  );
  return { partner, customerId };
}

export interface Sale {
  occurredAt: Date;
  unitPrice: string;
  quantity?: number;
  currency?: string;
  charge?: Partial<ChargeBasis>;
  order?: Partial<TestOrder>;
}

/** Orders of one line and the charge of each, not stored. */
export function plan(account: Account, sales: readonly Sale[]) {
  return sales.map((sale) => {
    const { occurredAt, unitPrice, quantity = 1, currency = "USD" } = sale;
    const order: TestOrder = {
      orderId: newOrderId(),
      customerId: account.customerId,
      currency,
      pricingCurrency: sale.charge?.pricingCurrency ?? currency,
      unitPrice,
      quantity,
      createdAt: occurredAt,
      kind: "perpetual_software",
      productTitle: "SQL Server Standard",
      skuTitle: "SQL Server Standard - 2 Core License Pack",
      term: null,
      billingCycle: "one_time",
      partnerOnRecord: null,
      subscriptionId: null,
      reservationOrderId: null,
      ...sale.order,
    };
    const basis: ChargeBasis = {
      customerId: account.customerId,
      orderId: order.orderId,
      lineNumber: 0,
      chargeType: "new",
      referenceId: newId(),
      occurredAt,
      startsAt: occurredAt,
      endsAt: occurredAt,
      quantity,
      unitPrice,
      effectiveUnitPrice: unitPrice,
      pricingCurrency: order.pricingCurrency,
      exchangeRate: "1",
      exchangeRateDate: startOfPeriod(periodOf(occurredAt)),
      currency,
      ...sale.charge,
    };
    return { order, charge: chargeFor(basis, flatTax(account.partner.taxRate ?? "0")) };
  });
}

/** Sells and charges in one transaction; answers the charges. */
export async function sell(
  database: Database,
  account: Account,
  sales: readonly Sale[],
): Promise<NewCharge[]> {
  const planned = plan(account, sales);
  const { partner } = account;
  await database.transaction(async (tx) => {
    await loadPartner(tx, partner.partnerId, "share");
    const orders = planned.map(({ order }) => order);
    await insertOrders(tx, partner.partnerId, orders);
    await recordCharges(
      tx,
      partner,
      planned.map(({ charge }) => charge),
    );
  });
  return planned.map(({ charge }) => charge);
}

/** Does what is due at `now`, alone with the partner as the worker is; answers what ran. */
export function closeDue(database: Database, account: Account, now: Date): Promise<DueWork[]> {
  const { partner } = account;
  return database.transaction(async (tx) => {
    await loadPartner(tx, partner.partnerId, "update");
    return runDueWork(tx, partner, now, { [closePeriodKind]: closePeriodHandler });
  });
}

/** What a use case is given when the account calls at `now`. */
export function contextOf(db: Db, { partner }: Account, now: Date): Context {
  return {
    db,
    now,
    partner,
    caller: {
      partnerId: partner.partnerId,
      kind: "user",
      objectId: partner.partnerId,
      applicationId: partner.partnerId,
      userName: "admin",
      roles: ["AdminAgent"],
    },
    operation: billingOperations.listInvoiceLineItems,
    installation: {
      mode: "sandbox",
      ...switchesOf({}),
      serverId: "00000000",
      secret: new Uint8Array(32),
    },
    locale: "en-US",
    requestId: partner.partnerId,
    correlationId: partner.partnerId,
    origin: "http://localhost",
    header: () => undefined,
  };
}
