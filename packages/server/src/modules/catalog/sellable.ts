/** What a partner may sell where: its onboarding, its qualification, and what a market lacks. */
import { markets } from "@kontor/contract";
import type { Partner } from "../../foundation/partner.ts";
import type { ProductKind } from "./offer.ts";

export type Seller = Pick<Partner, "sellsIn" | "perpetualSoftware">;

const everywhere: readonly ProductKind[] = ["perpetual_software", "online_service", "azure_plan"];
const inMostMarkets: readonly ProductKind[] = ["reservation", "term_software"];

/** True for a market that the partner is onboarded in. `country` in upper case. */
export function isOnboarded(seller: Seller, country: string): boolean {
  return markets.has(country) && (seller.sellsIn === null || seller.sellsIn.includes(country));
}

/** The kinds of goods that the partner may sell in the country, whatever the catalog holds. */
export function sellableKinds(seller: Seller, country: string): readonly ProductKind[] {
  if (!isOnboarded(seller, country)) return [];
  const market = markets.get(country);
  return [
    ...everywhere.filter((kind) => kind !== "perpetual_software" || seller.perpetualSoftware),
    ...(market?.sellsSoftwareSubscriptionsAndReservations ? inMostMarkets : []),
  ];
}

/** Why an offer is not the partner's to sell: the country, or its own qualification. */
export function saleObstacle(
  seller: Seller,
  offer: { market: string; kind: ProductKind },
): "country" | "qualification" | undefined {
  if (sellableKinds(seller, offer.market).includes(offer.kind)) return undefined;
  const qualified = { ...seller, perpetualSoftware: true };
  const soldThere = sellableKinds(qualified, offer.market).includes(offer.kind);
  return soldThere ? "qualification" : "country";
}
