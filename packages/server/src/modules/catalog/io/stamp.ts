import type { Db } from "../../../foundation/database/sql.ts";
import type { Stamp, StampSource } from "../../../foundation/http/binding.ts";
import { countUpTo } from "../price-steps.ts";
import { catalogRevision, loadPriceSteps } from "../store.ts";

/** The steps of prices that were read last: read again only when the revision is another one. */
const known = new WeakMap<Db, { revision: string; steps: readonly number[] }>();

/**
 * A stamp of the catalog as a partner sees it: its revision, how many steps of prices have passed,
 * and what the partner may sell.
 */
export const catalogStamp: StampSource = {
  keyOf: () => "",
  select: () => catalogRevision,
  async read(db, revision, keys) {
    let state = known.get(db);
    if (state?.revision !== revision) {
      state = { revision, steps: await loadPriceSteps(db) };
      known.set(db, state);
    }
    const { steps } = state;
    const stamp: Stamp = (now, { sellsIn, perpetualSoftware }) =>
      `${revision} ${countUpTo(steps, now.getTime())} ${sellsIn} ${perpetualSoftware}`;
    return keys.map(() => stamp);
  },
};
