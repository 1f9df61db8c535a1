import {
  type OfferProduct,
  type PricedOffer,
  quantityLimits,
  type ReservationType,
  type Term,
} from "../offer.ts";
import { readMarket, readTerm } from "./fields.ts";
import { retailColumns, type Sheet } from "./layouts.ts";
import { type CommonValues, isSuse, type RowReader, readCommon } from "./offer-row.ts";
import { quoted } from "./sheet-error.ts";

const publisher = "Microsoft";

/**
 * Reads rows of the public retail prices, of which reservations are sold here. They name no
 * market, and no partner price: the retail price stands for both.
 *
 * @param market where the prices are to hold; without it, prices in USD hold in the US
 */
export function retailRowReader(sheet: Sheet, market: string | null): RowReader {
  const column = columnsOf(sheet);

  return (fields) => {
    const type = column.type(fields);
    if (type !== "Reservation") return faultOfType(type);
    const term = readTerm(column.term(fields));
    if (term === null || term === "P1M") {
      return `reservation term ${quoted(column.term(fields))} is not 1 Year or 3 Years`;
    }
    const tier = column.tier(fields);
    if (tier !== "" && Number(tier) !== 0) {
      return `the price is for quantities from ${quoted(tier)} only`;
    }
    const productId = column.productId(fields);
    const [ofProduct, skuId = ""] = column.skuId(fields).split("/");
    if (ofProduct !== productId) {
      return `skuId ${quoted(column.skuId(fields))} is not of product ${quoted(productId)}`;
    }
    const item: Item = {
      productName: column.productName(fields),
      serviceName: column.serviceName(fields),
      attributes: {
        armRegionName: column.armRegionName(fields),
        armSkuName: column.armSkuName(fields),
        region: column.location(fields),
        duration: term === "P3Y" ? "3Years" : "1Year",
        skuDisplayName: column.skuName(fields),
      },
    };
    const skuTitle = titleOf(item, term);
    const price = column.price(fields);
    const values = readCommon({
      productId,
      skuId,
      productTitle: item.productName,
      skuTitle,
      skuDescription: "",
      currency: column.currency(fields),
      price,
      erpPrice: price,
      from: column.from(fields),
      to: column.to(fields),
    });
    if (typeof values === "string") return values;
    const soldIn = market ?? (values.currency === "USD" ? "US" : null);
    if (soldIn === null) {
      return `prices in ${values.currency} name no market: say which they are for`;
    }
    return offerOf(values, item, skuTitle, term, soldIn);
  };
}

function columnsOf(sheet: Sheet) {
  const cell = (name: (typeof retailColumns)[number]) => {
    const place = sheet.column(name);
    return place === undefined ? () => "" : (fields: readonly string[]) => fields[place] ?? "";
  };
  return {
    type: cell("type"),
    currency: cell("currencyCode"),
    tier: cell("tierMinimumUnits"),
    term: cell("reservationTerm"),
    price: cell("retailPrice"),
    armRegionName: cell("armRegionName"),
    location: cell("location"),
    from: cell("effectiveStartDate"),
    to: cell("effectiveEndDate"),
    productId: cell("productId"),
    skuId: cell("skuId"),
    productName: cell("productName"),
    skuName: cell("skuName"),
    serviceName: cell("serviceName"),
    armSkuName: cell("armSkuName"),
  };
}

interface Item {
  productName: string;
  serviceName: string;
  attributes: Readonly<Record<"armSkuName" | "region", string>> & Readonly<Record<string, string>>;
}

function offerOf(
  values: CommonValues,
  item: Item,
  skuTitle: string,
  term: Term,
  market: string,
): PricedOffer {
  return {
    product: productOf(values.productId, item),
    sku: {
      id: values.skuId,
      title: skuTitle,
      description: "",
      isTrial: false,
      minimumQuantity: quantityLimits.minimum,
      maximumQuantity: quantityLimits.maximum,
      dynamicAttributes: item.attributes,
    },
    market,
    currency: values.currency,
    segment: "commercial",
    termDuration: term,
    billingPlan: "one_time",
    reservationScope: null,
    unitPrice: values.unitPrice,
    erpPrice: values.erpPrice,
    effectiveFrom: values.effectiveFrom,
    effectiveTo: values.effectiveTo,
  };
}

function faultOfType(type: string): string {
  return type.endsWith("Consumption")
    ? `type ${quoted(type)} is metered usage, which is not sold here`
    : `type ${quoted(type)} is no reservation, and only reservations are sold from retail prices`;
}

function productOf(id: string, { productName, serviceName }: Item): OfferProduct {
  const suse = isSuse(productName);
  return {
    id,
    title: productName,
    description: "",
    kind: suse ? "term_software" : "reservation",
    reservationType: suse ? null : (reservationTypes.get(serviceName) ?? "other"),
    publisherName: publisher,
    isSuse: suse,
  };
}

const reservationTypes: ReadonlyMap<string, ReservationType> = new Map([
  ["Virtual Machines", "virtualmachines"],
  ["SQL Database", "sqldatabases"],
  ["SQL Managed Instance", "sqldatabases"],
  ["Azure Cosmos DB", "cosmosdb"],
]);

/** In the manner of the reservations sheet: "name, ARM SKU, region, term". */
function titleOf({ productName, serviceName, attributes }: Item, term: Term): string {
  const name = serviceName === "Virtual Machines" ? "Reserved VM Instance" : productName;
  const words = term === "P3Y" ? "3 Years" : "1 Year";
  return `${name}, ${attributes.armSkuName}, ${attributes.region}, ${words}`;
}

/** The caller's market in upper case, or null for none; throws RangeError if it is no country. */
export function checkMarket(market: string | undefined): string | null {
  if (market === undefined) return null;
  const known = readMarket(market);
  if (known === null) throw new RangeError(`${quoted(market)} is no ISO 3166 country code.`);
  return known;
}

/**
 * The cells of a JSON item in the order of `retailColumns`; null if the value is no object.
 * Numbers are given as they are written: a double has no more than 15 digits.
 */
export function retailCells(value: unknown): string[] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const item = value as Readonly<Record<string, unknown>>;
  return retailColumns.map((name) => {
    const cell = item[name];
    return typeof cell === "string" ? cell : "";
  });
}
