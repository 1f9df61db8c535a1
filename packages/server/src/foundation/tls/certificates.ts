/** Certificates of the local authority: what stands in them, and their making. */
// The X.509 library asks for it, and must find it loaded.
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { addDays } from "../clock.ts";
import { limits } from "../limits.ts";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** P-256: known to every client of the contract, and made in a millisecond. */
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const names = ["localhost"];
const addresses = ["127.0.0.1", "::1"];

/** Clocks of clients may be behind. */
const backdatedDays = 1;

/** A new authority that can vouch for this machine's own names only. */
export async function newAuthority(now: Date): Promise<KeyPair> {
  const keys = await newKeys();
  const name = `CN=Kontor local authority ${randomBytes(4).toString("hex")}`;
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name,
      notBefore: addDays(now, -backdatedDays),
      notAfter: addDays(now, limits.tlsAuthorityDays),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        new Extension("2.5.29.30", true, nameConstraints()),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: pemOf(certificate), key: await privatePem(keys.privateKey) };
}

/** A certificate of the authority for `localhost`, 127.0.0.1 and ::1, or for other DNS names. */
export async function newCertificate(
  authority: KeyPair,
  now: Date,
  dnsNames: readonly string[] = names,
): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.cert);
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: `CN=${dnsNames[0]}`,
      issuer: issuer.subject,
      notBefore: addDays(now, -backdatedDays),
      notAfter: addDays(now, limits.tlsCertificateDays),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await importPrivate(authority.key),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          ...dnsNames.map((value) => ({ type: "dns" as const, value })),
          ...addresses.map((value) => ({ type: "ip" as const, value })),
        ]),
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { cert: pemOf(certificate), key: await privatePem(keys.privateKey) };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

/** 127 bits: positive, and never the same twice. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

function importPrivate(pem: string): Promise<webcrypto.CryptoKey> {
  const [der = new ArrayBuffer()] = PemConverter.decode(pem);
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

/**
 * RFC 5280, 4.2.1.10: the authority vouches for names below `localhost` and for addresses of this
 * machine alone, so that whoever steals its key cannot pass for any other site.
 */
function nameConstraints(): Uint8Array<ArrayBuffer> {
  const dns = der(0x82, Buffer.from("localhost", "ascii"));
  const v4 = der(0x87, Buffer.from([127, 0, 0, 0, 255, 0, 0, 0]));
  const v6 = der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1]), Buffer.alloc(16, 255)]));
  const subtrees = Buffer.concat([dns, v4, v6].map((name) => der(0x30, name)));
  return new Uint8Array(der(0x30, der(0xa0, subtrees)));
}

/** A DER value shorter than 128 bytes. */
function der(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}
