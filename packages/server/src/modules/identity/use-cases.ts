import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import { type Switches, switchesOf } from "../../foundation/config.ts";
import type { Db } from "../../foundation/database/sql.ts";
import { refuse } from "../../foundation/errors.ts";
import type { Installation } from "../../foundation/partner.ts";
import {
  type NewPartner,
  type PartnerSignIn,
  type PartnerSpec,
  planPartner,
  signInOf,
  wellKnownPartner,
} from "./partner.ts";
import { hashSecret } from "./secrets.ts";
import {
  insertApp,
  insertInstallation,
  insertPartner,
  insertUser,
  readInstallation,
} from "./store.ts";

/**
 * What the database says about itself; the first start decides its mode, once. The mode asked for
 * later does not count: compare it with the answer's to warn of a difference.
 */
export async function loadInstallation(
  db: Db,
  asked: Pick<Installation, "mode"> & Partial<Switches>,
  at: Date,
): Promise<Installation> {
  const first = {
    mode: asked.mode,
    serverId: randomBytes(4).toString("hex").toUpperCase(),
    secret: randomBytes(32),
  };
  const known = await readInstallation(db);
  if (!known) await insertInstallation(db, first, at);
  const stored = known ?? (await readInstallation(db));
  assert(stored, "the installation was written just now");
  // Delays, throttles and quotas of the vendor's sandbox have no place in production.
  const fidelity = stored.mode === "live" ? { profile: "instant" as const } : {};
  return { ...switchesOf(asked), ...fidelity, ...stored };
}

/**
 * Makes a partner with an app and a user to sign in as; the answer is the only place where their
 * secrets stand.
 *
 * @throws Refusal INVALID_INPUT for values that cannot be, DOMAIN_TAKEN
 */
export async function createPartner(tx: Db, spec: PartnerSpec, at: Date): Promise<PartnerSignIn> {
  const planned = planPartner(spec);
  await addPartner(tx, planned, at);
  await addFirstSignIn(tx, planned, at);
  return signInOf(planned);
}

/**
 * Makes a partner whose apps and users sign in elsewhere: there are no secrets of ours to know.
 *
 * @throws Refusal INVALID_INPUT for values that cannot be, DOMAIN_TAKEN
 */
export async function registerPartner(
  tx: Db,
  spec: PartnerSpec,
  at: Date,
): Promise<Pick<PartnerSignIn, "partner">> {
  const planned = planPartner(spec);
  await addPartner(tx, planned, at);
  return { partner: planned.partner };
}

async function addPartner(tx: Db, planned: NewPartner, at: Date): Promise<void> {
  if (await insertPartner(tx, planned, at)) return;
  const { id, domain } = planned.partner;
  refuse("DOMAIN_TAKEN", `${domain} or the id ${id} belongs to a partner`);
}

/**
 * Makes the well-known partner of a sandbox; answers its id, or undefined when it was there. A
 * second process that starts at the same moment waits here for the first one's transaction.
 */
export async function ensureWellKnownPartner(tx: Db, at: Date): Promise<string | undefined> {
  const installation = await readInstallation(tx);
  assert(installation?.mode === "sandbox", "well-known secrets belong to sandbox databases only");
  if (!(await insertPartner(tx, wellKnownPartner, at))) return undefined;
  await addFirstSignIn(tx, wellKnownPartner, at);
  return wellKnownPartner.partner.id;
}

async function addFirstSignIn(tx: Db, planned: NewPartner, at: Date): Promise<void> {
  const [secretHash, passwordHash] = await Promise.all([
    hashSecret(planned.app.clientSecret),
    hashSecret(planned.user.password),
  ]);
  await insertApp(tx, planned, secretHash, at);
  await insertUser(tx, planned, passwordHash, at);
}
