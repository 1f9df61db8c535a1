/** The key that signs the access tokens. */
import { strict as assert } from "node:assert";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";

export const algorithm = "RS256";

type Key = Exclude<Awaited<ReturnType<typeof importJWK>>, Uint8Array>;

export interface SigningKey {
  kid: string;
  privateKey: Key;
  publicKey: Key;
  /** As `/discovery/keys` shows it. */
  publicJwk: JWK;
}

/** A new private RSA key of 2048 bits. */
export async function newPrivateJwk(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return exportJWK(privateKey);
}

/** Both halves of a private RSA key; its id is the thumbprint. */
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
