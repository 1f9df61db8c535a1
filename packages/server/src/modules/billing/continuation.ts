/**
 * Continuation tokens of line item pages. A token continues one list after one line, as the list
 * was when its first page was read. It is signed, so none can be made or changed outside. Pure.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Period } from "../../foundation/clock.ts";
import type { LineKey } from "./line-item.ts";

export interface Continuation {
  size: number;
  /** The month of the list, which a turn of the month between two pages does not change. */
  month: Period;
  after: LineKey;
  /** The machine's time in ms at the first page: lines recorded later are not of the list. */
  readAt: number;
}

/** What is signed besides: a token of another installation, partner or list is none. */
export interface Seal {
  secret: Uint8Array;
  partnerId: string;
  /** The list: the address of its first page without the size. */
  list: string;
}

/** 128 bits: as much as is needed against guessing, and the token stays short. */
const macLength = 16;

function macOf({ secret, partnerId, list }: Seal, payload: Uint8Array): Buffer {
  const mac = createHmac("sha256", secret).update(`${partnerId}\n${list}\n`).update(payload);
  return mac.digest().subarray(0, macLength);
}

type Payload = [
  size: number,
  month: Period,
  occurredAt: number,
  orderId: string,
  lineNumber: number,
  chargeId: string,
  readAt: number,
];

/** An opaque text of base64url, 200 characters or so. */
export function sealContinuation(seal: Seal, { size, month, after, readAt }: Continuation): string {
  const { occurredAt, orderId, lineNumber, chargeId } = after;
  const at = occurredAt.getTime();
  const payload: Payload = [size, month, at, orderId, lineNumber, chargeId, readAt];
  const bytes = Buffer.from(JSON.stringify(payload));
  return Buffer.concat([macOf(seal, bytes), bytes]).toString("base64url");
}

/** Reads a token; undefined when it is not, to the letter, one that was sealed so. */
export function openContinuation(seal: Seal, token: string): Continuation | undefined {
  const sealed = Buffer.from(token, "base64url");
  // The decoder skips what is no base64url, and the last letter has spare bits: compare the text.
  if (sealed.length <= macLength || sealed.toString("base64url") !== token) return undefined;
  const bytes = sealed.subarray(macLength);
  if (!timingSafeEqual(macOf(seal, bytes), sealed.subarray(0, macLength))) return undefined;
  // The signature vouches for the form.
  const payload = JSON.parse(bytes.toString()) as Payload;
  const [size, month, at, orderId, lineNumber, chargeId, readAt] = payload;
  const after = { occurredAt: new Date(at), orderId, lineNumber, chargeId };
  return { size, month, after, readAt };
}

/** The last id that `newId` can make in a millisecond of the machine's time. */
export function lastIdOf(ms: number): string {
  const time = ms.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7fff-bfff-ffffffffffff`;
}
