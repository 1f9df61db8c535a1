/** Printing an invoice. */
import { refuse } from "../../../foundation/errors.ts";
import { type Answer, answer } from "../../../foundation/http/binding.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { partiesAt } from "../../profiles/index.ts";
import type { InvoiceRow } from "../invoice.ts";
import { receiptsOf } from "../receipt.ts";
import { renderStatement, type Statement } from "../statement/statement.ts";
import { statementOf } from "../statement-of.ts";
import { loadBreakdown, loadLines, ownLinesOf } from "../store.ts";
import { requireInvoice } from "./invoices.ts";

/** What the statement of an invoice says; of very many lines the first, and a sum of the rest. */
export async function loadStatement(context: Context, givenId: string): Promise<Statement> {
  return statementFor(context, await requireInvoice(context, givenId));
}

async function statementFor(context: Context, invoice: InvoiceRow): Promise<Statement> {
  const { db, partner, installation } = context;
  const { currency, period } = invoice;
  const breakdown = await loadBreakdown(db, partner.partnerId, invoice);
  const lines = await loadLines(db, partner.partnerId, {
    currency,
    period,
    amendment: ownLinesOf(invoice),
    after: undefined,
    lastId: undefined,
    onlyUnbilled: false,
    limit: limits.statementLines,
  });
  const parties = await partiesAt(context, invoice.issuedAt);
  return statementOf(invoice, breakdown, lines, parties, installation.mode);
}

/** The statement as PDF, with the name under which it is saved. */
export async function getStatement(context: Context, givenId: string): Promise<Answer<Uint8Array>> {
  const statement = await loadStatement(context, givenId);
  return answer(await renderStatement(statement), {
    "Content-Disposition": `attachment; filename=Invoice_${statement.number}.pdf`,
  });
}

/**
 * A receipt of tax as PDF: the statement of its invoice under its own title and number. Refuses
 * with NOT_FOUND an invoice or receipt that does not exist, or does not yet.
 */
export async function getReceipt(
  context: Context,
  givenId: string,
  receiptId: string,
): Promise<Answer<Uint8Array>> {
  const invoice = await requireInvoice(context, givenId);
  const wanted = receiptId.trim();
  if (!receiptsOf(invoice, context.partner.country, context.now).includes(wanted)) {
    refuse("NOT_FOUND", `receipt ${receiptId} of invoice ${givenId}`);
  }
  const statement: Statement = {
    ...(await statementFor(context, invoice)),
    documentType: "tax_receipt",
    number: wanted,
    receiptOf: invoice.invoiceId,
  };
  return answer(await renderStatement(statement), {
    "Content-Disposition": `attachment; filename=E-Tax-${wanted}.pdf`,
  });
}
