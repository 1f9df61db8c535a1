import { systemNow } from "../../../foundation/clock.ts";
import type { Database } from "../../../foundation/database/pool.ts";
import type { Gate } from "../../../foundation/http/pipeline.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Caller } from "../../../foundation/partner.ts";
import { wellKnownPartner } from "../partner.ts";
import { loadPartner } from "../store.ts";
import { createTokenCache } from "../token-cache.ts";
import { bearerOf, verifyToken } from "../tokens.ts";
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

/** The part of the pipeline that knows partners and tokens. */
export function createGate(parts: { database: Database }): Gate {
  // Measured with a user's token of 1.2 KB: 74 µs for a check of the signature, 5 µs for a hit
  // among 2,000 remembered ones.
  const cache = createTokenCache(limits.verifiedTokens);
  return {
    async authenticate(authorization) {
      const token = bearerOf(authorization);
      const now = systemNow();
      const known = cache.get(token, now);
      if (known) return known.caller;
      const verified = await verifyToken(await signingKeyOf(parts.database), token, now);
      cache.put(token, verified);
      return verified.caller;
    },
    loadPartner,
    anonymous: async () => anonymousCaller,
  };
}
