/**
 * Keeps web pages away from the control plane. It listens on every developer's machine and takes
 * well-known secrets, so any page that is open in a browser there could call it.
 */
import { isIP } from "node:net";
import { refuse } from "../errors.ts";
import { firstValue, type IncomingHeaders } from "./headers.ts";

interface PlaneCall {
  headers: IncomingHeaders;
  body: Uint8Array | undefined;
}

/**
 * Refuses a call that a foreign page could make: under a name that may be the page's own (DNS
 * rebinding), from another origin, or with a body of a form's type. `allowedHosts` are lower case.
 *
 * @throws Refusal FOREIGN_PAGE, INVALID_INPUT
 */
export function refuseForeignPages({ headers, body }: PlaneCall, allowedHosts: readonly string[]) {
  const host = firstValue(headers, "host")?.toLowerCase() ?? "";
  const name = hostName(host);
  if (!isOwnName(name) && !allowedHosts.includes(name)) {
    refuse("FOREIGN_PAGE", `the host ${name} is not listed in KONTOR_ALLOWED_HOSTS`);
  }
  const origin = firstValue(headers, "origin");
  if (origin !== undefined && originHost(origin) !== host) {
    refuse("FOREIGN_PAGE", `the origin ${origin.slice(0, 200)} is another one than ${host}`);
  }
  const site = firstValue(headers, "sec-fetch-site") ?? "none";
  if (site !== "none" && site !== "same-origin") {
    refuse("FOREIGN_PAGE", `a browser says that the call is ${site}`);
  }
  const hasBody = body !== undefined && body.length > 0;
  if (
    hasBody &&
    !/^application\/([\w.-]+\+)?json\b/i.test(firstValue(headers, "content-type") ?? "")
  ) {
    refuse(
      "INVALID_INPUT",
      "the control plane takes a body as Content-Type: application/json only",
    );
  }
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/**
 * Names that no foreign page can have: addresses, names without a dot (of a container or a machine
 * of the same network), and those that always mean this machine.
 */
function isOwnName(name: string): boolean {
  return (
    isIP(name) !== 0 || (name !== "" && !name.includes(".")) || /\.(localhost|internal)$/.test(name)
  );
}

/** Undefined for `null`, which sandboxed pages send, and for what is no origin. */
function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
