/**
 * Continuation tokens of the list of customers. A token carries the whole request and the place
 * in the list, so that nobody need be there still: not the customer after whom a page begins, and
 * not under the name of then. It is signed, so a token of another partner is none here.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import {
  type CustomerFilter,
  filterFields,
  filterOperators,
  type PageRequest,
  type Position,
} from "./page-request.ts";

/** Whose list it is, and the installation's secret. */
export interface Seal {
  secret: Uint8Array;
  partnerId: string;
}

/** The filters by the number that stands for each in a token. */
const filterKinds = filterFields.flatMap((field) =>
  filterOperators.map((operator) => ({ field, operator })),
);

/** 128 bits: as much as is needed against guessing. */
const macLength = 16;

function macOf({ secret, partnerId }: Seal, payload: Uint8Array): Buffer {
  const mac = createHmac("sha256", secret).update(`customers\n${partnerId}\n`).update(payload);
  return mac.digest().subarray(0, macLength);
}

const headLength = 4;
const idLength = 16;

/**
 * Base64url of: the signature in 16 bytes, the filter's number from 1 or 0 for none, the size in
 * two bytes, the length of the name in one, the customer's id in 16, the name by which it is
 * sorted, the filter's value. At most 662 characters; 60 or so without a filter.
 */
export function sealPage(seal: Seal, { filter, size }: PageRequest, after: Position): string {
  const kind = filterKinds.findIndex(
    (known) => known.field === filter?.field && known.operator === filter.operator,
  );
  const name = Buffer.from(after.sortName);
  const head = Buffer.alloc(headLength);
  head.writeUInt8(kind + 1, 0);
  head.writeUInt16BE(size, 1);
  head.writeUInt8(name.length, 3);
  const id = Buffer.from(after.customerId.replaceAll("-", ""), "hex");
  const payload = Buffer.concat([head, id, name, Buffer.from(filter?.value ?? "")]);
  return Buffer.concat([macOf(seal, payload), payload]).toString("base64url");
}

/** Reads a token; undefined when it is not, to the letter, one that was sealed so. */
export function openPage(
  seal: Seal,
  token: string,
): (PageRequest & { after: Position }) | undefined {
  const sealed = Buffer.from(token, "base64url");
  // The decoder skips what is no base64url, and the last letter has spare bits: compare the text.
  if (sealed.length <= macLength || sealed.toString("base64url") !== token) return undefined;
  const payload = sealed.subarray(macLength);
  if (!timingSafeEqual(macOf(seal, payload), sealed.subarray(0, macLength))) return undefined;
  // The signature vouches for the form.
  const nameStart = headLength + idLength;
  const nameEnd = nameStart + payload.readUInt8(3);
  const id = payload.subarray(headLength, nameStart).toString("hex");
  return {
    filter: filterOf(payload.readUInt8(0), payload.subarray(nameEnd).toString()),
    size: payload.readUInt16BE(1),
    after: {
      sortName: payload.subarray(nameStart, nameEnd).toString(),
      customerId: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
    },
  };
}

function filterOf(kind: number, value: string): CustomerFilter | undefined {
  const known = filterKinds[kind - 1];
  return known && { ...known, value };
}
