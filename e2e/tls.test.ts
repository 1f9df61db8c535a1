/** `npm start -- --tls`: who trusts the local authority gets in, who does not is refused. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const main = join(root, "packages/server/src/main.ts");
const folder = await temporaryFolder();
const dataDir = join(folder, "data");
const kontor = await startKontor(dataDir, {}, ["--tls"]);
const caFile = kontor.ready.tls?.caFile ?? "";
const readCa = () => readFileSync(caFile, "utf8");

interface Answer {
  status: number | undefined;
  text: string;
}

/** A call by a client that trusts nobody but `ca`. */
function call(url: string, ca: string | string[], form?: Record<string, string>): Promise<Answer> {
  return new Promise((done, fail) => {
    const sent = request(url, { ca, agent: false, method: form ? "POST" : "GET" }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk));
      answer.on("end", () => done({ status: answer.statusCode, text }));
    });
    sent.on("error", fail);
    sent.end(form && new URLSearchParams(form).toString());
  });
}

test("the ready file names an https address and whom to trust", () => {
  expect(kontor.ready.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(caFile).toBe(join(dataDir, "tls/ca.pem"));
  expect(kontor.output()).toContain(`NODE_EXTRA_CA_CERTS="${caFile}"`);
  expect(kontor.output()).toContain(`curl --cacert "${caFile}"`);
});

test("a client that trusts this authority alone gets in, under each name", async () => {
  const { port } = new URL(kontor.ready.url);
  for (const host of ["127.0.0.1", "localhost"]) {
    expect((await call(`https://${host}:${port}/readyz`, readCa())).status).toBe(200);
  }
});

test("a client that does not trust it is refused", async () => {
  await expect(call(`${kontor.ready.url}/readyz`, [])).rejects.toMatchObject({
    code: expect.stringMatching(/^UNABLE_TO_|SELF_SIGNED|UNSPECIFIED/),
  });
  await expect(fetch(`${kontor.ready.url}/readyz`)).rejects.toThrow();
});

const curl = await promisify(execFile)("curl", ["--version"]).then(
  () => true,
  () => false,
);
test.skipIf(!curl)("curl gets in with --cacert, and not without", async () => {
  const url = `${kontor.ready.url}/readyz`;
  const quiet = ["-sS", "--noproxy", "*"];
  const { stdout } = await promisify(execFile)("curl", [...quiet, "--cacert", caFile, url]);
  expect(JSON.parse(stdout)).toEqual({ status: "ready" });
  await expect(promisify(execFile)("curl", [...quiet, url])).rejects.toThrow("certificate");
});

test("absolute addresses in answers begin with https", async () => {
  const { url, partner, app } = kontor.ready;
  const discovery = `${url}/${partner.domain}/v2.0/.well-known/openid-configuration`;
  const document = JSON.parse((await call(discovery, readCa())).text);
  for (const name of ["issuer", "token_endpoint", "authorization_endpoint", "jwks_uri"]) {
    expect(document[name]).toContain(`${url}/`);
  }
  const token = await call(`${url}/${partner.domain}/oauth2/token`, readCa(), {
    grant_type: "client_credentials",
    client_id: app.clientId,
    client_secret: app.clientSecret,
  });
  const [, claims = ""] = JSON.parse(token.text).access_token.split(".");
  const { iss } = JSON.parse(Buffer.from(claims, "base64url").toString());
  expect(iss).toBe(`${url}/${partner.id}/`);
});

test.skipIf(process.platform === "win32")("keys are for their owner only", () => {
  const modeOf = (name: string) => statSync(join(dataDir, "tls", name)).mode & 0o777;
  expect([modeOf("."), modeOf("authority.pem"), modeOf("localhost.pem")]).toEqual([
    0o700, 0o600, 0o600,
  ]);
});

test("a restart keeps the authority", async () => {
  const before = readCa();
  expect((await kontor.stop()).code).toBe(0);
  const again = await startKontor(dataDir, { KONTOR_TLS: "true" });
  expect(again.ready.tls?.caFile).toBe(caFile);
  expect(readCa()).toBe(before);
  expect((await call(`${again.ready.url}/readyz`, before)).status).toBe(200);
  await again.stop();
});

describe("one's own certificate", () => {
  test("is served, and its authority is not Kontor's to name", async () => {
    const [key, cert] = readFileSync(join(dataDir, "tls/localhost.pem"), "utf8").split(
      /(?=-----BEGIN CERT)/,
    );
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    writeFileSync(certFile, cert ?? "");
    writeFileSync(keyFile, key ?? "", { mode: 0o600 });
    const other = join(folder, "other");
    const own = await startKontor(other, {
      KONTOR_TLS_CERT_FILE: certFile,
      KONTOR_TLS_KEY_FILE: keyFile,
    });
    expect(own.ready).not.toHaveProperty("tls");
    expect((await call(`${own.ready.url}/readyz`, readCa())).status).toBe(200);
    expect(existsSync(join(other, "tls"))).toBe(false);
    await own.stop();
  });

  test("without its key is an error of the configuration", async () => {
    const { code, stderr } = await run(main, ["--port", "0"], {
      env: { KONTOR_TLS_CERT_FILE: "cert.pem", KONTOR_DATA_DIR: join(folder, "none") },
    });
    expect(code).toBe(2);
    expect(stderr).toContain("KONTOR_TLS_KEY_FILE is not set");
    expect(existsSync(join(folder, "none"))).toBe(false);
  });
});

test("--tls-help says how each kind of client comes to trust it", async () => {
  const { code, stdout } = await run(main, ["--tls-help", "--data-dir", dataDir]);
  expect(code).toBe(0);
  for (const word of [caFile, "keytool", "SSL_CERT_FILE", "certutil", "security add-trusted"]) {
    expect(stdout).toContain(word);
  }
});
