/** Printing an invoice. */
import { type Answer, answer } from "../../../foundation/http/binding.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { renderStatement, type Statement } from "../statement/statement.ts";
import { statementOf } from "../statement-of.ts";
import { loadBreakdown, loadLines } from "../store.ts";
import { requireInvoice } from "./invoices.ts";

/** What the statement of an invoice says; of very many lines the first, and a sum of the rest. */
export async function loadStatement(context: Context, givenId: string): Promise<Statement> {
  const { db, partner, installation } = context;
  const invoice = await requireInvoice(context, givenId);
  const { currency, period } = invoice;
  const breakdown = await loadBreakdown(db, partner.partnerId, currency, period);
  const lines = await loadLines(db, partner.partnerId, {
    currency,
    period,
    after: undefined,
    lastId: undefined,
    onlyUnbilled: false,
    limit: limits.statementLines,
  });
  return statementOf(invoice, breakdown, lines, partner, installation.mode);
}

/** The statement as PDF, with the name under which it is saved. */
export async function getStatement(context: Context, givenId: string): Promise<Answer<Uint8Array>> {
  const statement = await loadStatement(context, givenId);
  return answer(await renderStatement(statement), {
    "Content-Disposition": `attachment; filename=Invoice_${statement.number}.pdf`,
  });
}
