/** The forms in which each family of clients sends its requests, byte for byte over a socket. */
import { describe, expect, test } from "vitest";
import type { RawAnswer, RawRequest } from "./raw-http.ts";
import { startWorld } from "./world.ts";

const world = await startWorld();
const { customerId, subscriptionId, software } = world;
const customer = `/v1/customers/${customerId}`;
const json = { "Content-Type": "application/json" };
const invoices = await world.call("GET", "/v1/invoices");
const invoiceId: string = invoices.items[0].id;
const item = `"${software}"`;

const dotNet = {
  ...json,
  Accept: "application/json",
  "MS-PartnerCenter-Client": "Partner Center .NET SDK",
  "MS-SdkVersion": "3.4.0",
  "X-Locale": "en-US",
};
const java = {
  "Content-Type": "application/json; charset=utf-8",
  Accept: "application/json",
  "Accept-Encoding": "gzip",
  "MS-Contract-Version": "v1",
  "MS-PartnerCenter-Client": "Partner Center Java SDK",
  "MS-SdkVersion": "1.15.4",
  "X-Locale": "en-US",
};
const powerShell = { ...json, "MS-PartnerCenter-Client": "Partner Center Open .NET SDK" };
const axios = { ...json, Accept: "application/json, text/plain, */*" };

/** A cart as each client's serialiser writes it. */
const cartOfDotNet = JSON.stringify({
  Id: null,
  CreationTimestamp: null,
  LastModifiedTimestamp: null,
  ExpirationTimestamp: "0001-01-01T00:00:00",
  LastModifiedUser: null,
  Status: null,
  LineItems: [
    {
      Id: 0,
      CatalogItemId: software,
      FriendlyName: null,
      Quantity: 1,
      CurrencyCode: null,
      BillingCycle: "one_time",
      TermDuration: null,
      PromotionId: null,
      Participants: null,
      ProvisioningContext: null,
      OrderGroup: null,
      AddonItems: null,
      Error: null,
      RenewsTo: null,
      CustomTermEndDate: null,
    },
  ],
  Links: null,
  Attributes: { Etag: null, ObjectType: "Cart" },
});
const cartOfJava = JSON.stringify({
  lineItems: [
    { id: 0, catalogItemId: software, quantity: 1, billingCycle: "one_time", totalPrice: 0.0 },
  ],
  attributes: { objectType: "Cart" },
});
const cartOfPowerShell = JSON.stringify({
  LineItems: [{ Id: 0, CatalogItemId: software, Quantity: 1, BillingCycle: "OneTime" }],
});
const cartOf = (cycle: string) =>
  `{"lineItems":[{"catalogItemId":${item},"quantity":1,"billingCycle":${cycle}}]}`;

interface Form {
  client: string;
  form: string;
  request: RawRequest | (() => Promise<RawRequest>);
  status: number;
  /** What came of it. */
  effect(answer: RawAnswer): unknown;
  expected?: unknown;
}

const post = (target: string, body: string | Buffer, headers: Record<string, string> = json) => ({
  method: "POST",
  target,
  headers,
  body,
});
const get = (target: string, headers: Record<string, string> = axios) => ({
  method: "GET",
  target,
  headers,
});
const cycleOfLine = ({ json: cart }: RawAnswer) => cart.lineItems[0].billingCycle;
const ordersMade = ({ json: result }: RawAnswer) => result.orders.length;
const itemsFound = ({ json: list }: RawAnswer) => list.items.length > 0;
const filter = (text: string) => `/v1/customers?size=0&filter=${text}`;
const simple = '{"Field":"CompanyName","Value":"Fab","Operator":"starts_with"}';

async function checkoutOf(body: string | undefined, headers: Record<string, string>) {
  const made = await world.call("POST", `${customer}/carts`, JSON.parse(cartOfJava));
  const target = `${customer}/carts/${made.id}/checkout`;
  return body === undefined ? { method: "POST", target, headers } : post(target, body, headers);
}
const registrations = `${customer}/subscriptions/${subscriptionId}/registrations`;
const location = ({ headers }: RawAnswer) => headers.location;
const registered = `/customers/${customerId}/subscriptions/${subscriptionId}/registrationstatus`;
const lines = `/v1/invoices/${invoiceId}/lineitems`;

