/** A live database: its first partner, and tokens of an issuer of one's own. */

import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const cli = join(root, "packages/cli/src/kontor.ts");
const dataDir = join(await temporaryFolder(), "data");
const tenantId = randomUUID();
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "RS256", use: "sig" }];

const service = createServer((request, response) => {
  const issuer = `http://${request.headers.host}`;
  const document = { issuer, jwks_uri: `${issuer}/keys` };
  response.end(JSON.stringify(request.url === "/keys" ? { keys } : document));
});
await new Promise<void>((done) => service.listen(0, "127.0.0.1", done));
afterAll(() => {
  service.close();
});
const issuer = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const aud = "https://api.partnercenter.microsoft.com";
  const exp = Math.floor(Date.now() / 1000) + 600;
  const body = { iss: issuer, aud, tid: tenantId, oid: randomUUID(), exp, ...claims };
  const signed = `${part({ alg: "RS256", kid: "k1" })}.${part(body)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
}

const environment = { KONTOR_MODE: "live", KONTOR_DATA_DIR: dataDir };

test("a partner is added by the command, once", async () => {
  const args = ["partner", "add", "--domain", "own.example", "--tenant-id", tenantId];
  const first = await run(cli, [...args, "--country", "DE", "--currency", "EUR", "--json"], {
    env: environment,
  });
  expect([first.code, first.stderr]).toEqual([0, ""]);
  expect(JSON.parse(first.stdout)).toEqual({ partner: { id: tenantId, domain: "own.example" } });
  const second = await run(cli, args, { env: environment });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain("belongs to a partner");
  const wrong = await run(cli, ["partner", "add", "--domain", "x.example", "--tenant-id", "7"], {
    env: environment,
  });
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("7 is no GUID")]);
});

test("its users call with the tokens of the trusted issuer", async () => {
  const kontor = await startKontor(dataDir, {
    ...environment,
    KONTOR_ISSUERS: JSON.stringify([
      { issuer, audiences: ["https://api.partnercenter.microsoft.com"] },
    ]),
  });
  expect(kontor.ready.mode).toBe("live");
  expect(kontor.output()).not.toContain("no issuer of tokens");
  const call = async (claims: object) => {
    const headers = { authorization: `Bearer ${token(claims)}` };
    const answer = await fetch(`${kontor.ready.url}/v1/customers`, { headers });
    return { status: answer.status, body: await answer.json() };
  };
  const known = await call({ scp: "user_impersonation", roles: ["AdminAgents"] });
  expect(known).toMatchObject({ status: 200, body: { totalCount: 0 } });
  const stranger = await call({ tid: randomUUID() });
  expect(stranger).toMatchObject({ status: 401, body: { code: 400 } });
  const form = { method: "POST", body: new URLSearchParams({ grant_type: "password" }) };
  expect((await fetch(`${kontor.ready.url}/own.example/oauth2/token`, form)).status).toBe(404);
  const page = `${kontor.ready.url}/own.example/oauth2/authorize`;
  expect((await fetch(page)).status).toBe(404);
  expect((await fetch(`${kontor.ready.url}/devicelogin`)).status).toBe(404);
  await kontor.stop();
});

test("without an issuer it says that nobody can call", async () => {
  const kontor = await startKontor(dataDir, environment);
  expect(kontor.output()).toContain("set KONTOR_ISSUERS");
  await kontor.stop();
});
