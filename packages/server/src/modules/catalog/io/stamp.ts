import type { Db } from "../../../foundation/database/sql.ts";
import { gathered } from "../../../foundation/gather.ts";
import type { LoadStamp } from "../../../foundation/http/binding.ts";
import { countUpTo } from "../price-steps.ts";
import { loadCatalogRevision, loadPriceSteps } from "../store.ts";

interface CatalogState {
  revision: bigint;
  /** Of the prices, as `loadPriceSteps` answers them. */
  steps: readonly number[];
}

/** The state that was read last: steps are read again only when the revision is another one. */
const known = new WeakMap<Db, CatalogState>();

const loadState = gathered(async (db, _group, calls: readonly undefined[]) => {
  const revision = await loadCatalogRevision(db);
  let state = known.get(db);
  if (state?.revision !== revision) {
    state = { revision, steps: await loadPriceSteps(db) };
    known.set(db, state);
  }
  return calls.map(() => state);
});

/**
 * A stamp of the catalog as a partner sees it: its revision, how many steps of prices have passed,
 * and what the partner may sell.
 */
export const catalogStamp: LoadStamp = async (db) => {
  const { revision, steps } = await loadState(db, "catalog", undefined);
  return (now, { sellsIn, perpetualSoftware }) =>
    `${revision} ${countUpTo(steps, now.getTime())} ${sellsIn} ${perpetualSoftware}`;
};
