/** Discovery: what is sold in a country, and what a customer may buy. */

import { refuse } from "../../../foundation/errors.ts";
import { fidelityOf } from "../../../foundation/fidelity.ts";
import { collectionOf, uriWith } from "../../../foundation/http/links.ts";
import type { Context } from "../../../foundation/partner.ts";
import { approvedSegments, requireCustomer } from "../../customers/index.ts";
import { loadDownloads } from "../downloads/store.ts";
import type { ReservationScope, Segment } from "../offer.ts";
import { allSegments, readScope, readSegments, readTargetView } from "../selection.ts";
import { isOnboarded, sellableKinds } from "../sellable.ts";
import {
  loadAvailabilities,
  loadPresence,
  loadProduct,
  loadProducts,
  loadSkus,
  type Sale,
} from "../store.ts";
import { availabilityView, downloadOptionView, productView, skuView } from "../views.ts";

/** The country that a request is about, and how its own uri begins. */
export interface Place {
  /** Upper case. */
  country: string;
  /** `/customers/{id}` for a request by customer. */
  prefix: string;
  /** What the uri of a request by country repeats. */
  query: { country?: string };
  /** Those that are open to the buyer; all of them where the buyer is not known. */
  segments: readonly Segment[];
}

/** The queries of a list, as sent. */
interface Selection {
  targetSegment?: string | undefined;
  reservationScope?: string | undefined;
}

interface SkuIds {
  productId: string;
  skuId: string;
}

/** Refuses what is no market, or none of the partner's: COUNTRY_NOT_ALLOWED. */
export function inCountry(context: Context, query: { country: string }): Place {
  const country = query.country.toUpperCase();
  if (!isOnboarded(context.partner, country)) {
    refuse("COUNTRY_NOT_ALLOWED", `${country} is no market that the partner sells in`);
  }
  return { country, prefix: "", query: { country }, segments: allSegments };
}

/** Refuses an unknown or foreign customer: NO_RELATIONSHIP. */
export async function ofCustomer(context: Context, params: { customerId: string }): Promise<Place> {
  const { db, partner, now, installation } = context;
  const { customerId, country } = await requireCustomer(context, params.customerId);
  const { vettingMs } = fidelityOf[installation.profile];
  const open = await approvedSegments(db, partner.partnerId, customerId, now, vettingMs);
  return {
    country,
    prefix: `/customers/${customerId}`,
    query: {},
    segments: allSegments.filter((segment) => open.has(segment)),
  };
}

export async function listProducts(
  context: Context,
  place: Place,
  selection: Selection & { targetView: string },
) {
  const view = readTargetView(selection.targetView, context.partner);
  const segments = readSegments(selection.targetSegment, place.segments);
  const scope = readScope(selection.reservationScope);
  const products = await loadProducts(context.db, saleAt(context, place, scope), view, segments);
  const links = { country: place.country, scope };
  return collectionOf(
    products.map((product) => productView(product, links)),
    selfUri(place, "/products", { ...selection, targetView: view.name }),
  );
}

export async function getProduct(
  context: Context,
  place: Place,
  ids: { productId: string },
  selection: Selection,
) {
  const scope = readScope(selection.reservationScope);
  const product = await loadProduct(context.db, saleAt(context, place, scope), ids.productId);
  if (!product) return productMissing(ids.productId, place);
  return productView(product, { country: place.country, scope });
}

/** An empty list where the product is sold, but not in the segment asked for. */
export async function listSkus(
  context: Context,
  place: Place,
  ids: { productId: string },
  selection: Selection,
) {
  const segments = readSegments(selection.targetSegment, place.segments);
  const scope = readScope(selection.reservationScope);
  const found = await loadSkus(context.db, saleAt(context, place, scope), ids.productId, null);
  const [first] = found;
  if (!first) return productMissing(ids.productId, place);
  const links = { country: place.country, scope };
  return collectionOf(
    found
      .filter((entry) => entry.segments.some((segment) => segments.includes(segment)))
      .map(({ product, sku, plans }) => skuView(product, sku, plans, links)),
    selfUri(place, `/products/${first.product.productId}/skus`, selection),
  );
}

