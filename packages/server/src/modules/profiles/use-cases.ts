import type { BodyOf, Operations } from "@kontor/contract";
import { refuse } from "../../foundation/errors.ts";
import { fidelityOf } from "../../foundation/fidelity.ts";
import { requireEtag } from "../../foundation/http/etag.ts";
import type { Context } from "../../foundation/partner.ts";
import { loadHolder } from "../customers/index.ts";
import {
  billingView,
  type Contents,
  derivedProfile,
  isVetted,
  type Kind,
  legalBusinessView,
  mpnView,
  organizationView,
  type Profile,
  plannedBilling,
  plannedLegalBusiness,
  plannedOrganization,
  profileEtag,
  supportView,
} from "./profile.ts";
import { loadContentsAt, loadProfile, lockProfile, saveProfile } from "./store.ts";

async function profileOf<K extends Kind>({ db, partner }: Context, kind: K): Promise<Profile<K>> {
  return (await loadProfile(db, partner.partnerId, kind)) ?? derivedProfile(kind, partner);
}

/** The profile to change: other writers of it wait. */
function ownProfile<K extends Kind>({ db, partner }: Context, kind: K): Promise<Profile<K>> {
  return lockProfile(db, partner.partnerId, kind, derivedProfile(kind, partner));
}

/** Replaces a profile by its next version. */
async function replace<K extends Kind>(
  { db, partner, now }: Context,
  kind: K,
  before: Profile<K>,
  change: { content: Contents[K]; vettedContent: Contents[K] | null },
): Promise<Profile<K>> {
  const next = { ...change, version: before.version + 1, changedAt: now };
  await saveProfile(db, partner.partnerId, kind, next);
  return next;
}

/** Whom a document of an instant names: the billing and the legal profile as they were then. */
export async function partiesAt(
  { db, partner }: Pick<Context, "db" | "partner">,
  at: Date,
): Promise<{ billing: Contents["billing"]; legal: Contents["legalbusiness"] }> {
  const changed = await loadContentsAt(db, partner.partnerId, at);
  return {
    billing: changed.billing ?? derivedProfile("billing", partner).content,
    legal: changed.legalbusiness ?? derivedProfile("legalbusiness", partner).content,
  };
}

export async function getOrganization(context: Context) {
  return organizationView(context.partner, await profileOf(context, "organization"));
}

/** @throws Refusal ETAG_STALE, INVALID_PROPERTY */
export async function updateOrganization(
  context: Context,
  given: BodyOf<Operations["updateOrganizationProfile"]>,
) {
  const before = await ownProfile(context, "organization");
  requireVersion(context, "organization", before, given.attributes?.etag);
  const content = plannedOrganization(given);
  const change = { content, vettedContent: null };
  return organizationView(context.partner, await replace(context, "organization", before, change));
}

export async function getLegalBusiness(
  context: Context,
  version: "None" | "Current" | "LastFinalized" = "Current",
) {
  const profile = await profileOf(context, "legalbusiness");
  return legalBusinessView(profile, version, vetted(context, profile));
}

/** The change is then vetted; until that is over the version before is the last final one. */
export async function updateLegalBusiness(
  context: Context,
  given: BodyOf<Operations["updateLegalBusinessProfile"]>,
) {
  const before = await ownProfile(context, "legalbusiness");
  const content = plannedLegalBusiness(given);
  const vettedContent = vetted(context, before) ? before.content : before.vettedContent;
  const next = await replace(context, "legalbusiness", before, { content, vettedContent });
  return legalBusinessView(next, "Current", vetted(context, next));
}

function vetted({ now, installation }: Context, profile: Profile<"legalbusiness">): boolean {
  return isVetted(profile, now, fidelityOf[installation.profile].vettingMs);
}

/**
 * The network profile of the partner, or of the indirect reseller with the MPN id.
 *
 * @throws Refusal MPN_PROFILE_NOT_FOUND
 */
export async function getMpn({ db, partner }: Context, wanted: string | undefined) {
  const mpnId = wanted?.trim() ?? partner.mpnId;
  if (mpnId === partner.mpnId) return mpnView(partner);
  const reseller = await loadHolder(db, partner.partnerId, { mpnId });
  return mpnView(reseller ?? refuse("MPN_PROFILE_NOT_FOUND", `mpnId ${mpnId}`));
}

export async function getSupport(context: Context) {
  return supportView(await profileOf(context, "support"));
}

export async function updateSupport(
  context: Context,
  given: BodyOf<Operations["updateSupportProfile"]>,
) {
  const before = await ownProfile(context, "support");
  const change = { content: given, vettedContent: null };
  return supportView(await replace(context, "support", before, change));
}

export async function getBilling(context: Context) {
  return billingView(context.partner, await profileOf(context, "billing"));
}

/** @throws Refusal ETAG_STALE, INVALID_PROPERTY */
export async function updateBilling(
  context: Context,
  given: BodyOf<Operations["updateBillingProfile"]>,
) {
  const before = await ownProfile(context, "billing");
  requireVersion(context, "billing", before, given.attributes?.etag);
  const change = { content: plannedBilling(given, context.partner), vettedContent: null };
  return billingView(context.partner, await replace(context, "billing", before, change));
}

function requireVersion<K extends Kind>(
  { header, partner }: Context,
  kind: K,
  { version }: Profile<K>,
  inBody: string | undefined,
): void {
  requireEtag({ header: header("if-match"), body: inBody }, profileEtag(partner, kind, version));
}
