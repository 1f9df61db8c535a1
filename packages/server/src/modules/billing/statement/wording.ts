/** The words of the statement that depend on its kind. */

import { addDays, formatDate, formatMoney } from "./format.ts";
import type { DocumentType, Statement } from "./model.ts";

/** The name of the product that makes the document; who issues it is data. */
export const productName = "Kontor";

const sandboxNotice = "Sandbox: do not pay this document";
const voidNotice = "Void: do not pay this document";

const titles: Readonly<Record<DocumentType, string>> = {
  invoice: "Invoice",
  credit_note: "Credit note",
  adjustment_note: "Adjustment note",
  void_note: "Void invoice",
  tax_receipt: "Tax receipt",
};

export function documentTitle(documentType: DocumentType): string {
  return titles[documentType];
}

/** "Invoice G000024135": the title of the file and the head of its later pages. */
export function documentName(statement: Statement): string {
  return `${documentTitle(statement.documentType)} ${statement.number}`;
}

/** Invoice date plus the payment term. */
function dueDate(statement: Statement): Date {
  return addDays(statement.invoiceDate, statement.paymentTermDays);
}

function canAskForPayment({ documentType, summary }: Statement): boolean {
  if (documentType === "adjustment_note") return summary.total.minor > 0n;
  return documentType === "invoice";
}

/** The labelled facts of the letterhead. A document that asks for no payment has no due date. */
export function documentFacts(statement: Statement): (readonly [label: string, value: string])[] {
  const { first, last } = statement.billingPeriod;
  const asksForPayment = canAskForPayment(statement);
  const facts: (readonly [string, string | undefined])[] = [
    [statement.receiptOf ? "Receipt number" : "Invoice number", statement.number],
    ["Receipt of invoice", statement.receiptOf],
    ["Invoice date", formatDate(statement.invoiceDate)],
    ["Billing period", `${formatDate(first)} – ${formatDate(last)}`],
    ["Payment terms", asksForPayment ? `Net ${statement.paymentTermDays} days` : undefined],
    ["Due date", asksForPayment ? formatDate(dueDate(statement)) : undefined],
    ["Customer PO number", statement.purchaseOrderNumber],
    [statement.documentType === "invoice" ? "Replaces" : "Changes invoice", statement.amends],
    ["Replaced by", statement.replacedBy],
    ["Reason", statement.reason],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** The warning across the top of every page, for a document that nobody should pay. */
export function pageNotice(statement: Statement): string | undefined {
  if (statement.notPayable) {
    return sandboxNotice;
  }
  return statement.documentType === "void_note" ? voidNotice : undefined;
}

/** What the reader has to do: the big figure, its label and the sentence beneath. */
export type Demand = Readonly<{ label: string; figure: string; note: string }>;

export function demandOf(statement: Statement): Demand {
  const figure = formatMoney(statement.summary.total, statement.currency);
  const { minor } = statement.summary.total;
  if (statement.documentType === "tax_receipt") {
    const tax = formatMoney(statement.summary.tax, statement.currency);
    return { label: "Tax", figure: tax, note: `Charged by invoice ${statement.receiptOf}.` };
  }
  if (statement.documentType === "void_note") {
    return { label: "Void", figure, note: `${voidNotice}.` };
  }
  if (minor <= 0n) {
    const note = minor === 0n ? "There is nothing to pay." : "Nothing to pay: this is a credit.";
    return { label: minor === 0n ? "Amount due" : "Credit amount", figure, note };
  }
  const note = statement.notPayable
    ? `${sandboxNotice}.`
    : `Please pay by ${formatDate(dueDate(statement))}.`;
  return { label: "Amount due", figure, note };
}
