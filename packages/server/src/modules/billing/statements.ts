/** Printing an invoice. */
import { type Answer, answer } from "../../foundation/http/binding.ts";
import { limits } from "../../foundation/limits.ts";
import type { Context } from "../../foundation/partner.ts";
import { requireInvoice } from "./invoices.ts";
import { renderStatement } from "./statement/statement.ts";
import { statementOf } from "./statement-of.ts";
import { loadBreakdown, loadLines } from "./store.ts";

/** The statement of an invoice as PDF, with the name under which it is saved. */
export async function getStatement(
  context: Context,
  givenId: string,
): Promise<Answer<Uint8Array>> {
  const { db, partner, installation } = context;
  const invoice = await requireInvoice(context, givenId);
  const { invoiceId, currency, period } = invoice;
  const breakdown = await loadBreakdown(db, partner.partnerId, currency, period);
  const { lines } = await loadLines(db, partner.partnerId, {
    currency,
    period,
    after: undefined,
    snapshot: undefined,
    onlyUnbilled: false,
    limit: limits.statementLines,
  });
  const statement = statementOf(invoice, breakdown, lines, partner, installation.mode);
  return answer(await renderStatement(statement), {
    "Content-Disposition": `attachment; filename=Invoice_${invoiceId}.pdf`,
  });
}
