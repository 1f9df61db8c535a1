/** The top of the first page: letterhead, addresses, summary. */

import { formatAmount, formatPercent } from "./format.ts";
import type { Statement, StatementCurrency, StatementParty, StatementTax } from "./model.ts";
import type { Block, Measure, PlacedText, Strip, TextStyle } from "./page.ts";
import { besideStrips, gap, stackStrips } from "./page.ts";
import type { TextBox } from "./text.ts";
import { placeParagraph } from "./text.ts";
import { colors, frame, lineHeight, styles } from "./theme.ts";
import { demandOf, documentFacts, documentTitle, productName } from "./wording.ts";

const leftColumn = { x: frame.left, width: 250 } as const;
const rightColumn = { x: 322, width: frame.right - 322 } as const;
const valueColumn = { x: 410, width: frame.right - 410 } as const;
const maxAddressLines = 8;
const maxContactLines = 3;
/** More rates than any document has; those beyond would only be left out of the break-down. */
const maxRates = 12;

/** Everything above the first table. */
export function layFront(statement: Statement, measure: Measure): Strip {
  return stackStrips([
    besideStrips([
      layIssuer(statement.issuer, measure),
      stackStrips([layTitle(statement, measure), gap(4), layFacts(statement, measure)]),
    ]),
    gap(18),
    besideStrips([
      layParty("Bill to", statement.billTo, leftColumn, measure),
      layParty("Service recipient", statement.soldTo, rightColumn, measure),
    ]),
    gap(16),
    laySummary(statement, measure),
  ]);
}

function layIssuer(issuer: StatementParty, measure: Measure): Strip {
  return stackStrips([
    paragraph("P", productName, { ...leftColumn, style: styles.product, maxLines: 1 }, measure),
    gap(4),
    paragraph("P", issuer.name, { ...leftColumn, style: styles.issuer, maxLines: 4 }, measure),
    gap(2),
    layAddress(issuer, leftColumn, measure),
  ]);
}

function layTitle(statement: Statement, measure: Measure): Strip {
  const title = documentTitle(statement.documentType);
  return paragraph("H1", title, { ...rightColumn, style: styles.title, maxLines: 1 }, measure);
}

function layFacts(statement: Statement, measure: Measure): Strip {
  return stackStrips(
    documentFacts(statement).map(([label, value]) => {
      const name = placeParagraph(
        label,
        { ...rightColumn, y: 2, style: styles.label, maxLines: 1 },
        measure,
      );
      const content = placeParagraph(
        value,
        { ...valueColumn, y: 2, style: styles.value, maxLines: 2 },
        measure,
      );
      const block: Block = { tag: "P", texts: [...name.texts, ...content.texts] };
      return { height: content.height + 3, fills: [], blocks: [block] };
    }),
  );
}

function layParty(
  heading: string,
  party: StatementParty,
  column: Readonly<{ x: number; width: number }>,
  measure: Measure,
): Strip {
  return stackStrips([
    paragraph("H2", heading, { ...column, style: styles.label, maxLines: 1 }, measure),
    gap(1),
    // Nine lines hold a name of 400 characters: a legal name must not be cut on an invoice.
    paragraph("P", party.name, { ...column, style: styles.partyName, maxLines: 9 }, measure),
    layAddress(party, column, measure),
  ]);
}

function layAddress(
  party: StatementParty,
  column: Readonly<{ x: number; width: number }>,
  measure: Measure,
): Strip {
  const shown = party.addressLines.slice(0, maxAddressLines - 1);
  const rest = party.addressLines.slice(maxAddressLines - 1).join(", ");
  const box = { ...column, style: styles.value, maxLines: 2 };
  const taxId = party.taxId === undefined ? "" : `Tax ID ${party.taxId}`;
  const contact = party.contactLines?.slice(0, maxContactLines) ?? [];
  return stackStrips([
    ...[...shown, rest, taxId].map((line) => paragraph("P", line, box, measure)),
    ...(contact.length > 0 ? [gap(3)] : []),
    ...contact.map((line) => paragraph("P", line, { ...box, style: styles.label }, measure)),
  ]);
}

function laySummary(statement: Statement, measure: Measure): Strip {
  const figures = besideStrips([layDemand(statement, measure), layFigures(statement, measure)]);
  const padded = stackStrips([gap(11), figures, gap(7)]);
  const { height } = padded;
  const panel = { x: frame.left, y: 0, width: frame.width, height, color: colors.panel };
  return { ...padded, fills: [panel, ...padded.fills] };
}

function layDemand(statement: Statement, measure: Measure): Strip {
  const { label, figure, note } = demandOf(statement);
  const column = { x: frame.left + 12, width: rightColumn.x - frame.left - 24 };
  return stackStrips([
    paragraph("H2", label, { ...column, style: styles.label, maxLines: 1 }, measure),
    gap(3),
    paragraph(
      "P",
      figure,
      { ...column, style: fitting(figure, styles.due, column.width, measure), maxLines: 1 },
      measure,
    ),
    gap(3),
    paragraph("P", note, { ...column, style: styles.value, maxLines: 2 }, measure),
  ]);
}

function layFigures(statement: Statement, measure: Measure): Strip {
  const { summary, currency } = statement;
  const row = (label: string, minor: bigint, style: TextStyle, labelStyle: TextStyle): Strip => {
    const box = { x: rightColumn.x, width: rightColumn.width - 12, y: 0, maxLines: 1 };
    const name = placeParagraph(label, { ...box, style: labelStyle }, measure);
    const figure = formatAmount({ minor }, currency);
    const value = placeParagraph(figure, { ...box, style, align: "right" }, measure);
    const block: Block = { tag: "P", texts: [...name.texts, ...value.texts] };
    return { height: lineHeight(style) + 2.5, fills: [], blocks: [block] };
  };
  const rule = { x: rightColumn.x, y: 2, width: rightColumn.width - 12, height: 0.7 };
  return stackStrips([
    row("Charges", summary.charges.minor, styles.value, styles.label),
    row("Credits", summary.credits.minor, styles.value, styles.label),
    row("Subtotal", summary.subtotal.minor, styles.value, styles.label),
    ...(summary.taxes ?? [])
      .slice(0, maxRates)
      .map((each) => row(taxLabel(each, currency), each.tax.minor, styles.small, styles.small)),
    row("Tax", summary.tax.minor, styles.value, styles.label),
    { height: 6, fills: [{ ...rule, color: colors.rule }], blocks: [] },
    row(`Total (${currency.code})`, summary.total.minor, styles.total, styles.total),
  ]);
}

/** "VAT 19% on 1,200.00" */
function taxLabel({ name, rate, base }: StatementTax, currency: StatementCurrency): string {
  return `${name} ${formatPercent(rate)} on ${formatAmount(base, currency)}`;
}

/** The style, smaller where the text would not fit on one line: a figure must never be cut. */
function fitting(text: string, style: TextStyle, width: number, measure: Measure): TextStyle {
  const needed = measure(text, style);
  return needed <= width ? style : { ...style, size: Math.floor((style.size * width) / needed) };
}

function paragraph(
  tag: "H1" | "H2" | "P",
  text: string,
  box: Omit<TextBox, "y">,
  measure: Measure,
): Strip {
  const { texts, height } = placeParagraph(text, { ...box, y: 0 }, measure);
  return { height, fills: [], blocks: blocksOf(tag, texts) };
}

function blocksOf(tag: "H1" | "H2" | "P", texts: readonly PlacedText[]): Block[] {
  return texts.length === 0 ? [] : [{ tag, texts }];
}
