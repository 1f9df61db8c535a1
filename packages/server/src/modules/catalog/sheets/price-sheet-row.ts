import {
  type BillingPlan,
  noAttributes,
  type OfferProduct,
  type PricedOffer,
  type ProductKind,
  quantityLimits,
  type ReservationType,
  type Term,
} from "../offer.ts";
import { readMarket, readSegment, readTerm } from "./fields.ts";
import type { Sheet, SheetLayout } from "./layouts.ts";
import { type CommonValues, isSuse, type RowReader, readCommon } from "./offer-row.ts";
import { quoted } from "./sheet-error.ts";

/** Reads rows of the three price sheets; their columns differ only in which of them are there. */
export function priceSheetRowReader(sheet: Sheet): RowReader {
  const cell = (name: string): ((fields: readonly string[]) => string) => {
    const place = sheet.column(name);
    return place === undefined ? () => "" : (fields) => (fields[place] ?? "").trim();
  };
  const column = {
    productId: cell("ProductId"),
    productTitle: cell("ProductTitle"),
    publisher: cell("Publisher"),
    skuId: cell("SkuId"),
    skuTitle: cell("SkuTitle"),
    skuDescription: cell("SkuDescription"),
    term: cell("TermDuration"),
    plan: cell("BillingPlan"),
    market: cell("Market"),
    currency: cell("Currency"),
    price: cell("UnitPrice"),
    erpPrice: cell("ERP Price"),
    tierFrom: cell("PricingTierRangeMin"),
    tierTo: cell("PricingTierRangeMax"),
    from: cell("EffectiveStartDate"),
    to: cell("EffectiveEndDate"),
    tags: cell("Tags"),
    segment: cell("Segment"),
  };

  return (fields) => {
    const market = readMarket(column.market(fields));
    if (market === null) {
      return `market ${quoted(column.market(fields))} is no ISO 3166 country of two letters`;
    }
    const segment = readSegment(column.segment(fields));
    if (segment === null) return `segment ${quoted(column.segment(fields))} is unknown`;
    const tierFault = faultOfTier(column.tierFrom(fields), column.tierTo(fields));
    if (tierFault !== null) return tierFault;
    const cells = {
      productId: column.productId(fields),
      skuId: column.skuId(fields),
      productTitle: column.productTitle(fields),
      skuTitle: column.skuTitle(fields),
      skuDescription: column.skuDescription(fields),
      currency: column.currency(fields),
      price: column.price(fields),
      erpPrice: column.erpPrice(fields),
      from: column.from(fields),
      to: column.to(fields),
    };
    const values = readCommon(cells);
    if (typeof values === "string") return values;
    const sale = readSale(
      sheet.layout,
      column.tags(fields),
      column.term(fields),
      column.plan(fields),
      values.unitPrice,
    );
    if (typeof sale === "string") return sale;
    const product = productOf(values, cells, sale.kind, column.publisher(fields));
    return offerOf(values, cells, product, sale, { market, segment });
  };
}

interface Titles {
  productTitle: string;
  skuTitle: string;
  skuDescription: string;
}

function productOf(
  values: CommonValues,
  titles: Titles,
  kind: ProductKind,
  publisherName: string,
): OfferProduct {
  const suse = isSuse(titles.productTitle);
  const isReservation = kind === "reservation" && !suse;
  return {
    id: values.productId,
    title: titles.productTitle,
    description: "",
    kind: kind === "reservation" && suse ? "term_software" : kind,
    reservationType: isReservation ? reservationTypeOf(titles) : null,
    publisherName,
    isSuse: suse,
  };
}

function offerOf(
  values: CommonValues,
  titles: Titles,
  product: OfferProduct,
  sale: Sale,
  place: Pick<PricedOffer, "market" | "segment">,
): PricedOffer {
  return {
    product,
    sku: {
      id: values.skuId,
      title: titles.skuTitle,
      description: titles.skuDescription,
      isTrial: sale.plan === "none",
      minimumQuantity: quantityLimits.minimum,
      maximumQuantity: quantityLimits.maximum,
      dynamicAttributes:
        product.kind === "reservation" ? attributesOf(titles.skuTitle, sale.term) : noAttributes,
    },
    market: place.market,
    currency: values.currency,
    segment: place.segment,
    termDuration: sale.term,
    billingPlan: sale.plan,
    reservationScope: null,
    unitPrice: values.unitPrice,
    erpPrice: values.erpPrice,
    effectiveFrom: values.effectiveFrom,
    effectiveTo: values.effectiveTo,
  };
}

