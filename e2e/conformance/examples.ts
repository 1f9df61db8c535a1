/**
 * The JSON bodies that the vendor's documentation shows, and what is done with each: a request is
 * sent, a response is compared with ours, and one of an operation that is not built is left out.
 * They are read from the folder that KONTOR_SHARED_DATA names; none is part of the project.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Example {
  file: string;
  heading: string;
  /** Counts examples of the same file and heading, from 1. */
  nth: number;
  /** As published, malformed or not. */
  text: string;
  /** Undefined where not even a tolerant reader can take it. */
  value: ReturnType<typeof JSON.parse>;
}

/** Undefined where the data is not at hand. */
export const sharedData = process.env.KONTOR_SHARED_DATA;

const published = "wire-examples/documented-examples_2021-07.jsonl";

interface Line {
  file: string;
  heading: string;
  json: unknown;
  raw: string | null;
}

export function readExamples(folder: string): Example[] {
  const counts = new Map<string, number>();
  const lines = readFileSync(join(folder, published), "utf8").trim().split("\n");
  return lines.map((line) => {
    const { file, heading, json, raw }: Line = JSON.parse(line);
    const name = file.replace(/^develop\/|\.md$/g, "");
    const key = `${name} ${heading}`;
    const nth = (counts.get(key) ?? 0) + 1;
    counts.set(key, nth);
    const text = raw ?? JSON.stringify(json);
    return { file: name, heading, nth, text, value: raw === null ? json : mended(raw) };
  });
}

/** What a malformed example means, where that is plain; undefined elsewhere. */
function mended(raw: string): unknown {
  const plain = raw
    .replace(/[“”]/g, '"')
    // A name that lost its opening quote.
    .replace(/^(\s*)([A-Za-z]+"\s*:)/gm, '$1"$2')
    .replace(/\{\s*\.\.\.\s*\}/g, "{}")
    .replace(/^\s*(?:\.\.\.|\[\.\.\.\]),?\s*$/gm, "")
    // A list and its object that are closed once too often.
    .replace(/\]\s*\}\s*\],/, "],")
    .replace(/(["}\]\d]|true|false)([ \t]*\r?\n\s*["{])/g, "$1,$2")
    .replace(/^(?:\s*\{)+(?=\s*")/, "{")
    .replace(/,(\s*[}\]])/g, "$1");
  const closed = balanced(plain);
  for (const text of [
    plain,
    closed,
    plain.replace(/\}\s*$/, ""),
    plain.replace(/\}\s*\}\s*$/, ""),
  ]) {
    try {
      return JSON.parse(text);
    } catch {}
  }
  return undefined;
}

/** Adds the closing braces that are missing before the end of a list. */
function balanced(text: string): string {
  const opened: string[] = [];
  return text.replace(/"(?:[^"\\]|\\.)*"|[[\]{}]/g, (token) => {
    if (token === "{" || token === "[") opened.push(token);
    if (token === "}") opened.pop();
    if (token !== "]") return token;
    let missing = "";
    while (opened.at(-1) === "{") {
      opened.pop();
      missing += "}";
    }
    opened.pop();
    return `${missing}]`;
  });
}

/** What is held against which of our answers; the names are those of `answers` in the test. */
export const responses: readonly (readonly [file: string, heading: string, answer: string])[] = [
  ["check-inventory", "Response example", "inventory"],
  ["create-a-cart-with-add-ons", "Response example (new base subscription)", "cartWithAddOns"],
  ["create-a-cart-with-add-ons", "Response example (existing base subscription)", "azureCart"],
  ["create-a-cart", "Response example", "cart"],
  ["update-a-cart", "Response example", "updatedCart"],
  ["create-an-order-for-a-customer-of-an-indirect-reseller", "Response example", "newOrder"],
  ["create-an-order", "Response example", "newOrder"],
  ["get-a-collection-of-entitlements", "Response example", "entitlements"],
  ["get-a-collection-of-entitlements", "Response example #2", "entitlements"],
  ["get-a-collection-of-entitlements", "Response example #3", "olderArtifact"],
  ["get-a-collection-of-entitlements", "Response example #4", "artifact"],
  ["get-a-collection-of-invoices", "Response example", "invoices"],
  // The pages of these three by-customer lists show each other's goods; each is held against what
  // it really shows.
  ["get-a-list-of-availabilities-for-a-sku-by-customer", "Response example", "ownSku"],
  ["get-a-list-of-availabilities-for-a-sku", "Response example", "availabilities"],
  ["get-a-list-of-orders-by-customer-and-billing-cycle-type", "Response example", "oneTimeOrders"],
  ["get-a-list-of-products-by-customer", "Response example", "ownSkus"],
  ["get-a-list-of-products", "Response example", "products"],
  ["get-a-list-of-skus-for-a-product-by-customer", "Response example", "ownProduct"],
  ["get-a-list-of-skus-for-a-product", "Response example", "skus"],
  ["get-a-list-of-subscriptions-by-order", "Response example", "subscriptionsOfOrder"],
  ["get-a-product-by-id", "Response example", "product"],
  ["get-a-sku-by-id", "Response example", "sku"],
  ["get-a-subscription-by-id", "Response example for a standard subscription", "subscription"],
  ["get-a-subscription-by-id", "Response example for an add-on subscription", "subscription"],
  ["get-activation-link-by-order-line-item", "Response example", "activationLinks"],
  ["get-all-of-a-customer-s-orders", "Response example", "oneTimeOrders"],
  ["get-all-of-a-customer-s-subscriptions", "Response example", "subscriptions"],
  ["cancel-an-order-from-the-integration-sandbox", "Response example", "cancelledOrder"],
  ["cancel-software-purchases", "Response example", "partlyCancelledOrder"],
  ["get-an-availability-by-id", "Response example", "availability"],
  ["get-an-order-by-id", "Response example", "order"],
  ["get-invoice-by-id", "Response example", "invoice"],
  ["get-invoice-estimate-links", "Response example", "estimateLinks"],
  ["get-invoice-summaries", "Response example", "summaries"],
  ["get-invoice-unbilled-recon-lineitems", "Response example 1", "unbilledFirstPage"],
  ["get-invoice-unbilled-recon-lineitems", "Response example 2", "unbilledLastPage"],
  ["get-invoice-unbilled-recon-lineitems", "Response example 3", "unbilledLastPage"],
  ["get-invoiceline-items", "Response example 5", "billedLastPage"],
  ["get-subscription-registration-status", "Response example", "registrationStatus"],
];

