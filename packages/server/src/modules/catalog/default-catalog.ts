import Big from "big.js";
import {
  type ArmRegion,
  closedRegions,
  currencies,
  downloads,
  languages,
  markets,
  onlineServices,
  perpetualSoftware,
  type ReservationRow,
  regions,
  reservations,
  type SoftwareRow,
  segmentShare,
  termSoftware,
} from "./default-catalog-data.ts";
import { defaultTranslations, type Translation } from "./default-translations.ts";
import {
  noAttributes,
  type OfferProduct,
  type OfferSku,
  type PricedOffer,
  type ProductKind,
  quantityLimits,
  type ReservationScope,
  type Segment,
  type Term,
} from "./offer.ts";

/** What the inventory check answers for a SKU. */
export interface InventoryRestriction {
  productId: string;
  skuId: string;
  reasonCode: string;
  description: string;
  /** The two members of the wire's `properties`. */
  type: string;
  values: string;
}

/** One downloadable file of a SKU, without its link. */
export interface DownloadOption {
  productId: string;
  skuId: string;
  /** Base64url, unique in the SKU: clients put it into a path without escaping it. */
  optionKey: string;
  optionTitle: string;
  displayRank: number;
  cpuAndFileType: string;
  languageCode: string;
  languageName: string;
  /** Bytes. */
  fileSize: number;
}

export interface DefaultCatalog {
  offers: readonly PricedOffer[];
  restrictions: readonly InventoryRestriction[];
  downloads: readonly DownloadOption[];
  translations: readonly Translation[];
}

const publisher = "Microsoft";
/** Early enough for every clock a sandbox is set to. */
const effectiveFrom = "2018-01-01T00:00:00.000Z";
/** What a partner pays of the price its customer is expected to pay. */
const partnerShare = "0.88";
/** Three years cost this many times one year. */
const threeYearFactor = "1.8727";
const scopes: readonly ReservationScope[] = ["Azure", "AzurePlan"];

/**
 * The catalog of a new sandbox: reservations, software and two online services with invented
 * prices, and the Azure plan. The same on every call: same ids, same prices, same order.
 */
export function defaultCatalog(): DefaultCatalog {
  const offers = [
    ...reservations.flatMap(reservationOffers),
    ...perpetualSoftware.flatMap((row) => softwareOffers(row, "perpetual_software")),
    ...termSoftware.flatMap((row) => softwareOffers(row, "term_software")),
    ...onlineServices.flatMap((row) => softwareOffers(row, "online_service")),
    ...azurePlanOffers(),
  ];
  return {
    offers,
    restrictions: closedRegions.flatMap(([product, region]) => restrictionsOf(product, region)),
    downloads: downloadOptions(),
    translations: defaultTranslations(offers),
  };
}

function reservationOffers(row: ReservationRow): PricedOffer[] {
  const product: OfferProduct = {
    id: row.product,
    title: row.title,
    description: row.description,
    kind: "reservation",
    reservationType: row.type,
    publisherName: publisher,
    isSuse: false,
  };
  return reservationSkus(row).flatMap(({ sku, term, usd, decimals }) =>
    scopes.flatMap((reservationScope) =>
      pricesIn("commercial", usd, decimals).map((price) => ({
        product,
        sku,
        ...price,
        termDuration: term,
        billingPlan: "one_time" as const,
        reservationScope,
        effectiveFrom,
        effectiveTo: null,
      })),
    ),
  );
}

interface ReservationSku {
  sku: OfferSku;
  region: ArmRegion;
  term: Term;
  usd: Big;
  decimals: number;
}

/** A SKU for each size, region and term; its id is made of their three numbers. */
function reservationSkus(row: ReservationRow): ReservationSku[] {
  return row.sizes.flatMap((size) =>
    row.regions.flatMap((region) =>
      row.terms.map((term) => {
        const place = regions[region];
        const years = term === "P3Y" ? 3 : 1;
        const words = years === 3 ? "3 Years" : "1 Year";
        const name = row.type === "virtualmachines" ? "Reserved VM Instance" : row.title;
        return {
          region,
          term,
          decimals: decimalsOf(size.usd),
          usd: new Big(size.usd).times(place.factor).times(years === 3 ? threeYearFactor : 1),
          sku: {
            id: skuId((size.number * 100 + place.number) * 10 + years),
            title: `${name}, ${size.arm}, ${place.name}, ${words}`,
            description: `${size.name} in ${place.name}, reserved for ${words.toLowerCase()}.`,
            isTrial: false,
            minimumQuantity: quantityLimits.minimum,
            maximumQuantity: quantityLimits.maximum,
            dynamicAttributes: {
              armRegionName: region,
              armSkuName: size.arm,
              region: place.name,
              duration: years === 3 ? "3Years" : "1Year",
              skuDisplayName: size.name,
              category: row.category,
              ...(size.cores === undefined ? {} : { cores: size.cores, vCpu: size.cores }),
              ...(size.ram === undefined ? {} : { ram: size.ram }),
            },
          },
        };
      }),
    ),
  );
}

