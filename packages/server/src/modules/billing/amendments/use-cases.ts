/**
 * Amending published invoices. Of an invoice and of what came after it, one document at most is
 * open: the invoice itself, or what replaced it last. What is left of a line is therefore its
 * charge with all that documents have said of it. The transaction must hold the partner's row
 * alone: nothing is bought, cancelled or closed meanwhile.
 */
import Big from "big.js";
import type { Db } from "../../../foundation/database/sql.ts";
import { refuse } from "../../../foundation/errors.ts";
import { newId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import { decimalOf, money, toMinor } from "../../../foundation/money.ts";
import { appendAudit, type Doing } from "../../audit/index.ts";
import { type InvoiceRow, type InvoiceView, invoiceIdOf, readInvoiceId } from "../invoice.ts";
import { amendmentPostings } from "../ledger.ts";
import type { LineKey } from "../line-item.ts";
import { appendPostings, loadInvoice, lockInvoiceNumbers } from "../store.ts";
import { loadTaxRule } from "../taxes/use-cases.ts";
import { viewsOf } from "../use-cases/invoices.ts";
import { billedAnew, creditShare, type LineAmount, mirrored, taxOf, totalOf } from "./amendment.ts";
import {
  appendLines,
  issueDocument,
  type LineLeft,
  loadLeft,
  loadLinesLeft,
  type Month,
} from "./store.ts";

export type Amending = Doing & { db: Db };

/** What a document says of a line; undefined: it leaves the line out. */
type Decide = (line: LineLeft) => LineAmount | undefined;

/** A document to be made. It is asked for each step of lines once, in their order. */
interface Draft {
  documentType: InvoiceRow["documentType"];
  decideFor(lines: readonly LineLeft[]): Decide | Promise<Decide>;
}

type Written = Pick<InvoiceRow, "subtotalMinor" | "taxMinor" | "lineCount">;

const voidNote: Draft = { documentType: "void_note", decideFor: () => mirrored };

export type InvoiceChange =
  | { kind: "void"; reason: string }
  | { kind: "rebill"; reason: string }
  | { kind: "credit"; reason: string; amount: string | undefined };

/** What an operator asks for, by name; answers the documents made. */
export function changeInvoice(
  context: Amending,
  givenId: string,
  change: InvoiceChange,
): Promise<InvoiceView[]> {
  if (change.kind === "credit") return creditInvoice(context, givenId, change);
  const make = change.kind === "void" ? voidInvoice : rebillInvoice;
  return make(context, givenId, change.reason);
}

/** Takes back all that is left of a document; answers the void note. */
export async function voidInvoice(
  context: Amending,
  givenId: string,
  reason: string,
): Promise<InvoiceView[]> {
  const { db, partner } = context;
  const invoice = await requireOpen(context, givenId);
  if ((await loadLeft(db, partner.partnerId, invoice)).cancelledLater) {
    const why = "lines of it have been credited in a later month; rebill it, or credit the rest";
    refuse("CHANGE_NOT_SUPPORTED", `${invoice.invoiceId} cannot be voided: ${why}`);
  }
  return amend(context, invoice, reason, [voidNote]);
}

/** Voids a document and bills what is left of it anew; answers the void note and the invoice. */
export async function rebillInvoice(
  context: Amending,
  givenId: string,
  reason: string,
): Promise<InvoiceView[]> {
  const { db, partner, now } = context;
  const invoice = await requireOpen(context, givenId);
  const decideFor = async (lines: readonly LineLeft[]): Promise<Decide> => {
    const customerIds = lines.map(({ customerId }) => customerId);
    const taxesOf = await loadTaxRule(db, partner, now, customerIds);
    return (line) => billedAnew(line, taxesOf(line.customerId, line.market));
  };
  return amend(context, invoice, reason, [voidNote, { documentType: "invoice", decideFor }]);
}

/**
 * Credits an amount, tax included, spread over the lines that are neither cancelled nor credits
 * themselves; without an amount, all that is left of them. Answers the adjustment note.
 */
export async function creditInvoice(
  context: Amending,
  givenId: string,
  { amount: given, reason }: { amount: string | undefined; reason: string },
): Promise<InvoiceView[]> {
  const { db, partner } = context;
  const invoice = await requireOpen(context, givenId);
  const { creditableMinor: total } = await loadLeft(db, partner.partnerId, invoice);
  const amount = given === undefined ? total : readAmount(given, invoice.currency);
  if (total === 0n) refuse("INVALID_INPUT", `nothing is left to credit of ${invoice.invoiceId}`);
  if (amount > total) {
    const most = `${decimalOf(money(total, invoice.currency))} ${invoice.currency}`;
    refuse("INVALID_INPUT", `${most} are left to credit of ${invoice.invoiceId}`);
  }
  let before = 0n;
  const decide: Decide = (line) => {
    if (!line.creditable) return undefined;
    const share = creditShare(line, { amount, total, before });
    before += totalOf(line);
    return share;
  };
  return amend(context, invoice, reason, [
    { documentType: "adjustment_note", decideFor: () => decide },
  ]);
}

function readAmount(given: string, currency: string): bigint {
  const minor = /^\d{1,12}(\.\d+)?$/.test(given) ? toMinor(given, currency) : 0n;
  if (minor === 0n || !new Big(given).eq(decimalOf(money(minor, currency)))) {
    refuse("INVALID_INPUT", `amount must be above 0, with no more digits than ${currency} has`);
  }
  return minor;
}

/** The document, which has not been voided and is none of the notes itself. */
async function requireOpen({ db, partner }: Amending, givenId: string): Promise<InvoiceRow> {
  const invoiceId = readInvoiceId(givenId);
  const invoice = await loadInvoice(db, partner.partnerId, invoiceId);
  if (!invoice) return refuse("NOT_FOUND", `invoice ${givenId}`);
  if (invoice.isVoided) refuse("CHANGE_NOT_SUPPORTED", `${invoiceId} has been voided already`);
  if (invoice.documentType !== "invoice") {
    refuse("CHANGE_NOT_SUPPORTED", `${invoiceId} is a note on ${invoice.amends}: amend that one`);
  }
  return invoice;
}

/** Makes the drafts' documents; the first amends the invoice, and so does what replaces it. */
async function amend(
  context: Amending,
  invoice: InvoiceRow,
  reason: string,
  drafts: readonly Draft[],
): Promise<InvoiceView[]> {
  const { db, partner, now } = context;
  const { partnerId } = partner;
  const { currency, period } = invoice;
  const last = await lockInvoiceNumbers(db, partnerId);
  const numbered = drafts.map((draft, index) => ({ draft, number: last + 1n + BigInt(index) }));
  const written = await writeLines(db, partnerId, invoice, numbered);
  const documents: InvoiceRow[] = [];
  for (const [index, { draft, number }] of numbered.entries()) {
    const sum = written[index] ?? nothing;
    if (sum.lineCount === 0)
      refuse("CHANGE_NOT_SUPPORTED", `nothing is left of ${invoice.invoiceId}`);
    const document: InvoiceRow = {
      invoiceId: invoiceIdOf(number),
      documentType: draft.documentType,
      amends: invoice.invoiceId,
      reason,
      isVoided: false,
      currency,
      period,
      issuedAt: now,
      ...sum,
      totalMinor: sum.subtotalMinor + sum.taxMinor,
    };
    await issueDocument(db, partnerId, number, document);
    await appendPostings(db, partnerId, amendmentPostings(document, newId()));
    documents.push(document);
  }
  const views = await viewsOf(context, documents);
  for (const view of views) {
    await appendAudit(db, context, {
      resourceType: "invoice",
      operationType: "ready_invoice",
      resourceId: view.id,
      newValue: view,
    });
  }
  return views;
}

const nothing: Written = { subtotalMinor: 0n, taxMinor: 0n, lineCount: 0 };

/** Goes through the lines once, in steps: an invoice of any length takes the same memory. */
async function writeLines(
  db: Db,
  partnerId: string,
  month: Month,
  numbered: readonly { draft: Draft; number: bigint }[],
): Promise<Written[]> {
  const written = numbered.map(() => nothing);
  let after: LineKey | undefined;
  for (;;) {
    const limit = limits.amendedLinesPerStep;
    const lines = await loadLinesLeft(db, partnerId, month, { after, limit });
    for (const [index, { draft, number }] of numbered.entries()) {
      const decide = await draft.decideFor(lines);
      const own = lines.flatMap((line) => {
        const amount = isNothing(line) ? undefined : decide(line);
        return amount ? [{ ...line, ...amount }] : [];
      });
      await appendLines(db, partnerId, invoiceIdOf(number), own);
      written[index] = own.reduce(withLine, written[index] ?? nothing);
    }
    after = lines.at(-1);
    if (lines.length < limit) return written;
  }
}

function withLine(sum: Written, line: LineAmount): Written {
  return {
    subtotalMinor: sum.subtotalMinor + line.subtotalMinor,
    taxMinor: sum.taxMinor + taxOf(line),
    lineCount: sum.lineCount + 1,
  };
}

function isNothing({ subtotalMinor, taxLines }: LineAmount): boolean {
  return subtotalMinor === 0n && taxLines.every(({ minor }) => minor === 0n);
}