/** Tiers that say nothing: from the first unit, without an end. */
function faultOfTier(from: string, to: string): string | null {
  const open = (from === "" || Number(from) <= 1) && (to === "" || Number(to) >= 999_999_999);
  if (open) return null;
  return `the price is for quantities from ${quoted(from)} to ${quoted(to)} only`;
}

interface Sale {
  kind: ProductKind;
  term: Term | null;
  plan: BillingPlan;
}

const plans: ReadonlyMap<string, BillingPlan> = new Map([
  ["onetime", "one_time"],
  ["monthly", "monthly"],
  ["annual", "annual"],
  ["none", "none"],
]);

/**
 * Kind, term and billing plan, which depend on one another. A one-time purchase has `OneTime` in
 * either of the two columns and nothing in the other; a trial is free for a month and has no
 * plan. Other plans ("Triennial") have no word on the wire that every client can read.
 */
function readSale(
  layout: SheetLayout,
  tags: string,
  termCell: string,
  planCell: string,
  unitPrice: string,
): Sale | string {
  const perpetual = termCell === "" || /^one_?time$/i.test(termCell);
  const term = perpetual ? null : readTerm(termCell);
  if (!perpetual && term === null) return `term ${quoted(termCell)} is not P1M, P1Y or P3Y`;
  const kind = kindOf(layout, tags, term);
  if (kind === "reservation") {
    const yearly = term === "P1Y" || term === "P3Y";
    if (!yearly) return `a reservation runs P1Y or P3Y, not ${quoted(termCell)}`;
    return { kind, term, plan: "one_time" };
  }
  const plan = planCell === "" && term === null ? "one_time" : plans.get(plainPlan(planCell));
  if (plan === undefined) {
    return planCell === ""
      ? `the term ${term} has no billing plan`
      : `billing plan ${quoted(planCell)} is not OneTime, Monthly, Annual or None`;
  }
  if (term === null && plan !== "one_time") {
    return `billing plan ${quoted(planCell)} needs a term, and the row has none`;
  }
  return saleFault(kind, term, plan, unitPrice) ?? { kind, term, plan };
}

function plainPlan(text: string): string {
  return text.replace("_", "").toLowerCase();
}

function saleFault(
  kind: ProductKind,
  term: Term | null,
  plan: BillingPlan,
  unitPrice: string,
): string | null {
  if (term === null && kind !== "perpetual_software") return "a subscription needs a term";
  if (term !== null && kind === "perpetual_software") {
    return `a perpetual licence has no term, this one has "${term}"`;
  }
  if (term === "P1M" && plan === "annual") return "a term of one month cannot be billed annually";
  if (plan === "none" && (term !== "P1M" || unitPrice !== "0")) {
    return `only a free month has no billing plan, not ${unitPrice} for ${term}`;
  }
  return null;
}

/** Tags decide; without them, the layout. */
function kindOf(layout: SheetLayout, tags: string, term: Term | null): ProductKind {
  const words = tags.toLowerCase();
  if (layout === "reservations" || words.includes("reservation")) return "reservation";
  if (words.includes("perpetual")) return "perpetual_software";
  if (words.includes("software subscription")) return "term_software";
  if (layout === "license" || words.includes("license")) return "online_service";
  return term === null ? "perpetual_software" : "term_software";
}

function reservationTypeOf({ productTitle, skuTitle }: Titles): ReservationType {
  if (/^Reserved VM Instance\b/i.test(skuTitle)) return "virtualmachines";
  if (/\bCosmos ?DB\b/i.test(productTitle)) return "cosmosdb";
  return /\bSQL (Database|Managed Instance)\b/i.test(productTitle) ? "sqldatabases" : "other";
}

/** The sheet has no columns for them: titles read "name, ARM SKU, region, term". */
function attributesOf(skuTitle: string, term: Term | null): Readonly<Record<string, string>> {
  const duration = term === "P3Y" ? "3Years" : "1Year";
  const [, armSkuName, region, , ...more] = skuTitle.split(", ");
  const known = armSkuName !== undefined && region !== undefined && more.length === 0;
  const isTerm = /, (1 Year|3 Years)$/.test(skuTitle);
  return known && isTerm ? { armSkuName, region, duration } : { duration };
}
