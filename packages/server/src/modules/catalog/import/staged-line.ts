import { availabilityId, availabilityKeyOf } from "../availability-id.ts";
import type { OfferProduct, OfferSku, PricedOffer } from "../offer.ts";

/** The columns of `import_row` in the order of the line. */
export const stagedColumns = [
  "line",
  "product_id",
  "sku_id",
  "availability_id",
  "market",
  "currency",
  "segment",
  "term",
  "billing_plan",
  "reservation_scope",
  "effective_from",
  "effective_to",
  "unit_price",
  "erp_price",
  "product_title",
  "product_description",
  "kind",
  "reservation_type",
  "is_suse",
  "publisher_name",
  "sku_title",
  "sku_description",
  "minimum_quantity",
  "maximum_quantity",
  "dynamic_attributes",
] as const;

/** Writes an offer as a line of COPY's text format, with its line end. */
export type LineWriter = (line: number, offer: PricedOffer) => string;

const absent = "\\N";
const noProduct = Array(6).fill(absent).join("\t");
const noSku = Array(5).fill(absent).join("\t");

/**
 * A sheet repeats the texts of a product and a SKU on every row of theirs. They are written where
 * they differ from the last ones written for the same id, and are absent from the other rows:
 * 1 000 000 rows of 365 MB make 148 MB for PostgreSQL to take in.
 */
export function lineWriter(): LineWriter {
  const written = rememberWritten();

  return (line, offer) => {
    const { product, sku, termDuration, reservationScope, effectiveTo, erpPrice } = offer;
    const availability = availabilityId(availabilityKeyOf(offer));
    return (
      `${line}\t${product.id}\t${sku.id}\t${availability}\t${offer.market}\t${offer.currency}\t` +
      `${offer.segment}\t${termDuration ?? absent}\t${offer.billingPlan}\t` +
      `${reservationScope ?? absent}\t${offer.effectiveFrom}\t${effectiveTo ?? absent}\t` +
      `${offer.unitPrice}\t${erpPrice ?? absent}\t` +
      `${written.product(product) ? noProduct : textsOfProduct(product)}\t` +
      `${written.sku(product, sku) ? noSku : textsOfSku(sku)}\n`
    );
  };
}

function textsOfProduct(product: OfferProduct): string {
  const { title, description, kind, reservationType, isSuse, publisherName } = product;
  return [
    escaped(title),
    escaped(description),
    kind,
    reservationType ?? absent,
    isSuse ? "t" : "f",
    escaped(publisherName),
  ].join("\t");
}

function textsOfSku(sku: OfferSku): string {
  return [
    escaped(sku.title),
    escaped(sku.description),
    sku.minimumQuantity,
    sku.maximumQuantity,
    escaped(JSON.stringify(sku.dynamicAttributes)),
  ].join("\t");
}

const special = /[\\\t\n\r]/;
const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/** A text as COPY reads it: without bare tabs, line ends and backslashes. */
function escaped(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

/** Characters remembered: 32 MiB at most, for some 50 000 SKUs. */
const mostRemembered = 16_000_000;

interface WrittenProduct {
  product: OfferProduct;
  skus: Map<string, OfferSku>;
}

/** The texts written last for each id; all are forgotten when there are too many. */
function rememberWritten() {
  const products = new Map<string, WrittenProduct>();
  let characters = 0;

  function makeRoom(): void {
    if (characters <= mostRemembered) return;
    products.clear();
    characters = 0;
  }

  function remember(product: OfferProduct): Map<string, OfferSku> {
    makeRoom();
    const copy = owned(product);
    characters += copy.title.length + copy.description.length + copy.publisherName.length + 200;
    const skus = products.get(copy.id)?.skus ?? new Map<string, OfferSku>();
    products.set(copy.id, { product: copy, skus });
    return skus;
  }

  return {
    /** True when these texts were the last ones; else they are from now on. */
    product(product: OfferProduct): boolean {
      const before = products.get(product.id)?.product;
      if (before !== undefined && sameProduct(before, product)) return true;
      remember(product);
      return false;
    },
    sku(product: OfferProduct, sku: OfferSku): boolean {
      const before = products.get(product.id)?.skus.get(sku.id);
      if (before !== undefined && sameSku(before, sku)) return true;
      makeRoom();
      const skus = products.get(product.id)?.skus ?? remember(product);
      const copy = owned(sku);
      skus.set(copy.id, copy);
      characters += copy.title.length + copy.description.length + 500;
      return false;
    },
  };
}

/** A copy: V8 keeps a piece of a text together with the whole text, here 64 KiB of the file. */
function owned<Value extends object>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

function sameProduct(a: OfferProduct, b: OfferProduct): boolean {
  return (
    a.title === b.title &&
    a.description === b.description &&
    a.kind === b.kind &&
    a.reservationType === b.reservationType &&
    a.isSuse === b.isSuse &&
    a.publisherName === b.publisherName
  );
}

function sameSku(a: OfferSku, b: OfferSku): boolean {
  return (
    a.title === b.title &&
    a.description === b.description &&
    a.minimumQuantity === b.minimumQuantity &&
    a.maximumQuantity === b.maximumQuantity &&
    (a.dynamicAttributes === b.dynamicAttributes ||
      JSON.stringify(a.dynamicAttributes) === JSON.stringify(b.dynamicAttributes))
  );
}
