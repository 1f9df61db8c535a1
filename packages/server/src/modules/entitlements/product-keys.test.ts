/** The form of June 2018, and the product keys that it leads to. */
import { describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { businessRows, newBuyer, offerOf, threeLines } from "../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../test/walk/world.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";

const server = await testServer();
const start = "2030-01-31T10:30:00Z";
const old = await newPartner(server, { entitlementShape: "2018-06" });
await old.at(start);
const buyer = await newBuyer(old);
const base = `/v1/customers/${buyer.customerId}`;
const form = /^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/;

type Partner = Pick<typeof server, "call">;
interface Artifact {
  artifactType: string;
  state: string;
  link: { uri: string };
}
interface Entitlement {
  productId: string;
  quantity: number;
  entitlementType: string;
  entitledArtifacts: Artifact[];
}

/** Buys the three kinds of goods; answers the id of their order. */
async function buy(partner: Partner = old, of = buyer): Promise<string> {
  const path = `/v1/customers/${of.customerId}/carts`;
  const body = { lineItems: threeLines(of) };
  const cart = await expectStatus(partner.call("POST", path, { body }), 201);
  const done = await expectStatus(partner.call("POST", `${path}/${cart.body.id}/checkout`), 201);
  return done.body.orders[0].id;
}

async function entitlements(query = "", partner: Partner = old, of = buyer) {
  const list = await expectStatus(
    partner.call("GET", `/v1/customers/${of.customerId}/entitlements${query}`),
    200,
  );
  return list.body.items as (Entitlement & Record<string, unknown>)[];
}

/** Links to the keys of an order's software, in the order of its lines. */
async function keyLinks(orderId: string, partner: Partner = old, of = buyer): Promise<string[]> {
  const items = await entitlements("?entitlementType=software", partner, of);
  return items
    .filter((one) => (one.referenceOrder as { id: string }).id === orderId)
    .flatMap((one) => one.entitledArtifacts.map((artifact) => artifact.link.uri));
}

async function keyOf(uri: string, partner: Partner = old): Promise<string> {
  const { body } = await expectStatus(partner.call("GET", `/v1${uri}`), 200);
  return body.productKey;
}

async function refusal(uri: string, partner: Partner = old) {
  const { status, body } = await partner.call("GET", uri);
  return [status, body.code];
}

const setShape = (shape: string, partnerId: string) =>
  server.database.query(sql`
    UPDATE partner SET entitlement_shape = ${shape} WHERE partner_id = ${partnerId}`);

const cancel = (orderId: string, at: string) =>
  server.database.query(sql`
    UPDATE order_line SET cancelled_at = ${at}::timestamptz, kept_minor = 0
    WHERE partner_id = ${old.partnerId} AND order_id = ${orderId}`);

const firstOrder = await buy();
const [reservation, perpetual, term] = ["reservation", "perpetual_software", "term_software"].map(
  (kind) => offerOf(kind),
);

describe("the list of June 2018", () => {
  test("has the members of its pages, and none of later ones", async () => {
    const items = await entitlements("?showExpiry=true");
    const path = (tail: string) => expect.stringMatching(`^/customers/[^/]+/artifacts/${tail}$`);
    const software = (offer: typeof perpetual, lineItemId: string, quantity: number) => ({
      includedEntitlements: [],
      referenceOrder: { id: firstOrder, lineItemId },
      productId: offer?.product.id,
      skuId: offer?.sku.id,
      quantity,
      quantityDetails: [{ quantity, status: "fulfilled" }],
      entitledArtifacts: [
        {
          artifactType: "product_key",
          state: "Active",
          reason: "",
          link: {
            uri: path(
              "productkey/groups/[0-9a-f]{32}/lineitems/[0-9a-f-]{36}" +
                `/items/${offer?.product.id}:${offer?.sku.id}:[0-9a-f-]{36}`,
            ),
            method: "GET",
            headers: [],
          },
        },
      ],
      entitlementType: "software",
      fulfillmentState: "fulfilled",
      attributes: { objectType: "Entitlement" },
    });
    expect(items).toEqual([
      {
        includedEntitlements: [],
        referenceOrder: { id: firstOrder, lineItemId: "0" },
        productId: reservation?.product.id,
        skuId: reservation?.sku.id,
        skuTitle: reservation?.sku.title,
        quantity: 2,
        quantityDetails: [{ quantity: 2, status: "fulfilled" }],
        entitledArtifacts: [
          {
            artifactType: "virtual_machine_reserved_instance",
            resourceId: expect.any(String),
            link: {
              uri: path(
                "virtualmachinereservedinstance/groups/[0-9a-f]{32}/lineitems/[0-9a-f-]{36}" +
                  "/resource/[0-9a-f-]{36}",
              ),
              method: "GET",
              headers: [],
            },
          },
        ],
        entitlementType: "virtual_machine_reserved_instance",
        fulfillmentState: "fulfilled",
        attributes: { objectType: "Entitlement" },
      },
      software(perpetual, "1", 5),
      software(term, "2", 3),
    ]);
  });

  test.each([
    ["software", ["software", "software"]],
    ["Software", ["software", "software"]],
    ["virtualMachineReservedInstance", ["virtual_machine_reserved_instance"]],
    ["VIRTUAL_MACHINE_RESERVED_INSTANCE", ["virtual_machine_reserved_instance"]],
    ["reservedInstance", ["virtual_machine_reserved_instance"]],
    ["product_key", []],
  ])("filtered by %s has the types %j", async (type, expected) => {
    const items = await entitlements(`?entitlementType=${type}`);
    expect(items.map((one) => one.entitlementType)).toEqual(expected);
  });

  test("leads to the details of a reservation in the older form", async () => {
    const [one] = await entitlements("?entitlementType=reservedinstance");
    const uri = one?.entitledArtifacts[0]?.link.uri ?? "";
    const details = await expectStatus(old.call("GET", `/v1${uri}`), 200);
    expect(Object.keys(details.body)).toEqual(["type", "virtualMachineReservations"]);
  });

  test("turns into that of July 2021 with the partner, and nothing of it stays", async () => {
    await setShape("2021-07", old.partnerId);
    const text = JSON.stringify(await entitlements("?showExpiry=true"));
    await setShape("2018-06", old.partnerId);
    expect(text).not.toMatch(/product_key|virtual_machine|skuTitle/);
    for (const word of ["alternateId", "expiryDate", "dynamicAttributes", '"reservedinstance"']) {
      expect(text).toContain(word);
    }
  });
});

describe("a product key", () => {
  test("is fetched by its link, the same each time, and no cache may keep it", async () => {
    const [uri = "", other = ""] = await keyLinks(firstOrder);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => old.call("GET", `/v1${uri}`)),
    );
    const [answer] = answers;
    expect(answer?.status).toBe(200);
    expect(answer?.body).toEqual({ type: "product_key", productKey: expect.stringMatching(form) });
    expect(answer?.headers["cache-control"]).toBe("private, no-store");
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await keyOf(other)).not.toBe(answer?.body.productKey);
  });

  test("answers to its path however it is spelled", async () => {
    const [uri = ""] = await keyLinks(firstOrder);
    const key = await keyOf(uri);
    const [, customer = "", rest = ""] = /^(\/customers\/[^/]+)(.*)$/.exec(uri) ?? [];
    expect(await keyOf(`${customer}${rest.toUpperCase()}`)).toBe(key);
    expect(await keyOf(uri.replaceAll(":", "%3A"))).toBe(key);
    expect(await keyOf(`${uri}/`)).toBe(key);
  });

  test("answers in the form of July 2021 too, to who holds its link", async () => {
    const [uri = ""] = await keyLinks(firstOrder);
    const key = await keyOf(uri);
    await setShape("2021-07", old.partnerId);
    expect(await keyOf(uri)).toBe(key);
    await setShape("2018-06", old.partnerId);
  });

  test("is one for each line, however often its order is sent", async () => {
    const lineItems = threeLines(buyer);
    const path = `${base}/carts`;
    const cart = await expectStatus(old.call("POST", path, { body: { lineItems } }), 201);
    const before = await businessRows(server);
    const headers = { "MS-RequestId": randomId() };
    const orders = await Promise.all([
      ...[1, 2, 3].map(() => old.call("POST", `${path}/${cart.body.id}/checkout`, { headers })),
      ...[1, 2].map(() => old.call("POST", `${path}/${cart.body.id}/checkout`)),
    ]);
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(orders.map(({ body }) => body.orders[0].id)).size).toBe(1);
    const after = await businessRows(server);
    expect((after.product_key ?? 0) - (before.product_key ?? 0)).toBe(2);
    const links = await keyLinks(orders[0]?.body.orders[0].id);
    const keys = await Promise.all(links.map((uri) => keyOf(uri)));
    expect(new Set(keys).size).toBe(2);
  });

  test("is not made by an order that is refused", async () => {
    const poor = await newPartner(server, { entitlementShape: "2018-06", creditLimit: "1" });
    const own = await newBuyer(poor);
    const before = await businessRows(server);
    const lineItems = [{ offerId: perpetual?.catalogItemId, quantity: 1 }];
    const orders = `/v1/customers/${own.customerId}/orders`;
    const refused = await poor.call("POST", orders, { body: { lineItems } });
    expect([refused.status, refused.body.code]).toEqual([403, 800023]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("stays hidden until its order is fulfilled", async () => {
    const slow = await testServer({ profile: "realistic" });
    await slow.at(start);
    const own = await newBuyer(slow);
    await slow.at("2030-01-31T11:30:00Z");
    const line = { offerId: perpetual?.catalogItemId, quantity: 1 };
    const orders = `/v1/customers/${own.customerId}/orders`;
    const made = slow.call("POST", orders, { body: { lineItems: [line] } });
    const { body: order } = await expectStatus(made, 201);
    const [path] = await slow.database.query<{ uri: string }>(sql`
      SELECT '/v1/customers/' || ${own.customerId} || '/artifacts/productkey/groups/' ||
        artifact_group || '/lineitems/' || artifact_line || '/items/' || product_id || ':' ||
        sku_id || ':' || artifact_item AS uri
      FROM order_line WHERE order_id = ${order.id}`);
    expect(await entitlements("", slow, own)).toEqual([]);
    expect(await refusal(path?.uri ?? "", slow)).toEqual([404, 1000]);
    await slow.at("2030-01-31T11:32:00Z");
    expect(await entitlements("", slow, own)).toHaveLength(1);
    expect((await slow.call("GET", path?.uri ?? "")).body.productKey).toMatch(form);
  });
});

describe("a path that was not given out", () => {
  test("is not found, whichever part of it is another", async () => {
    const [uri = ""] = await keyLinks(firstOrder);
    const [otherUri = ""] = await keyLinks(await buy());
    const before = await businessRows(server);
    const [parts, others] = [`/v1${uri}`.split("/"), `/v1${otherUri}`.split("/")];
    const [product = "", sku = "", id = ""] = (parts[11] ?? "").split(":");
    const wrong: [number, string][] = [
      ...[7, 9, 11].map((at): [number, string] => [at, others[at] ?? ""]),
      ...[7, 9, 11].map((at): [number, string] => [at, randomId()]),
      [7, randomId().replaceAll("-", "")],
      [7, "x".repeat(400)],
      [9, "not-a-guid"],
      [11, `${product}:${sku}`],
      [11, `${product}:${sku}:${randomId()}`],
      [11, `${sku}:${product}:${id}`],
      [11, `${product}:${sku}:${id}:`],
      [11, "x".repeat(400)],
    ];
    for (const [at, part] of wrong) {
      expect([at, part, await refusal(parts.with(at, part).join("/"))]).toEqual([
        at,
        part,
        [404, 1000],
      ]);
    }
    const keyAsReservation = parts.with(5, "reservedinstance").with(10, "resource").join("/");
    expect(await refusal(keyAsReservation)).toEqual([404, 1000]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("is not found for another customer and another partner", async () => {
    const [uri = ""] = await keyLinks(firstOrder);
    const neighbour = await newBuyer(old);
    await buy(old, neighbour);
    const own = await newBuyer(server);
    const at = (customerId: string) => `/v1${uri.replace(buyer.customerId, customerId)}`;
    const before = await businessRows(server);
    expect(await refusal(at(neighbour.customerId))).toEqual([404, 1000]);
    expect(await refusal(at(own.customerId), server)).toEqual([404, 1000]);
    expect(await refusal(`/v1${uri}`, server)).toEqual([404, 60003]);
    expect(await refusal(at(randomId()))).toEqual([404, 60003]);
    expect(await refusal(at("nobody"))).toEqual([400, 900118]);
    expect(await businessRows(server)).toEqual(before);
  });

  test("is for users only", async () => {
    const [uri = ""] = await keyLinks(firstOrder);
    const { status, body } = await old.call("GET", `/v1${uri}`, { token: "app" });
    expect([status, body.code]).toEqual([403, 900329]);
  });
});

describe("goods that ended", () => {
  test("are gone when they were given back, but for the state of a key in 2018", async () => {
    const orderId = await buy();
    const links = await keyLinks(orderId);
    const ofOrder = (one: Record<string, unknown>) =>
      (one.referenceOrder as { id: string }).id === orderId;
    const all = (await entitlements()).filter(ofOrder);
    const details = all.flatMap((one) => one.entitledArtifacts)[0]?.link.uri ?? "";
    expect(await Promise.all(links.map((uri) => keyOf(uri)))).toHaveLength(2);
    await expectStatus(old.call("GET", `/v1${details}`), 200);

    await cancel(orderId, start);
    const left = (await entitlements()).filter(ofOrder);
    expect(left.map((one) => [one.entitlementType, one.quantity])).toEqual([
      ["software", 0],
      ["software", 0],
    ]);
    for (const one of left) {
      expect(one.quantityDetails).toMatchObject([{ status: "unfulfilled" }]);
      expect(one.entitledArtifacts).toMatchObject([
        { state: "Cancelled", reason: "The order line was cancelled." },
      ]);
    }
    for (const uri of [...links, details]) {
      expect(await refusal(`/v1${uri}`)).toEqual([404, 1000]);
    }
    await setShape("2021-07", old.partnerId);
    expect((await entitlements()).filter(ofOrder)).toEqual([]);
    for (const uri of links) expect(await refusal(`/v1${uri}`)).toEqual([404, 1000]);
    await setShape("2018-06", old.partnerId);
  });

  test("keep no key when their term is over, and go on where they have none", async () => {
    const late = await newPartner(server, { entitlementShape: "2018_06" });
    await late.at(start);
    const own = await newBuyer(late);
    const [perpetualUri = "", termUri = ""] = await keyLinks(await buy(late, own), late, own);
    const key = await keyOf(perpetualUri, late);
    expect(await keyOf(termUri, late)).toMatch(form);
    await late.at("2036-01-31T10:30:00Z");
    const items = await entitlements("", late, own);
    expect(items.map((one) => one.productId)).toEqual([perpetual?.product.id]);
    expect(await refusal(`/v1${termUri}`, late)).toEqual([404, 1000]);
    expect(await keyOf(perpetualUri, late)).toBe(key);
  });
});

test("a partner cannot have a form of entitlements that there is not", async () => {
  const before = await businessRows(server);
  const body = { entitlementShape: "2019-01" };
  const { status, body: fault } = await server.call("POST", "/_kontor/partners", { body });
  expect([status, fault.code]).toEqual([400, 800002]);
  expect(fault.description).toContain("2018-06");
  expect(await businessRows(server)).toEqual(before);
});
