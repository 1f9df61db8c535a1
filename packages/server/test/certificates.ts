/** RSA certificates as an app registers them, for tests. */
import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import { PemConverter, X509CertificateGenerator } from "@peculiar/x509";

export interface AppCertificate {
  certificate: string;
  privateKey: string;
  /** Of the certificate, SHA-256, in hex. */
  thumbprintSha256: string;
}

/** A self-signed certificate that is valid from `from` for `days`. */
export async function newAppCertificate(from: Date, days = 30): Promise<AppCertificate> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: 2048,
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=App of a test",
      notBefore: from,
      notAfter: new Date(from.getTime() + days * 86_400_000),
      signingAlgorithm: algorithm,
      keys,
    },
    webcrypto,
  );
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: certificate.toString("pem"),
    privateKey: PemConverter.encode(privateKey, "PRIVATE KEY"),
    thumbprintSha256: createHash("sha256")
      .update(new Uint8Array(certificate.rawData))
      .digest("hex"),
  };
}
