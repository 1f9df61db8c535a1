import { entitlementOperations } from "@kontor/contract";
import { answer, bind } from "../../foundation/http/binding.ts";
import { collectionOf } from "../../foundation/http/links.ts";
import { productKeyType, reservationView, reservationWords } from "./artifact.ts";
import { listEntitlements, requireProductKey, requireReservation } from "./use-cases.ts";

export const entitlementRoutes = {
  listEntitlements: bind(
    entitlementOperations.listEntitlements,
    async (context, { params: { customerId }, query }) =>
      collectionOf(
        await listEntitlements(context, customerId, query),
        `/customers/${customerId}/entitlements`,
      ),
  ),
  getReservedInstanceArtifact: bind(
    entitlementOperations.getReservedInstanceArtifact,
    async (context, { params }) => {
      const reservations = [reservationView(await requireReservation(context, params))];
      return {
        type: reservationWords.current.type,
        reservations,
        virtualMachineReservations: reservations,
      };
    },
  ),
  getVirtualMachineReservedInstanceArtifact: bind(
    entitlementOperations.getVirtualMachineReservedInstanceArtifact,
    async (context, { params }) => ({
      type: reservationWords.older.type,
      virtualMachineReservations: [reservationView(await requireReservation(context, params))],
    }),
  ),
  getProductKeyArtifact: bind(
    entitlementOperations.getProductKeyArtifact,
    async (context, { params }) =>
      answer(
        { type: productKeyType, productKey: await requireProductKey(context, params) },
        { "Cache-Control": "private, no-store" },
      ),
  ),
};