function softwareOffers(row: SoftwareRow, kind: ProductKind): PricedOffer[] {
  const product: OfferProduct = {
    id: row.product,
    title: row.title,
    description: row.description,
    kind,
    reservationType: null,
    publisherName: row.publisher ?? publisher,
    isSuse: row.isSuse === true,
  };
  return row.skus.flatMap((entry) => {
    const sku: OfferSku = {
      id: skuId(entry.number),
      title: entry.title,
      description: row.description,
      isTrial: entry.isTrial === true,
      minimumQuantity: quantityLimits.minimum,
      maximumQuantity: quantityLimits.maximum,
      dynamicAttributes: noAttributes,
    };
    const sold = entry.segments ?? (["commercial", "education"] as const);
    return entry.prices.flatMap(([termDuration, billingPlan, usd]) =>
      sold.flatMap((segment) =>
        pricesIn(segment, new Big(usd), decimalsOf(usd)).map((price) => ({
          product,
          sku,
          ...price,
          termDuration,
          billingPlan,
          reservationScope: null,
          effectiveFrom,
          effectiveTo: null,
        })),
      ),
    );
  });
}

/** The plan is free and has no end: usage is invoiced elsewhere. Its ids are the vendor's own. */
function azurePlanOffers(): PricedOffer[] {
  const title = "Azure plan";
  const description = "Azure at usage prices. A customer has one, and it costs nothing by itself.";
  return pricesIn("commercial", new Big(0), 0).map((price) => ({
    product: {
      id: "DZH318Z0BPS6",
      title,
      description,
      kind: "azure_plan",
      reservationType: null,
      publisherName: publisher,
      isSuse: false,
    },
    sku: {
      id: skuId(1),
      title,
      description,
      isTrial: false,
      minimumQuantity: 1,
      maximumQuantity: 1,
      dynamicAttributes: noAttributes,
    },
    ...price,
    termDuration: null,
    billingPlan: "monthly",
    reservationScope: null,
    effectiveFrom,
    effectiveTo: null,
  }));
}

function decimalsOf(amount: string): number {
  return amount.split(".")[1]?.length ?? 0;
}

/**
 * A commercial price in USD as what a segment pays in each market. A price that is written with
 * more decimals than its currency has keeps as many (yen stay whole); digits beyond are cut, as
 * they are from amounts.
 */
function pricesIn(segment: Segment, usd: Big, decimals: number) {
  return markets.map(([market, currency]) => {
    const { digits, perUsd } = currencies[currency];
    const kept = digits === 0 ? 0 : Math.max(digits, decimals);
    const price = usd.times(segmentShare[segment]).times(perUsd);
    const cut = (value: Big, to: number) => new Big(value.toFixed(to, Big.roundDown)).toFixed();
    return {
      market,
      currency,
      segment,
      unitPrice: cut(price, kept),
      erpPrice: cut(price.div(partnerShare), digits),
    };
  });
}

function skuId(number: number): string {
  return number.toString(36).toUpperCase().padStart(4, "0");
}

function restrictionsOf(productId: string, region: ArmRegion): InventoryRestriction[] {
  const row = reservations.find(({ product }) => product === productId);
  return (row === undefined ? [] : reservationSkus(row))
    .filter((entry) => entry.region === region)
    .map(({ sku }) => ({
      productId,
      skuId: sku.id,
      reasonCode: "NotAvailableForSubscription",
      description: `Capacity in ${region} is not open to this subscription.`,
      type: "Location",
      values: region,
    }));
}

function downloadOptions(): DownloadOption[] {
  return downloads.flatMap(({ product, sku, title, files }) =>
    files.flatMap(([cpuAndFileType, bytes], file) =>
      languages.map(([languageCode, languageName, more], language) => ({
        productId: product,
        skuId: skuId(sku),
        optionKey: Buffer.from(`${cpuAndFileType} ${languageCode}`).toString("base64url"),
        optionTitle: title,
        displayRank: file * languages.length + language,
        cpuAndFileType,
        languageCode,
        languageName,
        fileSize: bytes + more,
      })),
    ),
  );
}
