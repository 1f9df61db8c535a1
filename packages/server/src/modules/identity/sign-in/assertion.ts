/** Client assertions, RFC 7523: a JWT signed with the key of a registered certificate. */
import { X509Certificate } from "node:crypto";
import {
  decodeProtectedHeader,
  errors as joseErrors,
  jwtVerify,
  type ProtectedHeaderParameters,
} from "jose";
import { limits } from "../../../foundation/limits.ts";
import { refuseSignIn } from "./sign-in-error.ts";

interface AssertingApp {
  clientId: string;
  partnerId: string;
  domain: string;
  /** PEM. */
  certificates: readonly string[];
}

/**
 * Checks that an assertion was made by the app, for this server, and not to be kept for long.
 * `host` is the name under which the client reached us, with its port.
 */
export async function verifyAssertion(
  assertion: string,
  app: AssertingApp,
  { host, now }: { host: string; now: Date },
): Promise<void> {
  const named = certificatesFor(headerOf(assertion), app.certificates);
  const valid = named.filter(
    ({ validFrom, validTo }) => new Date(validFrom) <= now && now < new Date(validTo),
  );
  if (valid.length === 0) {
    const why =
      named.length > 0 ? "Its certificate is not valid now" : "Its certificate is unknown";
    refuseSignIn("assertionWrong", `${why}; the app '${app.clientId}' must have registered it`);
  }
  const causes: string[] = [];
  for (const certificate of valid) {
    const cause = await problemOf(assertion, certificate, app, { host, now });
    if (cause === undefined) return;
    causes.push(cause);
  }
  refuseSignIn("assertionWrong", `The client assertion does not hold: ${causes[0]}`);
}

function headerOf(assertion: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(assertion);
  } catch {
    return refuseSignIn("assertionWrong", "The client assertion is no signed JWT");
  }
}

/** Those that the header names by thumbprint; all when it names none. */
function certificatesFor(
  header: ProtectedHeaderParameters,
  pems: readonly string[],
): X509Certificate[] {
  const certificates = pems.map((pem) => new X509Certificate(pem));
  const { kid, x5t, "x5t#S256": x5t256 } = header as Record<string, unknown>;
  const names = [x5t256, x5t, kid].filter((name) => typeof name === "string");
  if (names.length === 0) return certificates;
  return certificates.filter((certificate) => {
    const prints = [certificate.fingerprint, certificate.fingerprint256].flatMap((print) => {
      const hex = print.replaceAll(":", "");
      return [hex, hex.toLowerCase(), Buffer.from(hex, "hex").toString("base64url")];
    });
    return names.some((name) => prints.includes(name));
  });
}

/** Why the assertion does not hold with a certificate; undefined when it does. */
async function problemOf(
  assertion: string,
  certificate: X509Certificate,
  app: AssertingApp,
  { host, now }: { host: string; now: Date },
): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ["RS256", "PS256"],
      issuer: app.clientId,
      subject: app.clientId,
      clockTolerance: limits.tokenSkewSeconds,
      currentDate: now,
      requiredClaims: ["exp", "aud"],
    });
    const life = (payload.exp ?? 0) - now.getTime() / 1000;
    if (life > limits.assertionSeconds) return "it is valid for longer than a day";
    if (![payload.aud].flat().some((audience) => isOurs(audience ?? "", host, app))) {
      return "its aud is not this token endpoint";
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof joseErrors.JOSEError)) throw error;
    return error.message.replace(/\.$/, "");
  }
}

/** A token endpoint of the app's tenant, or the tenant as an issuer, under the name of this host. */
function isOurs(audience: string, host: string, app: AssertingApp): boolean {
  if (!URL.canParse(audience)) return false;
  const url = new URL(audience);
  const [, tenant = "", ...rest] = url.pathname.toLowerCase().replace(/\/$/, "").split("/");
  return (
    url.host === host.toLowerCase().replace(url.protocol === "https:" ? /:443$/ : /:80$/, "") &&
    [app.partnerId, app.domain.toLowerCase(), "common", "organizations"].includes(tenant) &&
    ["oauth2/token", "oauth2/v2.0/token", "v2.0", ""].includes(rest.join("/"))
  );
}