/** Requests, and how the test sends each. */
export const requests: readonly (readonly [file: string, heading: string, send: string])[] = [
  ["check-inventory", "Request example", "checkInventory"],
  ["create-a-cart-with-add-ons", "Request example (new base subscription)", "createCart"],
  ["create-a-cart-with-add-ons", "Request example (existing base subscription)", "createCart"],
  ["create-a-cart", "Request example", "createCart"],
  ["update-a-cart", "Request example", "updateCart"],
  ["create-an-order-for-a-customer-of-an-indirect-reseller", "Request example", "createOrder"],
  ["create-an-order", "Request example", "createOrder"],
  ["cancel-an-order-from-the-integration-sandbox", "Request body", "cancelOrder"],
  ["cancel-an-order-from-the-integration-sandbox", "Request example", "cancelOrder"],
  ["cancel-software-purchases", "Request body", "cancelLine"],
  ["cancel-software-purchases", "Request example", "cancelLine"],
];

const addOns = "add-ons of subscriptions are not sold: orders are cancelled, not changed";
const changes = "subscriptions cannot be changed yet";
const usage = "usage is not rated, so there are no usage records and no rated lines";
const legacy = "legacy licences and Azure lines are not sold, so they are not invoiced";
const licences = "licences, their groups and their seats are no part of one-time purchases";
const marketplace = "marketplace services are not sold";
const pdf = "a printout of the client's own object in place of the PDF";
const analytics = "analytics are no part of one-time purchases";
const upgrades = "product upgrades and migrations are no part of one-time purchases";
const prices = "rate cards of metered services are no part of one-time purchases";

/** Of operations that Kontor does not have, or whose goods it does not sell, with the reason. */
export const leftOut: readonly (readonly [file: string, reason: string, headings?: RegExp])[] = [
  ["activate-sandbox-subscription-azure-marketplace-products", marketplace],
  ["cancel-an-azure-marketplace-subscription", marketplace],
  ["change-the-quantity-of-a-subscription", changes],
  ["convert-a-trial-subscription-to-paid", changes],
  ["create-product-upgrade-entity", upgrades],
  ["error-codes", "a form with placeholders: that a fault has its members is tested by itself"],
  ["get-a-customer-s-service-costs-line-items", legacy],
  ["get-a-customer-s-service-costs-summary", legacy],
  ["get-a-customer-subscription-meter-usage-records", usage],
  ["get-a-customer-subscription-resource-usage-records", usage],
  ["get-a-customer-subscription-s-usage-records", usage],
  ["get-a-customer-subscription-usage-summary", usage],
  ["get-a-list-of-add-ons-for-a-subscription", licences],
  ["get-a-list-of-available-licenses-by-license-group", licences],
  ["get-a-list-of-azure-entitlements-for-subscription", usage],
  ["get-all-monthly-usage-records-for-a-subscription", usage],
  ["get-all-subscription-analytics", analytics],
  ["get-all-subscriptions-by-partner", "subscriptions of all customers are not listed at once"],
  ["get-customer-s-subscriptions-transfer-eligibility", upgrades],
  ["get-eligibility-for-product-upgrade", upgrades],
  ["get-invoice-billed-consumption-lineitems", usage],
  ["get-invoice-receipt-statement", pdf],
  ["get-invoice-statement", pdf],
  ["get-invoice-unbilled-consumption-lineitems", usage],
  ["get-invoiceline-items", legacy, /^Response example [123]$/],
  ["get-prices-for-microsoft-azure-partner-shared-services", prices],
  ["get-prices-for-microsoft-azure", prices],
  ["get-product-upgrade-status", upgrades],
  ["get-subscription-analytics-by-search-query", analytics],
  ["get-subscription-analytics-grouped-by-dates-or-terms", analytics],
  ["get-subscription-provisioning-status", "only orders tell their provisioning status yet"],
  ["purchase-an-add-on-to-a-subscription", addOns],
  ["reactivate-a-suspended-a-subscription", changes],
  ["suspend-a-subscription", changes],
  ["transition-a-subscription", upgrades],
  ["update-a-subscription-s-support-contact", changes],
  ["update-autorenew-for-an-azure-marketplace-subscription", marketplace],
  ["update-the-nickname-for-a-subscription", changes],
];

/** `heading`, and from the second of its file on `heading #2`. */
export function titleOf({ heading, nth }: Pick<Example, "heading" | "nth">): string {
  return nth === 1 ? heading : `${heading} #${nth}`;
}
