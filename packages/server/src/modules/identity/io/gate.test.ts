import { SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { systemNow } from "../../../foundation/clock.ts";
import { type Database, openDatabase } from "../../../foundation/database/pool.ts";
import { sql } from "../../../foundation/database/sql.ts";
import { wellKnownPartner } from "../partner.ts";
import { accessClaims, signToken } from "../tokens.ts";
import { loadInstallation } from "../use-cases.ts";
import { signingKeyOf } from "./signing-key.ts";

const server = await testServer();

function claims(change: { partnerId?: string; audience?: string; issuedAt?: Date } = {}) {
  const subject = {
    partnerId: change.partnerId ?? wellKnownPartner.partner.id,
    clientId: wellKnownPartner.app.clientId,
    objectId: wellKnownPartner.userId,
    user: undefined,
  };
  return accessClaims(subject, {
    audience: change.audience ?? "https://graph.windows.net",
    version: "1.0",
    origin: "http://localhost",
    issuedAt: change.issuedAt ?? systemNow(),
  });
}

async function token(change: Parameters<typeof claims>[0] = {}): Promise<string> {
  return signToken(await signingKeyOf(server.database), claims(change));
}

async function refusalOf(bearer: string): Promise<[number, number]> {
  const { status, body } = await server.call("GET", "/v1/customers", { token: bearer });
  return [status, body.code];
}

test("a token of ours is let in, again and again", async () => {
  const good = await token();
  for (let call = 0; call < 3; call += 1) {
    expect((await server.call("GET", "/v1/customers", { token: good })).status).toBe(200);
  }
});

test("tokens that are expired, for others, of nobody or unsigned are refused", async () => {
  const anHourAgo = new Date(systemNow().getTime() - 3_640_000);
  const nobody = "11111111-1111-4111-8111-111111111111";
  const hmac = await new SignJWT(claims())
    .setProtectedHeader({ alg: "HS256" })
    .sign(new Uint8Array(32));
  expect(await refusalOf(await token({ issuedAt: anHourAgo }))).toEqual([401, 400]);
  expect(await refusalOf(await token({ audience: "https://x.example" }))).toEqual([401, 400]);
  expect(await refusalOf(await token({ partnerId: nobody }))).toEqual([401, 400]);
  expect(await refusalOf(new UnsecuredJWT(claims()).encode())).toEqual([401, 400]);
  expect(await refusalOf(hmac)).toEqual([401, 400]);
});

test.each([undefined, "", "Bearer", "Bearer  ", "Basic YTpi", "bearertoken"])(
  "the authorization %j is no token",
  async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await server.call("GET", "/v1/customers", { token: "none", headers });
    expect([answer.status, answer.body.code]).toEqual([401, 800001]);
    expect(answer.headers["www-authenticate"]).toContain("realm=urn:cpsvc");
  },
);

/** Two further connections to this file's database: two processes, as far as it can tell. */
const others: Database[] = [];
beforeAll(async () => {
  const [row] = await server.database.query<{ name: string }>(
    sql`SELECT current_database() AS name`,
  );
  const connection = { ...inject("postgres"), database: row?.name ?? "" };
  for (let n = 0; n < 2; n += 1) others.push(openDatabase(connection, () => {}));
});
afterAll(() => Promise.all(others.map((database) => database.close())));

test("two processes that start at once agree on one signing key", async () => {
  await server.database.query(sql`DELETE FROM signing_key`);
  const [first, second] = await Promise.all(others.map((database) => signingKeyOf(database)));
  expect(second?.kid).toBe(first?.kid);
  const rows = await server.database.query(sql`SELECT kid FROM signing_key`);
  expect(rows).toEqual([{ kid: first?.kid }]);
});

test("two processes that start at once agree on one installation, whose mode stays", async () => {
  const stored = await server.database.query(sql`SELECT * FROM installation`);
  await server.database.query(sql`DELETE FROM installation`);
  const [first, second] = await Promise.all(
    others.map((database, index) => {
      const mode = index === 0 ? ("sandbox" as const) : ("live" as const);
      return loadInstallation(database, { mode, profile: "instant" }, systemNow());
    }),
  );
  expect(second).toEqual(first);
  expect(first?.serverId).toMatch(/^[\dA-F]{8}$/);
  expect(first?.secret).toHaveLength(32);
  const asked = { mode: first?.mode === "live" ? "sandbox" : "live", profile: "hostile" } as const;
  const later = await loadInstallation(server.database, asked, systemNow());
  // In production nothing is delayed or throttled, whatever is asked.
  expect(later).toEqual({ ...first, profile: first?.mode === "live" ? "instant" : "hostile" });
  expect(stored).toHaveLength(1);
});
