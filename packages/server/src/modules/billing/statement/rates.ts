/** The table of exchange rates, for charges that were priced in another currency. */

import { formatDate, formatDecimal } from "./format.ts";
import type { Statement } from "./model.ts";
import type { Measure } from "./page.ts";
import type { Column, Table } from "./table.ts";
import { layHead, layRow } from "./table.ts";
import { placeParagraph } from "./text.ts";
import { frame, styles } from "./theme.ts";

const tableName = "rates";

const columns: readonly Column[] = [
  { label: "Pricing currency", x: frame.left + 4, width: 110, align: "left" },
  { label: "Billing currency", x: frame.left + 124, width: 110, align: "left" },
  { label: "Rate", x: frame.left + 244, width: 120, align: "right" },
  { label: "Rate date", x: frame.left + 384, width: frame.width - 388, align: "left" },
];

/** Nothing when everything was priced in the billing currency. */
export function layRates(statement: Statement, measure: Measure): Table | undefined {
  const { code } = statement.currency;
  const rates = statement.exchangeRates.filter((rate) => rate.pricingCurrency !== code);
  if (rates.length === 0) {
    return undefined;
  }
  const rows = rates.map(({ pricingCurrency, rate, date }) => {
    const texts = [pricingCurrency, code, formatDecimal(rate, 0), formatDate(date)];
    const cells = texts.map((text) => [{ text, style: styles.value, maxLines: 1 }]);
    return layRow(tableName, columns, cells, measure);
  });
  const box = { x: frame.left, y: 0, width: frame.width, style: styles.heading, maxLines: 1 };
  const heading = placeParagraph("Exchange rates", box, measure);
  return {
    name: tableName,
    title: {
      height: heading.height + 4,
      fills: [],
      blocks: [{ tag: "H2", texts: heading.texts }],
    },
    head: layHead(tableName, columns, styles.valueBold, measure),
    groups: rows.map((row) => [row]),
  };
}
