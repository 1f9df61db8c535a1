/** Sign-in of a device without a keyboard, RFC 8628. */
import { randomInt } from "node:crypto";
import { addMs } from "../../../../foundation/clock.ts";
import type { Db } from "../../../../foundation/database/sql.ts";
import { newSecret } from "../../../../foundation/ids.ts";
import { limits } from "../../../../foundation/limits.ts";
import { hashToken } from "../../secrets.ts";
import { appById } from "../../store.ts";
import type { TokenVersion } from "../../tokens.ts";
import { audienceOf, clientIdOf, type Fields } from "../form.ts";
import { refuseSignIn } from "../sign-in-error.ts";
import {
  approveDevice,
  type DeviceCode,
  deviceByHash,
  insertDeviceCode,
  notePoll,
  redeemDevice,
  waitingDevice,
} from "../store.ts";
import { type AskingClient, findClient } from "./client.ts";
import { userByPassword } from "./password.ts";

interface DeviceRequest {
  tenant: string;
  version: TokenVersion;
  fields: Fields;
  origin: string;
  now: Date;
}

/** A code for the device, and one for its user to type; throws SignInError. */
export async function startDevice(db: Db, request: DeviceRequest) {
  const { fields, version, now } = request;
  const client = await findClient(db, request.tenant, clientIdOf(fields));
  const deviceCode = newSecret();
  const userCode = newUserCode();
  const seconds = limits.deviceCodeSeconds;
  const code: DeviceCode = {
    partnerId: client.partnerId,
    codeHash: hashToken(deviceCode),
    userCode,
    clientId: client.clientId,
    audience: audienceOf(fields, { version, appOnly: false }),
    userId: undefined,
    polledAt: undefined,
    expiresAt: addMs(now, seconds * 1000),
  };
  // Kept for as long again, so that a late poll learns that it is late.
  await insertDeviceCode(db, code, addMs(now, -seconds * 1000));
  const page = `${request.origin}/devicelogin`;
  const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`;
  const v1 = version === "1.0";
  return {
    user_code: shown,
    device_code: deviceCode,
    [v1 ? "verification_url" : "verification_uri"]: page,
    expires_in: v1 ? `${seconds}` : seconds,
    interval: v1 ? `${limits.devicePollSeconds}` : limits.devicePollSeconds,
    message: `To sign in, open ${page} in a browser and enter the code ${shown}.`,
  };
}

/** Letters that are not mistaken for others, and spell no words. */
const letters = "BCDFGHJKLMNPQRSTVWXZ";

function newUserCode(): string {
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join("");
}

/** A code as somebody types it. */
function readUserCode(typed: string): string {
  return typed.toUpperCase().replace(/[^A-Z]/g, "");
}

/**
 * Signs a user in for the device that shows a code; answers the name of its app, or undefined when
 * the code, the name or the password is wrong: which of them stays open.
 */
export async function approve(
  db: Db,
  typed: { userCode: string; name: string; password: string },
  now: Date,
): Promise<string | undefined> {
  const device = await waitingDevice(db, readUserCode(typed.userCode), now);
  const user = await userByPassword(db, device?.partnerId, typed.name, typed.password);
  if (!device || !user || !(await approveDevice(db, device, user.userId))) return undefined;
  return (await appById(db, device.partnerId, device.clientId))?.name;
}

/** Who signed in for a device that polls; throws SignInError as long as nobody has. */
export async function deviceSubject(
  db: Db,
  client: AskingClient,
  codeHash: string,
  now: Date,
): Promise<{ userId: string; audience: string }> {
  const device = await deviceByHash(db, client.partnerId, codeHash);
  if (!device || device.clientId !== client.clientId) {
    return refuseSignIn("deviceCodeUnknown", "The device code was not issued to this app");
  }
  if (device.expiresAt.getTime() <= now.getTime()) {
    refuseSignIn("deviceCodeExpired", "The device code has expired; begin again");
  }
  if (device.userId === undefined) {
    // A second less than the interval: the ways of two polls take different times.
    const soonest = addMs(device.polledAt ?? new Date(0), (limits.devicePollSeconds - 1) * 1000);
    await notePoll(db, device, now);
    if (now < soonest) refuseSignIn("slowDown", "The device polls more often than it was told to");
    return refuseSignIn("authorizationPending", "The user has not signed in yet; poll again");
  }
  if (!(await redeemDevice(db, device))) {
    return refuseSignIn("deviceCodeUnknown", "The device code has been redeemed already");
  }
  return { userId: device.userId, audience: device.audience };
}
