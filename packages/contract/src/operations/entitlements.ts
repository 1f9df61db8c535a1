import { access, operation } from "../operation.ts";
import {
  Attributes,
  collection,
  flag,
  guid,
  instant,
  Link,
  list,
  optional,
  record,
  type Static,
  text,
  textMap,
} from "../schema.ts";
import { customerParams, integerOut } from "./shared.ts";

/**
 * The documented forms of entitlements, by the month of their pages. A partner has one of them;
 * that of June 2018 has product keys, which later strict clients cannot read.
 */
export const entitlementShapes = ["2018-06", "2021-07"] as const;
export type EntitlementShape = (typeof entitlementShapes)[number];

const Artifact = record({
  // `reservedinstance` is the only value that the Java SDK survives: any other one stands in the
  // list of June 2018 or in the legacy list of reservations, which it cannot read anyway.
  artifactType: text(),
  // Of a reservation.
  resourceId: optional(text()),
  dynamicAttributes: optional(textMap()),
  // Of a product key.
  state: optional(text()),
  reason: optional(text()),
  link: Link,
});

const entitlementFields = {
  referenceOrder: record({ id: text(), lineItemId: text(), alternateId: optional(text()) }),
  productId: text(),
  skuId: text(),
  skuTitle: optional(text()),
  quantity: integerOut(),
  quantityDetails: list(record({ quantity: integerOut(), status: text() })),
  entitledArtifacts: list(Artifact),
  entitlementType: text(),
  expiryDate: optional(instant()),
  fulfillmentState: text(),
  dynamicAttributes: optional(textMap()),
  attributes: Attributes,
} as const;

/** What a bundle includes has the shape of an entitlement that includes nothing itself. */
const IncludedEntitlement = record({
  includedEntitlements: list(record({})),
  ...entitlementFields,
});
export const Entitlement = record({
  includedEntitlements: list(IncludedEntitlement),
  ...entitlementFields,
});

const Reservation = record({
  reservationId: text(),
  displayName: text(),
  scopeType: text(),
  appliedScopes: optional(list(text())),
  quantity: integerOut(),
  expiryDateTime: instant(),
  effectiveDateTime: instant(),
  provisioningState: text(),
});
export type ReservationView = Static<typeof Reservation>;

/** Clients hand the parts back as they were given: one of another form was never given out. */
const keyParams = record({
  ...customerParams.properties,
  groupId: text({ max: 64, "x-error": "NOT_FOUND" }),
  lineItemId: guid({ "x-error": "NOT_FOUND" }),
  itemId: text({ max: 200, "x-error": "NOT_FOUND" }),
});
const artifactParams = record({
  ...customerParams.properties,
  groupId: text({ max: 64, "x-error": "NOT_FOUND" }),
  lineItemId: guid({ "x-error": "NOT_FOUND" }),
  resourceId: guid({ "x-error": "NOT_FOUND" }),
});

export const entitlementOperations = {
  listEntitlements: operation({
    id: "listEntitlements",
    method: "GET",
    path: "/customers/{customerId}/entitlements",
    area: "entitlements",
    summary: "List what a customer is entitled to",
    access: access.anyUser,
    params: customerParams,
    query: record({ entitlementType: optional(text({ max: 60 })), showExpiry: optional(flag()) }),
    responses: { 200: collection(Entitlement) },
    errors: ["CUSTOMER_ID_INVALID", "TENANT_NOT_FOUND"],
  }),
  getReservedInstanceArtifact: operation({
    id: "getReservedInstanceArtifact",
    method: "GET",
    path:
      "/customers/{customerId}/artifacts/reservedinstance" +
      "/groups/{groupId}/lineitems/{lineItemId}/resource/{resourceId}",
    area: "entitlements",
    summary: "Get the reservations of a reservation order",
    access: access.anyUser,
    params: artifactParams,
    query: record({}),
    responses: {
      200: record({
        type: text(),
        // Both names with the same content: .NET reads the first, the documents show the second.
        reservations: list(Reservation),
        virtualMachineReservations: list(Reservation),
      }),
    },
    errors: ["CUSTOMER_ID_INVALID", "TENANT_NOT_FOUND", "NOT_FOUND"],
  }),
  getVirtualMachineReservedInstanceArtifact: operation({
    id: "getVirtualMachineReservedInstanceArtifact",
    method: "GET",
    path:
      "/customers/{customerId}/artifacts/virtualmachinereservedinstance" +
      "/groups/{groupId}/lineitems/{lineItemId}/resource/{resourceId}",
    area: "entitlements",
    summary: "Get the reservations of a reservation order, older form",
    access: access.anyUser,
    params: artifactParams,
    query: record({}),
    responses: {
      200: record({ type: text(), virtualMachineReservations: list(Reservation) }),
    },
    errors: ["CUSTOMER_ID_INVALID", "TENANT_NOT_FOUND", "NOT_FOUND"],
  }),
  getProductKeyArtifact: operation({
    id: "getProductKeyArtifact",
    method: "GET",
    path:
      "/customers/{customerId}/artifacts/productkey" +
      "/groups/{groupId}/lineitems/{lineItemId}/items/{itemId}",
    area: "entitlements",
    summary: "Get the product key of software",
    access: access.anyUser,
    params: keyParams,
    query: record({}),
    responses: { 200: record({ type: text(), productKey: text() }) },
    errors: ["CUSTOMER_ID_INVALID", "TENANT_NOT_FOUND", "NOT_FOUND"],
  }),
};
