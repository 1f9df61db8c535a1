import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";
import type { Db } from "../../foundation/database/sql.ts";
import { refuse } from "../../foundation/errors.ts";
import type { Installation } from "../../foundation/partner.ts";
import {
  firstUserRoles,
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
  asked: Pick<Installation, "mode" | "profile">,
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
  return { ...stored, profile: asked.profile };
}

/**
 * Makes a partner with an app and a user to sign in as; the answer is the only place where their
 * secrets stand.
 *
 * @throws Refusal INVALID_INPUT for values that cannot be, DOMAIN_TAKEN
 */
export async function createPartner(tx: Db, spec: PartnerSpec, at: Date): Promise<PartnerSignIn> {
  const planned = planPartner(spec);
  if (!(await insertPartner(tx, planned, at))) {
    refuse("DOMAIN_TAKEN", `${planned.partner.domain} belongs to a partner`);
  }
  await addFirstSignIn(tx, planned, at);
  return signInOf(planned);
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
  await insertUser(tx, planned, firstUserRoles, passwordHash, at);
}
