import { entitlementOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { collectionOf } from "../../foundation/http/links.ts";
import { reservationView } from "./entitlement.ts";
import { listEntitlements, requireArtifact } from "./use-cases.ts";

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
      const reservations = [reservationView(await requireArtifact(context, params))];
      return { type: "reservedinstance", reservations, virtualMachineReservations: reservations };
    },
  ),
  getVirtualMachineReservedInstanceArtifact: bind(
    entitlementOperations.getVirtualMachineReservedInstanceArtifact,
    async (context, { params }) => ({
      type: "virtual_machine_reserved_instance",
      virtualMachineReservations: [reservationView(await requireArtifact(context, params))],
    }),
  ),
};
