/** The vendor's sign-in library against Kontor as its authority, over TLS. */

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newAppCertificate } from "../packages/server/test/certificates.ts";
import { root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const api = "https://api.partnercenter.microsoft.com";
const kontor = await startKontor(join(await temporaryFolder(), "data"), {}, ["--tls"]);
const caFile = kontor.ready.tls?.caFile ?? "";
const { user } = kontor.ready;

/** A further partner, whose app has a certificate. */
async function newCertifiedPartner() {
  const own = await newAppCertificate(new Date(Date.now() - 60_000));
  const text = await new Promise<string>((done, fail) => {
    const options = { method: "POST", ca: readFileSync(caFile), agent: false } as const;
    const headers = { "content-type": "application/json" };
    const sent = request(
      `${kontor.ready.url}/_kontor/partners`,
      { ...options, headers },
      (made) => {
        let body = "";
        made.on("data", (chunk) => (body += chunk));
        made.on("end", () => done(body));
      },
    );
    sent.on("error", fail);
    sent.end(JSON.stringify({ certificates: [own.certificate] }));
  });
  return { ...JSON.parse(text), ...own };
}

const args = [JSON.stringify(kontor.ready), JSON.stringify(await newCertifiedPartner())];
const script = join(root, "e2e/clients/msal.ts");
const trusting = await run(script, args, { env: { NODE_EXTRA_CA_CERTS: caFile } });
const results = JSON.parse(trusting.stdout === "" ? "{}" : trusting.stdout);
const ofUser = { status: 200, aud: api, scp: "user_impersonation", upn: user.name, ver: "2.0" };

test("the library itself complains of nothing", () => {
  expect([trusting.code, trusting.stderr]).toEqual([0, ""]);
});

test("an app signs in with its secret, and its token is kept", () => {
  expect(results["client secret"]).toEqual({
    ...{ status: 200, aud: api, ver: "2.0", fromCache: false },
    cachedAfterwards: true,
  });
});

test("an app may ask for the directory's graph, as the SDKs do", () => {
  expect(results["client secret for the directory's graph"]).toMatchObject({
    status: 200,
    aud: "https://graph.windows.net",
  });
});

test("an app signs in with its certificate", () => {
  expect(results["client certificate"]).toMatchObject({ status: 200, aud: api });
});

test("a user signs in by code with PKCE, and stays signed in", () => {
  expect(results["authorization code with PKCE, then silently"]).toEqual({
    state: "a b&c",
    back: "http://localhost:9/signed-in",
    userName: user.name,
    tenant: kontor.ready.partner.id,
    first: { ...ofUser, fromCache: false },
    cached: { ...ofUser, fromCache: true },
    refreshed: { ...ofUser, fromCache: false },
    byToken: { ...ofUser, fromCache: false },
    renewed: true,
    reuse: "invalid_grant",
  });
});

test("a user of a web application signs in by code and the app's secret", () => {
  expect(results["authorization code with a secret"]).toMatchObject(ofUser);
});

test("a user signs in for a device", () => {
  expect(results["device code"]).toMatchObject({ ...ofUser, page: 200, userName: user.name });
});

test("without trust in the authority the library gets nowhere", async () => {
  const { stdout } = await run(script, args);
  const outcomes = Object.values(JSON.parse(stdout));
  expect(outcomes).toHaveLength(6);
  for (const outcome of outcomes) expect(outcome).toHaveProperty("error");
});
