import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { newBuyer, offerOf, threeLines } from "../../../test/shop.ts";

const server = await testServer();
await server.at("2030-01-31T10:30:00Z");
const buyer = await newBuyer(server);
const base = `/v1/customers/${buyer.customerId}`;
const cart = await server.call("POST", `${base}/carts`, { body: { lineItems: threeLines(buyer) } });
await server.call("POST", `${base}/carts/${cart.body.id}/checkout`);

const typesOf = (body: { items: { entitlementType: string }[] }) =>
  body.items.map(({ entitlementType }) => entitlementType);

describe("the list", () => {
  test.each([
    ["", ["reservedinstance", "software", "software"]],
    ["?entitlementType=software", ["software", "software"]],
    ["?entitlementtype=reservedInstance", ["reservedinstance"]],
    ["?ENTITLEMENTTYPE=RESERVED_INSTANCE", ["reservedinstance"]],
    ["?entitlementType=reserved-instance", ["reservedinstance"]],
    ["?entitlementType=virtualMachineReservedInstance", ["virtual_machine_reserved_instance"]],
    ["?entitlementType=virtual_machine_reserved_instance", ["virtual_machine_reserved_instance"]],
    ["?entitlementType=", ["reservedinstance", "software", "software"]],
    ["?entitlementType=other", []],
    ["?entitlementType=product_key", []],
  ])("with %j has the types %j", async (query, expected) => {
    const { status, body } = await server.call("GET", `${base}/entitlements${query}`);
    expect(status).toBe(200);
    expect(typesOf(body)).toEqual(expected);
    expect(body.totalCount).toBe(expected.length);
  });

  test.each([
    ["", 0],
    ["?showExpiry=false", 0],
    ["?showExpiry=False", 0],
    ["?showExpiry=0", 0],
    ["?showExpiry=true", 2],
    ["?showexpiry=True", 2],
    ["?SHOWEXPIRY=1", 2],
  ])("with %j tells the end of %i goods", async (query, expected) => {
    const { body } = await server.call("GET", `${base}/entitlements${query}`);
    const ends = body.items.flatMap((one: { expiryDate?: string }) => one.expiryDate ?? []);
    expect(ends).toHaveLength(expected);
    for (const end of ends) expect(end).toMatch(/^203\d-\d\d-\d\dT00:00:00Z$/);
  });

  test("tells of each line how much of it may be used, and includes nothing more", async () => {
    const { body } = await server.call("GET", `${base}/entitlements`);
    const quantities = [2, 5, 3];
    expect(body.items).toMatchObject(
      quantities.map((quantity, line) => ({
        includedEntitlements: [],
        referenceOrder: { lineItemId: `${line}` },
        quantity,
        quantityDetails: [{ quantity, status: "fulfilled" }],
      })),
    );
    expect(JSON.stringify(body)).not.toContain("product_key");
  });

  test("is for users only", async () => {
    const { status, body } = await server.call("GET", `${base}/entitlements`, { token: "app" });
    expect([status, body.code]).toEqual([403, 900329]);
  });
});

describe("reservation details", () => {
  test("answer under the artifact's link, in both forms", async () => {
    const { body } = await server.call(
      "GET",
      `${base}/entitlements?entitlementType=reservedinstance`,
    );
    const [artifact] = body.items[0].entitledArtifacts;
    expect(artifact).toMatchObject({
      artifactType: "reservedinstance",
      dynamicAttributes: { reservationType: "virtualmachines" },
    });
    const details = await server.call("GET", artifact.link.uri);
    const term = offerOf("reservation").termDuration;
    const year = term === "P3Y" ? 2033 : 2031;
    expect(details.body).toMatchObject({
      type: "reservedinstance",
      reservations: [
        {
          quantity: 2,
          scopeType: "Shared",
          effectiveDateTime: "2030-01-31T10:30:00.0000000Z",
          expiryDateTime: `${year}-01-31T00:00:00Z`,
          provisioningState: "Created",
        },
      ],
    });
    expect(details.body.virtualMachineReservations).toEqual(details.body.reservations);
    const older = await server.call(
      "GET",
      artifact.link.uri.replace("reservedinstance", "virtualmachinereservedinstance"),
    );
    expect(older.body).toEqual({
      type: "virtual_machine_reserved_instance",
      virtualMachineReservations: details.body.reservations,
    });
  });

  test("are not found under a link with one part wrong", async () => {
    const { body } = await server.call(
      "GET",
      `${base}/entitlements?entitlementType=reservedinstance`,
    );
    const uri: string = body.items[0].entitledArtifacts[0].link.uri;
    const parts = uri.split("/");
    for (const index of [6, 8, 10]) {
      const wrong = parts.with(index, "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f").join("/");
      const answer = await server.call("GET", wrong);
      expect([answer.status, answer.body.code]).toEqual([404, 1000]);
    }
  });
});

test("perpetual goods stay for ever, goods with a term go with it", async () => {
  await server.call("POST", "/_kontor/clock", { body: { set: "2036-01-31T10:30:00Z" } });
  const { body } = await server.call("GET", `${base}/entitlements?showExpiry=true`);
  expect(body.items).toHaveLength(1);
  expect(body.items[0].productId).toBe(offerOf("perpetual_software").product.id);
});