export async function getSku(context: Context, place: Place, ids: SkuIds, selection: Selection) {
  const scope = readScope(selection.reservationScope);
  const sale = saleAt(context, place, scope);
  const [found] = await loadSkus(context.db, sale, ids.productId, ids.skuId);
  if (!found) return skuMissing(context, place, sale, ids);
  const { product, sku, plans } = found;
  return skuView(product, sku, plans, { country: place.country, scope });
}

/** An empty list where the SKU is sold, but not in the segment asked for. */
export async function listAvailabilities(
  context: Context,
  place: Place,
  ids: SkuIds,
  selection: Selection,
) {
  const segments = readSegments(selection.targetSegment, place.segments);
  const scope = readScope(selection.reservationScope);
  const sale = saleAt(context, place, scope);
  const found = await loadAvailabilities(context.db, sale, { ...ids, availabilityId: null });
  const [first] = found;
  if (!first) return skuMissing(context, place, sale, ids);
  const links = { country: place.country, scope };
  const path = `/products/${first.product.productId}/skus/${first.sku.skuId}/availabilities`;
  return collectionOf(
    found
      .filter(({ availability }) => segments.includes(availability.segment))
      .map((row) => availabilityView(row.product, row.sku, row.availability, links)),
    selfUri(place, path, selection),
  );
}

/** The id alone finds an availability of any segment and scope. */
export async function getAvailability(
  context: Context,
  place: Place,
  ids: SkuIds & { availabilityId: string },
) {
  const sale = saleAt(context, place, null);
  const [found] = await loadAvailabilities(context.db, sale, ids);
  if (!found) {
    const presence = await loadPresence(context.db, sale, ids.productId, ids.skuId);
    if (!presence.sku) return absent(presence, place, ids);
    const id = `${ids.productId}:${ids.skuId}:${ids.availabilityId}`;
    return refuse("AVAILABILITY_NOT_FOUND", `${id} is not sold in ${place.country} at present`);
  }
  const { product, sku, availability } = found;
  // The links inside lead to where this availability is among the items.
  const scope = availability.reservationScope ?? "Azure";
  return availabilityView(product, sku, availability, { country: place.country, scope });
}

/** Nothing to download is an empty list. */
export async function listDownloadOptions(context: Context, place: Place, ids: SkuIds) {
  const options = await downloadsOf(context, place, ids);
  const { productId, skuId } = options[0] ?? ids;
  return collectionOf(
    options.map((option) => downloadOptionView(option, place.country, context.locale)),
    selfUri(place, `/products/${productId}/skus/${skuId}/downloadoptions`, {}),
  );
}

/** The downloads of a SKU; refuses a SKU that is not sold in the country. */
export async function downloadsOf(context: Context, place: Place, ids: SkuIds) {
  const sale = saleAt(context, place, null);
  const options = await loadDownloads(context.db, sale, ids.productId, ids.skuId);
  if (options.length > 0) return options;
  const presence = await loadPresence(context.db, sale, ids.productId, ids.skuId);
  return presence.sku ? [] : absent(presence, place, ids);
}

export function saleAt(context: Context, place: Place, scope: ReservationScope | null): Sale {
  const { country, segments } = place;
  const kinds = sellableKinds(context.partner, country);
  return { country, at: context.now, scope, kinds, segments, locale: context.locale };
}

/** The uri of a list with the query that made it, in the contract's spelling. */
function selfUri(
  place: Place,
  path: string,
  selection: Selection & { targetView?: string },
): string {
  const { targetView, targetSegment, reservationScope } = selection;
  return uriWith(`${place.prefix}${path}`, {
    ...place.query,
    targetView,
    targetSegment: targetSegment?.trim().toLowerCase(),
    reservationScope: reservationScope === undefined ? undefined : "AzurePlan",
  });
}

function productMissing(productId: string, place: Place): never {
  return refuse("PRODUCT_NOT_FOUND", `${productId} is not sold in ${place.country} at present`);
}

async function skuMissing(context: Context, place: Place, sale: Sale, ids: SkuIds): Promise<never> {
  return absent(await loadPresence(context.db, sale, ids.productId, ids.skuId), place, ids);
}

/** The product's absence comes first. */
function absent(presence: { product: boolean }, place: Place, ids: SkuIds): never {
  if (!presence.product) return productMissing(ids.productId, place);
  const sku = `${ids.productId}/${ids.skuId}`;
  return refuse("SKU_NOT_FOUND", `${sku} is not sold in ${place.country} at present`);
}
