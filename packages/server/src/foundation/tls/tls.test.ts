import { X509Certificate } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { addDays, systemNow } from "../clock.ts";
import { readMarker, SYSTEM_PLACES } from "../database/embedded/folder.ts";
import { newAuthority, newCertificate } from "./certificates.ts";
import { localCertificate } from "./folder.ts";
import { createSecureServer, serverCertificate } from "./index.ts";
import { TlsError } from "./tls-error.ts";

const root = mkdtempSync(join(tmpdir(), "kontor-tls-"));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;
function newFolder(): string {
  folders += 1;
  return join(root, `data-${folders}`);
}

const now = systemNow();

/** Whether a client that trusts `ca` alone accepts the certificate under a name. */
async function accepts(
  shown: { cert: string; key: string },
  ca: string,
  host: string,
): Promise<string> {
  const server = createSecureServer({ ...shown, caFile: undefined }, (_request, response) => {
    response.end("ok");
  });
  await new Promise<void>((done) => server.listen(0, done));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise<string>((done) => {
      const lookup = { host: host === "::1" ? "::1" : "127.0.0.1", servername: host };
      get({ ...lookup, port, ca, agent: false, headers: { host } }, (answer) => {
        answer.resume();
        done(`${answer.statusCode}`);
      }).on("error", (error: Error & { code?: string }) => done(`${error.code} ${error.message}`));
    });
  } finally {
    await new Promise((done) => server.close(done));
  }
}

