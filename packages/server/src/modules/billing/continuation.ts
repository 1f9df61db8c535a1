/**
 * Continuation tokens of line item pages. A token says which list it continues, after which line,
 * and how much of the list existed when its first page was read. It is signed, so none can be made
 * or changed outside. Pure.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Period } from "../../foundation/clock.ts";
import type { LineKey } from "./line-item.ts";

export interface Continuation {
  /** The list: the address of its first page without the size. */
  list: string;
  size: number;
  /** The month of the list, which a turn of the month between two pages does not change. */
  month: Period;
  after: LineKey;
  /** Lines of later recordings are not part of the list. */
  snapshot: bigint;
}

/** Who signs and for whom: a token of another partner or installation is none. */
export interface Signer {
  secret: Uint8Array;
  partnerId: string;
}

/** 128 bits: as much as is needed against guessing, and the token stays short. */
const macLength = 16;

function macOf({ secret, partnerId }: Signer, payload: Uint8Array): Buffer {
  const mac = createHmac("sha256", secret).update(`line-items\n${partnerId}\n`).update(payload);
  return mac.digest().subarray(0, macLength);
}

type Payload = [
  list: string,
  size: number,
  month: Period,
  occurredAt: number,
  orderId: string,
  lineNumber: number,
  chargeId: string,
  snapshot: string,
];

/** An opaque text of base64url, 350 characters or so. */
export function sealContinuation(signer: Signer, value: Continuation): string {
  const { list, size, month, after, snapshot } = value;
  const { occurredAt, orderId, lineNumber, chargeId } = after;
  const payload: Payload = [
    list,
    size,
    month,
    occurredAt.getTime(),
    orderId,
    lineNumber,
    chargeId,
    snapshot.toString(),
  ];
  const bytes = Buffer.from(JSON.stringify(payload));
  return Buffer.concat([macOf(signer, bytes), bytes]).toString("base64url");
}

/** Reads a token; undefined when it is not, to the letter, one that this signer sealed. */
export function openContinuation(signer: Signer, token: string): Continuation | undefined {
  const sealed = Buffer.from(token, "base64url");
  // The decoder skips what is no base64url, and the last letter has spare bits: compare the text.
  if (sealed.length <= macLength || sealed.toString("base64url") !== token) return undefined;
  const bytes = sealed.subarray(macLength);
  if (!timingSafeEqual(macOf(signer, bytes), sealed.subarray(0, macLength))) return undefined;
  // The signature vouches for the form.
  const payload = JSON.parse(bytes.toString()) as Payload;
  const [list, size, month, occurredAt, orderId, lineNumber, chargeId, snapshot] = payload;
  return {
    list,
    size,
    month,
    after: { occurredAt: new Date(occurredAt), orderId, lineNumber, chargeId },
    snapshot: BigInt(snapshot),
  };
}
