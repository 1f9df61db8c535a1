/** The database's signing key: made once per database, kept in memory. */
import { strict as assert } from "node:assert";
import { systemNow } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import { newPrivateJwk, type SigningKey, signingKeyFrom } from "../signing-key.ts";
import { insertSigningKey, lockInstallation, readSigningKey } from "../store.ts";

const keys = new WeakMap<Database, Promise<SigningKey>>();

/** The database's signing key, read or made at the first call of this process. */
export function signingKeyOf(database: Database): Promise<SigningKey> {
  const known = keys.get(database);
  if (known) return known;
  const loading = loadSigningKey(database, systemNow());
  keys.set(database, loading);
  // A database that could not be reached is asked again by the next call.
  loading.catch(() => keys.delete(database));
  return loading;
}

/**
 * Reads the key, or makes it where there is none. The installation's row is locked meanwhile, so
 * that two processes which start at once agree on one.
 */
async function loadSigningKey(database: Database, at: Date): Promise<SigningKey> {
  const known = await readSigningKey(database);
  if (known) return signingKeyFrom(known);
  return database.transaction(async (tx) => {
    const locked = await lockInstallation(tx);
    assert(locked, "the installation is loaded before its signing key");
    const first = await readSigningKey(tx);
    if (first) return signingKeyFrom(first);
    const jwk = await newPrivateJwk();
    const key = await signingKeyFrom(jwk);
    await insertSigningKey(tx, key.kid, jwk, at);
    return key;
  });
}
