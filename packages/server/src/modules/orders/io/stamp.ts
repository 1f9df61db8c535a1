import { isGuid } from "@kontor/contract";
import { gathered } from "../../../foundation/gather.ts";
import type { LoadStamp } from "../../../foundation/http/binding.ts";
import { loadOrderVersions } from "../store.ts";

const loadVersion = gathered(loadOrderVersions);

/** A stamp of one order: its version, and whether it is fulfilled by now. */
export const orderStamp: LoadStamp = async (db, partnerId, { customerId = "", orderId = "" }) => {
  if (!isGuid(customerId)) return () => undefined;
  const found = await loadVersion(db, partnerId, { customerId, orderId });
  return (now) => found && `${found.version} ${found.fulfilledAt.getTime() <= now.getTime()}`;
};
