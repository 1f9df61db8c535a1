import { systemNow } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import { gathered } from "../../../foundation/gather.ts";
import type { Gate } from "../../../foundation/http/step.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Caller, Installation } from "../../../foundation/partner.ts";
import { wellKnownPartner } from "../partner.ts";
import { loadPartner, loadPartnerWith } from "../store.ts";
import { createTokenCache } from "../token-cache.ts";
import { bearerOf, type VerifiedToken, verifyToken } from "../tokens.ts";
import { createIssuers } from "./issuers.ts";
import { signingKeyOf } from "./signing-key.ts";

const nobody = "00000000-0000-0000-0000-000000000000";

/** Who calls without a token: nobody, in the data of the well-known partner. */
const anonymousCaller: Caller = {
  partnerId: wellKnownPartner.partner.id,
  kind: "app",
  objectId: nobody,
  applicationId: nobody,
  userName: undefined,
  roles: [],
};

const sharedPartner = gathered(async (db, partnerId, calls: readonly undefined[]) => {
  const partner = await loadPartner(db, partnerId);
  return calls.map(() => partner);
});

/** The part of the pipeline that knows partners and tokens. */
export function createGate(parts: { database: Database; installation: Installation }): Gate {
  // Measured with a user's token of 1.2 KB: 74 µs for a check of the signature. Remembered by the
  // whole header: to cut the token out of it costs as much as to find it.
  const cache = createTokenCache(limits.verifiedTokens);
  const verify = verifierOf(parts);
  return {
    async authenticate(authorization) {
      const now = systemNow();
      const known = authorization === undefined ? undefined : cache.get(authorization, now);
      if (known) return known.caller;
      const verified = await verify(bearerOf(authorization), now);
      if (authorization !== undefined) cache.put(authorization, verified);
      return verified.caller;
    },
    loadPartner: (db, partnerId, lock) =>
      lock === undefined
        ? sharedPartner(db, partnerId, undefined)
        : loadPartner(db, partnerId, lock),
    loadPartnerWith,
    anonymous: async () => anonymousCaller,
  };
}

/** A sandbox trusts its own key alone, a live database the configured issuers alone. */
function verifierOf({
  database,
  installation,
}: {
  database: Database;
  installation: Installation;
}) {
  const { mode, policy, issuers } = installation;
  if (mode === "live") return createIssuers(issuers, policy);
  return async (token: string, now: Date): Promise<VerifiedToken> =>
    verifyToken(await signingKeyOf(database), token, now, policy);
}
