import { limits } from "../../../foundation/limits.ts";
import type { PricedOffer } from "../offer.ts";
import {
  isPlainText,
  readCurrency,
  readEnd,
  readPrice,
  readProductId,
  readSkuId,
  readStart,
} from "./fields.ts";
import { quoted } from "./sheet-error.ts";

/** The cells that every layout has, as they stand in the file. */
export interface CommonCells {
  productId: string;
  skuId: string;
  productTitle: string;
  skuTitle: string;
  skuDescription: string;
  currency: string;
  price: string;
  /** `""` where the layout has none. */
  erpPrice: string;
  from: string;
  to: string;
}

export interface CommonValues {
  productId: string;
  skuId: string;
  currency: string;
  unitPrice: string;
  erpPrice: string | null;
  effectiveFrom: string;
  effectiveTo: string | null;
}

/** The values of those cells, or the reason why the row cannot be used. */
export function readCommon(cells: CommonCells): CommonValues | string {
  const productId = readProductId(cells.productId);
  if (productId === null) {
    return `product id ${quoted(cells.productId)} is not 12 letters and digits`;
  }
  const skuId = readSkuId(cells.skuId);
  if (skuId === null) return `SKU id ${quoted(cells.skuId)} is not 1 to 4 letters and digits`;
  const textFault = faultOfTexts(cells);
  if (textFault !== null) return textFault;
  const currency = readCurrency(cells.currency);
  if (currency === null) return `currency ${quoted(cells.currency)} is no ISO 4217 currency`;
  const unitPrice = readPrice(cells.price);
  if (unitPrice === null) return faultOfPrice("price", cells.price);
  const erpPrice = cells.erpPrice === "" ? null : readPrice(cells.erpPrice);
  if (erpPrice === null && cells.erpPrice !== "") return faultOfPrice("ERP price", cells.erpPrice);
  const effectiveFrom = readStart(cells.from);
  if (effectiveFrom === null) return faultOfDate("start date", cells.from);
  const end = readEnd(cells.to);
  if (end === null) return faultOfDate("end date", cells.to);
  if (end.at !== null && end.at <= effectiveFrom) {
    return `the price ends (${end.at}) before it starts (${effectiveFrom})`;
  }
  return { productId, skuId, currency, unitPrice, erpPrice, effectiveFrom, effectiveTo: end.at };
}

function faultOfTexts(cells: CommonCells): string | null {
  return (
    faultOfText("product title", cells.productTitle, limits.titleLength, true) ??
    faultOfText("SKU title", cells.skuTitle, limits.titleLength, true) ??
    faultOfText("SKU description", cells.skuDescription, limits.descriptionLength, false)
  );
}

function faultOfText(name: string, text: string, longest: number, needed: boolean): string | null {
  if (needed && text === "") return `the ${name} is empty`;
  if (text.length > longest) {
    return `the ${name} ${quoted(text)} is longer than ${longest} characters`;
  }
  if (isPlainText(text)) return null;
  return `the ${name} ${quoted(text)} has characters that are not text: is the file UTF-8?`;
}

function faultOfPrice(name: string, text: string): string {
  if (text === "") return `the row has no ${name}`;
  if (/^-[\d.]/.test(text)) return `${name} ${quoted(text)} is negative`;
  return `${name} ${quoted(text)} is not a plain decimal number`;
}

function faultOfDate(name: string, text: string): string {
  return text === "" ? `the row has no ${name}` : `${name} ${quoted(text)} is not an ISO 8601 date`;
}

/** SUSE Linux plans are software, whatever sheet they stand in. */
export function isSuse(title: string): boolean {
  return /\bSUSE\b/i.test(title);
}

/** A record of the file as an offer, or the reason why it is none: a sentence without its stop. */
export type RowReader = (fields: readonly string[]) => PricedOffer | string;