describe("the authority", async () => {
  const authority = await newAuthority(now);
  const certificate = await newCertificate(authority, now);

  test("vouches for localhost and the addresses of this machine", async () => {
    expect(await accepts(certificate, authority.cert, "localhost")).toBe("200");
    const { subjectAltName } = new X509Certificate(certificate.cert);
    expect(subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
  });

  test("is believed for no other name, even if it signs one", async () => {
    const other = await newCertificate(authority, now, ["bank.example"]);
    expect(await accepts(other, authority.cert, "bank.example")).toContain(
      "permitted subtree violation",
    );
  });

  test("is of its own making, so another one does not count", async () => {
    const another = await newAuthority(now);
    expect(await accepts(certificate, another.cert, "localhost")).toMatch(
      /UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)/,
    );
  });

  test("may sign certificates and nothing else; its certificate may sign nothing", () => {
    const above = new X509Certificate(authority.cert);
    const leaf = new X509Certificate(certificate.cert);
    expect([above.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.checkIssued(above)).toBe(true);
    expect(leaf.verify(above.publicKey)).toBe(true);
    expect(leaf.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });
});

describe("the folder", () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777;

  test("keeps its keys for their owner", async () => {
    const dataDir = newFolder();
    const { caFile, key } = await localCertificate(dataDir, now);
    expect(modeOf(join(dataDir, "tls"))).toBe(0o700);
    expect(modeOf(join(dataDir, "tls/authority.pem"))).toBe(0o600);
    expect(modeOf(join(dataDir, "tls/localhost.pem"))).toBe(0o600);
    expect(readFileSync(caFile, "utf8")).not.toContain("PRIVATE");
    expect(key).toContain("PRIVATE");
  });

  test("answers the same the next time", async () => {
    const dataDir = newFolder();
    const first = await localCertificate(dataDir, now);
    expect(await localCertificate(dataDir, addDays(now, 59))).toEqual(first);
  });

  test("renews the certificate before it ends, under the same authority", async () => {
    const dataDir = newFolder();
    const first = await localCertificate(dataDir, now);
    const ca = readFileSync(first.caFile, "utf8");
    const later = await localCertificate(dataDir, addDays(now, 61));
    expect(later.cert).not.toBe(first.cert);
    expect(readFileSync(first.caFile, "utf8")).toBe(ca);
    expect(new X509Certificate(later.cert).verify(new X509Certificate(ca).publicKey)).toBe(true);
  });

  test("has one authority, however many processes make it at once", async () => {
    const dataDir = newFolder();
    const all = await Promise.all(Array.from({ length: 8 }, () => localCertificate(dataDir, now)));
    const ca = new X509Certificate(readFileSync(all[0]?.caFile ?? "", "utf8"));
    const signed = all.map(({ cert }) => new X509Certificate(cert).verify(ca.publicKey));
    expect(signed).toEqual(all.map(() => true));
  });

  test("shows the authority again when its certificate was deleted", async () => {
    const dataDir = newFolder();
    const { caFile } = await localCertificate(dataDir, now);
    const ca = readFileSync(caFile, "utf8");
    rmSync(caFile);
    await localCertificate(dataDir, now);
    expect(readFileSync(caFile, "utf8")).toBe(ca);
  });

  test.skipIf(process.platform === "win32")("is refused when others can read its key", async () => {
    const dataDir = newFolder();
    const { caFile } = await localCertificate(dataDir, now);
    const before = readFileSync(caFile, "utf8");
    chmodSync(join(dataDir, "tls/authority.pem"), 0o644);
    const refusal = await localCertificate(dataDir, now).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TlsError);
    expect((refusal as TlsError).nextStep).toContain("chmod 600");
    expect(readFileSync(caFile, "utf8")).toBe(before);
  });

  test.skipIf(process.platform === "win32")("is refused as a symbolic link", async () => {
    const [dataDir, elsewhere] = [newFolder(), newFolder()];
    mkdirSync(dataDir);
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(elsewhere, join(dataDir, "tls"));
    await expect(localCertificate(dataDir, now)).rejects.toThrow("is a symbolic link");
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)("made by root is the data folder's owner's", async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    chownSync(dataDir, 65_534, 65_534);
    const { caFile } = await localCertificate(dataDir, now);
    const owners = ["tls", "tls/authority.pem", "tls/localhost.pem"].map(
      (name) => statSync(join(dataDir, name)).uid,
    );
    expect([...owners, statSync(caFile).uid]).toEqual([65_534, 65_534, 65_534, 65_534]);
  });

  test("may be there before the embedded database is", async () => {
    const dataDir = newFolder();
    await localCertificate(dataDir, now);
    expect(await readMarker(dataDir, 18, SYSTEM_PLACES)).toBeUndefined();
  });

  test("with half an authority is refused, with half a certificate mended", async () => {
    const dataDir = newFolder();
    await localCertificate(dataDir, now);
    const options = { mode: 0o600 };
    writeFileSync(join(dataDir, "tls/localhost.pem"), "-----BEGIN PRIVATE KEY-----\n", options);
    expect((await localCertificate(dataDir, now)).cert).toContain("CERTIFICATE");
    writeFileSync(join(dataDir, "tls/authority.pem"), "", options);
    await expect(localCertificate(dataDir, now)).rejects.toThrow("does not hold a key");
  });
});

describe("one's own certificate", async () => {
  const folder = mkdtempSync(join(root, "own-"));
  const authority = await newAuthority(now);
  const own = await newCertificate(authority, now);
  const other = await newCertificate(authority, now);
  const [certFile, keyFile, otherKey] = ["cert.pem", "key.pem", "other.pem"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(certFile, own.cert);
  writeFileSync(keyFile, own.key);
  writeFileSync(otherKey, other.key);
  const read = (files: { certFile: string; keyFile: string }) =>
    serverCertificate({ dataDir: folder, tls: { kind: "files", ...files } }, now);

  test("is used as it is", async () => {
    expect(await read({ certFile, keyFile })).toEqual({ ...own, caFile: undefined });
  });

  test.each([
    ["a file that is missing", { certFile, keyFile: join(folder, "none") }, "cannot be read"],
    ["the key of another", { certFile, keyFile: otherKey }, "is not the key of"],
    ["no certificate", { certFile: keyFile, keyFile }, "no PEM certificate"],
  ])("with %s is refused and says what to do", async (_name, files, message) => {
    const refusal = await read(files).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TlsError);
    expect((refusal as TlsError).message).toContain(message);
    expect((refusal as TlsError).nextStep).not.toBe("");
  });
});
