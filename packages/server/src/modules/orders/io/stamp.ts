import { isGuid } from "@kontor/contract";
import type { StampSource } from "../../../foundation/http/binding.ts";
import { orderVersions } from "../store.ts";

/** A stamp of one order: its version, and whether it is fulfilled by now. */
export const orderStamp: StampSource = {
  keyOf: ({ customerId = "", orderId = "" }) =>
    isGuid(customerId) ? `${customerId}/${orderId}` : undefined,
  select: (partnerId, keys) =>
    orderVersions(
      partnerId,
      keys.map((key) => {
        const [customerId = "", orderId = ""] = key.split("/", 2);
        return { customerId, orderId };
      }),
    ),
  async read(_db, text) {
    return text.split(",").map((one) => {
      const [version, fulfilledAt] = one.split(" ");
      if (fulfilledAt === undefined) return () => undefined;
      return (now) => `${version} ${Number(fulfilledAt) <= now.getTime()}`;
    });
  },
};
