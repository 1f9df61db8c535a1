/** Proof key for code exchange, RFC 7636. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Fields } from "./form.ts";
import { refuseSignIn } from "./sign-in-error.ts";
import type { ChallengeMethod } from "./store.ts";

export interface Challenge {
  value: string;
  method: ChallengeMethod;
}

/** The form of both a challenge and a verifier. */
const form = /^[A-Za-z0-9\-._~]{43,128}$/;

/** The challenge of an authorization request; undefined when it has none. */
export function readChallenge(fields: Fields): Challenge | undefined {
  const value = fields.get("code_challenge");
  const method = fields.get("code_challenge_method") ?? "plain";
  if (value === undefined) {
    if (!fields.has("code_challenge_method")) return undefined;
    return refuseSignIn("challengeInvalid", "There is a code_challenge_method, no code_challenge");
  }
  if (method !== "S256" && method !== "plain") {
    return refuseSignIn("challengeInvalid", "The code_challenge_method must be S256 or plain");
  }
  if (form.test(value)) return { value, method };
  return refuseSignIn(
    "challengeInvalid",
    "The code_challenge has not 43 to 128 of A-Z a-z 0-9 -._~",
  );
}

/**
 * Refuses a verifier that does not fit its challenge, and one without a challenge: then somebody
 * took the challenge out of the request on its way here.
 */
export function demandVerifier(challenge: Challenge | undefined, verifier: string | undefined) {
  if (challenge === undefined && verifier === undefined) return;
  if (challenge === undefined || verifier === undefined) {
    const missing = challenge === undefined ? "code_challenge" : "code_verifier";
    refuseSignIn("verifierWrong", `The ${missing} is missing`);
  }
  const hash = createHash("sha256").update(verifier).digest("base64url");
  const given = Buffer.from(challenge.method === "S256" ? hash : verifier);
  const wanted = Buffer.from(challenge.value);
  if (form.test(verifier) && given.length === wanted.length && timingSafeEqual(given, wanted)) {
    return;
  }
  refuseSignIn("verifierWrong", "The code_verifier does not fit the code_challenge");
}
