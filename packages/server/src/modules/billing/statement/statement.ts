/** The printed form of an invoice: a statement in, a PDF out. No clock, no store, no network. */

import { buffer } from "node:stream/consumers";
import { measureWith, openDocument } from "./document.ts";
import { drawPages } from "./draw.ts";
import { openFonts, type Wanted } from "./fonts.ts";
import { layoutStatement } from "./layout.ts";
import type { Statement } from "./model.ts";
import { cleanText } from "./text.ts";

export type { Statement, StatementCurrency, StatementLine, StatementParty } from "./model.ts";

/**
 * Renders a statement as PDF 1.7 on A4, tagged, with its fonts inside. The same statement gives
 * the same bytes. The work is done in one go on the calling thread.
 *
 * @throws RangeError for a value that cannot be printed: an invalid date, a quantity that is not
 * whole, a price or rate that is not plain decimal digits.
 */
export async function renderStatement(statement: Statement): Promise<Buffer> {
  const fonts = await openFonts(wantedBy(statement));
  const doc = openDocument(statement, fonts);
  drawPages(doc, fonts, layoutStatement(statement, measureWith(doc, fonts)));
  doc.end();
  return buffer(doc);
}

/** Every text of a statement as it will be printed. */
function wantedBy(statement: Statement): Wanted {
  const { issuer, billTo, soldTo } = statement;
  return {
    texts: stringsIn(statement).map(cleanText),
    boldTexts: [issuer.name, billTo.name, soldTo.name].map(cleanText),
  };
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
