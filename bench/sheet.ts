/** A made-up price sheet in the layout of the license-based one, as long as one likes. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";

export const sheetColumns = [
  "ChangeIndicator",
  "ProductTitle",
  "ProductId",
  "SkuId",
  "SkuTitle",
  "Publisher",
  "SkuDescription",
  "UnitOfMeasure",
  "TermDuration",
  "BillingPlan",
  "Market",
  "Currency",
  "UnitPrice",
  "PricingTierRangeMin",
  "PricingTierRangeMax",
  "EffectiveStartDate",
  "EffectiveEndDate",
  "Tags",
  "ERP Price",
  "Segment",
  "PreviousValues",
];

const markets = (
  "US,USD DE,EUR FR,EUR GB,GBP JP,JPY IT,EUR ES,EUR NL,EUR BE,EUR AT,EUR CH,CHF SE,SEK NO,NOK " +
  "DK,DKK FI,EUR PL,PLN CZ,CZK HU,HUF RO,RON PT,EUR IE,EUR GR,EUR CA,CAD AU,AUD NZ,NZD"
).split(" ");
const sales = ["P1Y,Monthly", "P1Y,Annual", "P3Y,Monthly", "P1M,Monthly"];
const skusOfProduct = 5;

const description =
  "Protection for mail and documents, with a longer retention of audit records and tools for " +
  "investigations across several tenants and regions; level";

/**
 * Writes a sheet of 25 markets, one after the other as when the monthly sheets of several markets
 * are joined. Every row is an availability of its own. Texts repeat as in the real sheets, whose
 * rows have 465 bytes; these have 340.
 */
export async function writeSheet(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  const perProduct = skusOfProduct * sales.length;
  const products = Math.ceil(rows / markets.length / perProduct);
  let text = `\uFEFF${sheetColumns.join(",")}\n`;
  for (let row = 0; row < rows; row += 1) {
    const sale = sales[row % sales.length];
    const sku = 1 + (Math.floor(row / sales.length) % skusOfProduct);
    const product = Math.floor(row / perProduct) % products;
    const market = markets[Math.floor(row / perProduct / products)];
    const id = `CFQ7TT${product.toString(36).toUpperCase().padStart(6, "0")}`;
    const cents = 100 + ((product * 37 + sku * 11) % 5000);
    text +=
      `Unchanged,Product ${product} of the suite,${id},${sku},Product ${product} level ${sku},` +
      `Sample Corporation,"${description} ${sku}.",,${sale},${market},${cents / 100},,,` +
      "2025-04-01T00:00:00.0000000Z,9999-11-30T23:59:59.0000000Z,License," +
      `${cents / 80},Commercial,\n`;
    if (text.length > 1_000_000) {
      if (!file.write(text)) await once(file, "drain");
      text = "";
    }
  }
  file.end(text);
  await once(file, "finish");
}
