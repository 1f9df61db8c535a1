/**
 * Product keys of software: how they are made, and how they are sealed for the database. Whoever
 * has the installation's secret can open them; a key that was moved to another line stays shut.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { randomPart } from "../../foundation/ids.ts";

/** 32 digits and capitals without look-alikes (0 and O, 1 and I): five bits each, none favoured. */
export const keyAlphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** Characters without the dashes: 125 bits. */
export const keyLength = 25;

/** The key that `keyLength` random bytes stand for, `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`. */
export function keyFrom(bytes: Uint8Array): string {
  const characters = Array.from(bytes, (byte) => keyAlphabet[byte % keyAlphabet.length]);
  return characters.join("").replace(/.{5}(?=.)/g, "$&-");
}

export function newProductKey(): string {
  return keyFrom(randomPart(keyLength));
}

/** The order line that a key belongs to. */
export interface KeyOwner {
  partnerId: string;
  orderId: string;
  lineNumber: number;
}

const algorithm = "aes-256-gcm";
const nonceLength = 12;
const tagLength = 16;

/** The key as it is stored: nonce, ciphertext, tag. Each sealing gives other bytes. */
export function sealKey(productKey: string, owner: KeyOwner, secret: Uint8Array): Buffer {
  const nonce = randomPart(nonceLength);
  const cipher = createCipheriv(algorithm, sealingKey(secret), nonce, { authTagLength: tagLength });
  cipher.setAAD(associated(owner));
  const text = Buffer.concat([cipher.update(productKey, "ascii"), cipher.final()]);
  return Buffer.concat([nonce, text, cipher.getAuthTag()]);
}

/** @throws Error when the bytes were altered, are of another line, or of another installation */
export function openKey(sealed: Uint8Array, owner: KeyOwner, secret: Uint8Array): string {
  const nonce = sealed.subarray(0, nonceLength);
  const decipher = createDecipheriv(algorithm, sealingKey(secret), nonce, {
    authTagLength: tagLength,
  });
  decipher.setAAD(associated(owner));
  decipher.setAuthTag(sealed.subarray(-tagLength));
  const text = decipher.update(sealed.subarray(nonceLength, -tagLength));
  return Buffer.concat([text, decipher.final()]).toString("ascii");
}

function associated({ partnerId, orderId, lineNumber }: KeyOwner): Buffer {
  return Buffer.from(JSON.stringify([partnerId, orderId, lineNumber]));
}

const sealingKeys = new WeakMap<Uint8Array, KeyObject>();

/**
 * The installation's secret also signs links: a key of its own keeps the two uses apart. Derived
 * once for each secret in memory: a key then takes 12 µs in place of 35.
 */
function sealingKey(secret: Uint8Array): KeyObject {
  const known = sealingKeys.get(secret);
  if (known) return known;
  const derived = hkdfSync("sha256", secret, "", "kontor product keys", 32);
  const made = createSecretKey(new Uint8Array(derived));
  sealingKeys.set(secret, made);
  return made;
}
