/** Which part of the catalog a request asks for: target view, segment, reservation scope. */
import { refuse } from "../../foundation/errors.ts";
import type { ProductKind, ReservationScope, ReservationType, Segment } from "./offer.ts";
import type { Seller } from "./sellable.ts";

/** The products of a target view. */
export interface TargetView {
  /** In the documented spelling, for links. */
  name: string;
  kinds: readonly ProductKind[];
  /** Only reservations of this type. */
  reservationType?: ReservationType;
  onlySuse?: true;
}

const views: readonly TargetView[] = [
  { name: "Azure", kinds: ["reservation", "azure_plan"] },
  { name: "AzureReservations", kinds: ["reservation"] },
  { name: "AzureReservationsVM", kinds: ["reservation"], reservationType: "virtualmachines" },
  { name: "AzureReservationsSQL", kinds: ["reservation"], reservationType: "sqldatabases" },
  { name: "AzureReservationsCosmosDb", kinds: ["reservation"], reservationType: "cosmosdb" },
  { name: "MicrosoftAzure", kinds: ["azure_plan"] },
  { name: "OnlineServices", kinds: ["online_service"] },
  { name: "Software", kinds: ["perpetual_software", "term_software"] },
  { name: "SoftwareSUSELinux", kinds: ["perpetual_software", "term_software"], onlySuse: true },
  { name: "SoftwarePerpetual", kinds: ["perpetual_software"] },
  { name: "SoftwareSubscriptions", kinds: ["term_software"] },
];
const viewsByName = new Map(views.map((view) => [view.name.toLowerCase(), view]));

/**
 * Refuses a view that is not documented, and one of goods that only qualified partners sell:
 * VIEW_NOT_ALLOWED.
 */
export function readTargetView(given: string, seller: Seller): TargetView {
  const view = viewsByName.get(given.trim().toLowerCase());
  if (!view) return refuse("VIEW_NOT_ALLOWED", `"${given}" is none of the target views`);
  const [kind, ...others] = view.kinds;
  if (kind === "perpetual_software" && others.length === 0 && !seller.perpetualSoftware) {
    refuse("VIEW_NOT_ALLOWED", "the partner is not qualified to sell perpetual software");
  }
  return view;
}

/** Commercial first: clients take the first item, which must be the ordinary one. */
export const allSegments: readonly Segment[] = [
  "commercial",
  "education",
  "government",
  "nonprofit",
];

/**
 * The segments to list, of those that are open to the buyer; nonprofit offers must be asked for.
 * Refuses a segment that is not documented or not open: SEGMENT_NOT_ALLOWED.
 */
export function readSegments(
  given: string | undefined,
  open: readonly Segment[],
): readonly Segment[] {
  if (given === undefined) return open.filter((segment) => segment !== "nonprofit");
  const segment = allSegments.find((name) => name === given.trim().toLowerCase());
  if (!segment) return refuse("SEGMENT_NOT_ALLOWED", `"${given}" is none of the segments`);
  if (open.includes(segment)) return [segment];
  return refuse("SEGMENT_NOT_ALLOWED", `the customer does not qualify for ${segment}`);
}

/**
 * The kind of Azure subscription that reservations must be usable with: named, an Azure plan;
 * not named, a legacy subscription. Refuses any other value: INVALID_INPUT.
 */
export function readScope(given: string | undefined): ReservationScope {
  if (given === undefined) return "Azure";
  if (given.trim().toLowerCase() === "azureplan") return "AzurePlan";
  return refuse("INVALID_INPUT", `reservationScope must be AzurePlan, not "${given}"`);
}
