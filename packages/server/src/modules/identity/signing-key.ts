/** The key that signs the access tokens: made once per database, kept in memory. */
import { strict as assert } from "node:assert";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { systemNow } from "../../foundation/clock.ts";
import type { Database } from "../../foundation/database/pool.ts";
import { insertSigningKey, lockInstallation, readSigningKey } from "./store.ts";

export const algorithm = "RS256";

type Key = Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;

export interface SigningKey {
  kid: string;
  privateKey: Key;
  publicKey: Key;
  /** As `/discovery/keys` shows it. */
  publicJwk: JWK;
}

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
  const made = await database.transaction(async (tx) => {
    const locked = await lockInstallation(tx);
    assert(locked, "the installation is loaded before its signing key");
    const first = await readSigningKey(tx);
    if (first) return first;
    const key = await newPrivateJwk();
    await insertSigningKey(tx, await calculateJwkThumbprint(key), key, at);
    return key;
  });
  return signingKeyFrom(made);
}

async function newPrivateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return exportJWK(privateKey);
}

/** Both halves of a private RSA key. */
export async function signingKeyFrom(privateJwk: JWK): Promise<SigningKey> {
  const kid = await calculateJwkThumbprint(privateJwk);
  const { kty, n, e } = privateJwk;
  assert(kty === "RSA" && n !== undefined && e !== undefined, `key ${kid} is no RSA key`);
  const half = { kty, n, e };
  return {
    kid,
    privateKey: await importKey(privateJwk),
    publicKey: await importKey(half),
    publicJwk: { ...half, use: "sig", alg: algorithm, kid },
  };
}

async function importKey(jwk: JWK): Promise<Key> {
  const key = await importJWK(jwk, algorithm);
  assert(!(key instanceof Uint8Array), "an RSA key is not symmetric");
  return key;
}