const forms: readonly Form[] = [
  {
    client: ".NET",
    form: "cart in PascalCase with every null",
    request: post(`${customer}/carts`, cartOfDotNet, dotNet),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  {
    client: ".NET",
    form: 'checkout with the JSON text "success"',
    request: () => checkoutOf('"success"', dotNet),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: ".NET",
    form: "registration with null",
    request: post(registrations, "null", dotNet),
    status: 202,
    effect: location,
    expected: registered,
  },
  {
    client: ".NET",
    form: "Expect: 100-continue before the body",
    request: { ...post(`${customer}/carts`, cartOfDotNet, dotNet), expectContinue: true },
    status: 201,
    effect: ({ interim }) => interim,
    expected: [100],
  },
  {
    client: ".NET",
    form: "a flag as True and a cycle as OneTime in the query",
    request: get(`${customer}/orders?billingType=OneTime&include_price=True`, dotNet),
    status: 200,
    effect: ({ json: list }) => list.items.every((one: object) => "totalPrice" in one),
    expected: true,
  },
  {
    client: ".NET",
    form: "a form-encoded filter",
    request: get(filter(encodeURIComponent(simple)), dotNet),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: ".NET",
    form: "a raw filter, not encoded at all",
    request: get(filter(simple), dotNet),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: ".NET",
    form: "path style OneTime/BillingLineItems with size=0",
    request: get(`${lines}/OneTime/BillingLineItems?size=0&offset=0`, dotNet),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: ".NET",
    form: "an empty currencyCode and period on a billed invoice",
    request: get(
      `${lines}?provider=OneTime&invoiceLineItemType=BillingLineItems&currencyCode=&period=&size=2000`,
      dotNet,
    ),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: ".NET",
    form: "Accept: application/pdf for a statement",
    request: get(`/v1/invoices/${invoiceId}/documents/statement`, { Accept: "application/pdf" }),
    status: 200,
    effect: ({ body }) => body.subarray(0, 5).toString(),
    expected: "%PDF-",
  },
  {
    client: "Java",
    form: "cart in camelCase with totalPrice and attributes",
    request: post(`${customer}/carts`, cartOfJava, { ...java, "Accept-Encoding": "identity" }),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  {
    client: "Java",
    form: 'checkout with "success" and a charset',
    request: () => checkoutOf('"success"', { ...java, "Accept-Encoding": "identity" }),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: "Java",
    form: 'registration with "success"',
    request: post(registrations, '"success"', java),
    status: 202,
    effect: ({ body, headers }) => [body.length, headers["content-length"]],
    expected: [0, "0"],
  },
  {
    client: "Java",
    form: "a link joined with a slash too many",
    request: get(`/v1//customers/${customerId}/orders?include_price=false`),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "Java",
    form: "its own names in a filter, + for the space",
    request: get(
      filter(
        "%7B%22operator%22%3A%22StartsWith%22%2C+%22fieldType%22%3A%22String%22%2C" +
          "+%22field%22%3A%22CompanyName%22%2C+%22value%22%3A%22Fab%22%7D",
      ),
    ),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "Java",
    form: "path style onetime/BILLINGLINEITEMS",
    request: get(`${lines}/onetime/BILLINGLINEITEMS?size=200`),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "Java",
    form: "estimate links without a currency",
    request: get("/v1/invoices/estimates/links"),
    status: 200,
    effect: ({ json: list }) => list.totalCount,
    expected: 4,
  },
  {
    client: "PowerShell",
    form: "cart with BillingCycle OneTime",
    request: post(`${customer}/carts`, cartOfPowerShell, powerShell),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  {
    client: "PowerShell",
    form: "registration with null",
    request: post(registrations, "null", powerShell),
    status: 202,
    effect: location,
    expected: registered,
  },
  {
    client: "PowerShell",
    form: "a filter with StartsWith",
    request: get(filter(encodeURIComponent(simple.replace("starts_with", "StartsWith")))),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "PowerShell",
    form: "a subscription id in braces",
    request: get(`${customer}/subscriptions/%7B${subscriptionId}%7D`),
    status: 200,
    effect: ({ json: one }) => String(one.id).toLowerCase(),
    expected: subscriptionId,
  },
  {
    client: "PowerShell",
    form: "Unbilled with a capital",
    request: get(
      "/v1/invoices/Unbilled/lineitems?provider=OneTime&invoiceLineItemType=BillingLineItems" +
        "&currencyCode=USD&period=Current&size=2000",
    ),
    status: 200,
    effect: ({ json: list }) => list.attributes.objectType,
    expected: "Collection",
  },
  {
    client: "TypeScript",
    form: "customers without any parameter or MS header",
    request: get("/v1/customers"),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "TypeScript",
    form: "checkout with an empty object",
    request: () => checkoutOf("{}", axios),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: "Kotlin",
    form: "billingType in another spelling, no content type",
    request: { method: "GET", target: `${customer}/orders?billingType=onetime` },
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "plain REST",
    form: "checkout without a body or a length",
    request: () => checkoutOf(undefined, {}),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: "plain REST",
    form: "checkout with Content-Length 0 and a type",
    request: () => checkoutOf("", json),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: "plain REST",
    form: 'checkout with "success" and no content type',
    request: () => checkoutOf('"success"', {}),
    status: 201,
    effect: ordersMade,
    expected: 1,
  },
  {
    client: "plain REST",
    form: "a cart without a content type",
    request: post(`${customer}/carts`, cartOfJava, {}),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  {
    client: "plain REST",
    form: "a byte order mark before the body",
    request: post(
      `${customer}/carts`,
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(cartOfJava)]),
    ),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  {
    client: "plain REST",
    form: "trailing commas and comments, as in the documents",
    request: post(
      `${customer}/carts`,
      `{ /* lines */ "lineItems": [ { "catalogItemId": ${item}, "quantity": 1, }, ], }`,
    ),
    status: 201,
    effect: cycleOfLine,
    expected: "one_time",
  },
  ...['"one_time"', '"OneTime"', '"onetime"', '"ONE_TIME"', "4", '"unknown"', "null"].map(
    (cycle): Form => ({
      client: "plain REST",
      form: `billing cycle ${cycle}`,
      request: post(`${customer}/carts`, cartOf(cycle)),
      status: 201,
      effect: cycleOfLine,
      expected: "one_time",
    }),
  ),
  {
    client: "plain REST",
    form: "a path in capitals",
    request: get(`/V1/CUSTOMERS/${customerId.toUpperCase()}/ORDERS`),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "plain REST",
    form: "a trailing slash",
    request: get(`${customer}/`),
    status: 200,
    effect: ({ json: one }) => one.id,
    expected: customerId,
  },
  {
    client: "plain REST",
    form: "a path without /v1, as links are written",
    request: get(`/customers/${customerId}`),
    status: 200,
    effect: ({ json: one }) => one.id,
    expected: customerId,
  },
  {
    client: "plain REST",
    form: "query names in capitals",
    request: get("/v1/products?COUNTRY=us&TARGETVIEW=softwareperpetual"),
    status: 200,
    effect: itemsFound,
    expected: true,
  },
  {
    client: "plain REST",
    form: "a GET with a content type",
    request: get(customer, json),
    status: 200,
    effect: ({ json: one }) => one.id,
    expected: customerId,
  },
];

describe("request forms", () => {
  test.each(forms)("$client: $form", async ({ request, status, effect, expected }) => {
    const sent = typeof request === "function" ? await request() : request;
    const answer = await world.send(sent);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([
      status,
      expect.stringMatching(/^/),
    ]);
    expect(effect(answer)).toEqual(expected);
  });

  test("an Expect other than 100-continue is no reason for 417 to a 100-continue", async () => {
    const sent = { ...post(`${customer}/carts`, cartOfJava), expectContinue: true };
    expect((await world.send(sent)).status).not.toBe(417);
  });
});

describe("answers on the wire", () => {
  test("a length and no chunks, no byte order mark, no ETag", async () => {
    const { headers, body, text } = await world.send(get("/v1/customers"));
    expect(Number(headers["content-length"])).toBe(body.length);
    expect(headers).not.toHaveProperty("transfer-encoding");
    expect(headers).not.toHaveProperty("etag");
    expect([text[0], text.at(-1)]).toEqual(["{", "}"]);
    expect(headers.date).toMatch(/GMT$/);
  });

  test("the empty answer of a registration ends at once on a connection that stays open", async () => {
    const answer = await world.send(post(registrations, "null"));
    expect([answer.status, answer.headers["content-length"], answer.body.length]).toEqual([
      202,
      "0",
      0,
    ]);
  });

  test("401 carries its challenge", async () => {
    const answer = await world.send({
      method: "GET",
      target: "/v1/customers",
      headers: { Authorization: "" },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(/Bearer/);
  });
});
