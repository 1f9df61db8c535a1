/** Offers for tests, and the way into the catalog for them. */
import type { Database } from "../../../foundation/database/pool.ts";
import { noAttributes, type OfferProduct, type OfferSku, type PricedOffer } from "../offer.ts";
import { type ImportReport, importOffers } from "../use-cases/import-offers.ts";

type Wanted = Partial<Omit<PricedOffer, "product" | "sku">> & {
  product?: Partial<OfferProduct>;
  sku?: Partial<OfferSku>;
};

/** A term software of one year, billed annually, sold to commercial customers in the US. */
export function sampleOffer({ product = {}, sku = {}, ...rest }: Wanted = {}): PricedOffer {
  return {
    market: "US",
    currency: "USD",
    segment: "commercial",
    termDuration: "P1Y",
    billingPlan: "annual",
    reservationScope: null,
    unitPrice: "120.5",
    erpPrice: null,
    effectiveFrom: "2020-01-01T00:00:00.000Z",
    effectiveTo: null,
    ...rest,
    product: {
      id: "TESTPRODUCT1",
      title: "Sample product",
      description: "",
      kind: "term_software",
      reservationType: null,
      publisherName: "Sample publisher",
      isSuse: false,
      ...product,
    },
    sku: {
      id: "0001",
      title: "Sample SKU",
      description: "Sample description",
      isTrial: false,
      minimumQuantity: 1,
      maximumQuantity: 999_999_999,
      dynamicAttributes: noAttributes,
      ...sku,
    },
  };
}

/** Imports offers as the rows 2, 3, … of a file; a text stands for a row that was rejected. */
export async function importSample(
  database: Database,
  rows: readonly (PricedOffer | string)[],
): Promise<ImportReport> {
  const batch = rows.map((row, index) =>
    typeof row === "string" ? { line: index + 2, rejected: row } : { line: index + 2, offer: row },
  );
  return importOffers(database, [batch], { file: "sample.csv" });
}
