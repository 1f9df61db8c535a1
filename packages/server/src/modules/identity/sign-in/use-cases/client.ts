/** The app that asks for tokens: which one it is, and how it proves it. */
import { isGuid } from "@kontor/contract";
import type { Db } from "../../../../foundation/database/sql.ts";
import { matchesSecret } from "../../secrets.ts";
import {
  type App,
  appById,
  type Tenant,
  tenantByClient,
  tenantByDomain,
  tenantById,
} from "../../store.ts";
import { verifyAssertion } from "../assertion.ts";
import type { ClientCredentials } from "../form.ts";
import { refuseSignIn } from "../sign-in-error.ts";

export interface Client extends Tenant, App {
  clientId: string;
}

/** A client at the token endpoint. */
export interface AskingClient extends Client {
  /** It sent its secret or an assertion, and it was right. */
  proved: boolean;
}

/** The partner that a path names; the common endpoints know it by the client. */
export async function findTenant(
  db: Db,
  tenant: string,
  clientId = "",
): Promise<Tenant | undefined> {
  const name = tenant.trim().toLowerCase();
  if (isGuid(name)) return tenantById(db, name);
  if (isCommon(name)) return isGuid(clientId) ? tenantByClient(db, clientId) : undefined;
  return /^[a-z0-9.-]{1,253}$/.test(name) ? tenantByDomain(db, name) : undefined;
}

export function isCommon(tenant: string): boolean {
  return ["common", "organizations"].includes(tenant.trim().toLowerCase());
}

/** The app that a request names, proved or not; throws SignInError where there is none. */
export async function findClient(db: Db, tenantName: string, clientId: string): Promise<Client> {
  const tenant = await findTenant(db, tenantName, clientId);
  if (!tenant && !isCommon(tenantName)) {
    return refuseSignIn("tenantUnknown", `The tenant '${tenantName.slice(0, 200)}' was not found`);
  }
  const app =
    tenant && isGuid(clientId) ? await appById(db, tenant.partnerId, clientId) : undefined;
  if (!tenant || !app) {
    return refuseSignIn("clientUnknown", `The tenant has no app '${clientId.slice(0, 200)}'`);
  }
  return { ...tenant, ...app, clientId };
}

/**
 * The app that asks. A secret or an assertion that is sent must be right; whether one must be sent
 * is for the grant to say: some grants are for public clients as well, which have none.
 */
export async function requireClient(
  db: Db,
  tenantName: string,
  { clientId, secret, assertion }: ClientCredentials,
  at: { host: string; now: Date },
): Promise<AskingClient> {
  const client = await findClient(db, tenantName, clientId);
  if (assertion !== undefined) {
    await verifyAssertion(assertion, client, at);
    return { ...client, proved: true };
  }
  if (secret !== undefined && !(await matchesSecret(secret, client.secretHash))) {
    refuseSignIn("secretWrong", `The client secret of app '${clientId}' is wrong`);
  }
  return { ...client, proved: secret !== undefined };
}
