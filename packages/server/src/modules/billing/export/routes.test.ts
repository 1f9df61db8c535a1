import { gunzipSync } from "node:zlib";
import { reconciliationColumns } from "@kontor/contract";
import { expect, test } from "vitest";
import { type TestServer, testServer } from "../../../../test/harness.ts";
import { acceptAgreement, businessRows, newCustomer, offerOf } from "../../../../test/shop.ts";
import { addMs, systemNow } from "../../../foundation/clock.ts";
import { limits } from "../../../foundation/limits.ts";
import { sasTokenFor } from "./link.ts";
import { exportRows } from "./test-support/store.ts";
import { forgetOldExports } from "./use-cases.ts";

const root = "/v1.0/reports/partners/billing";
const server = await testServer();
const invoiceId = await sellAndInvoice(server);

/** Buys two lines in January 2030 and moves on to February, where they are invoiced. */
async function sellAndInvoice(to: TestServer): Promise<string> {
  await to.at("2030-01-10T09:00:00Z");
  await buy(to);
  await to.at("2030-02-10T09:00:00Z");
  const { body } = await to.call("GET", "/v1/invoices");
  return body.items.at(-1).id;
}

async function buy(from: TestServer): Promise<void> {
  const customerId = await newCustomer(from);
  await acceptAgreement(from, customerId);
  const carts = `/v1/customers/${customerId}/carts`;
  const lineItems = ["perpetual_software", "term_software"].map((kind) => ({
    catalogItemId: offerOf(kind).catalogItemId,
    quantity: 3,
  }));
  const cart = await from.call("POST", carts, { body: { lineItems } });
  await from.call("POST", `${carts}/${cart.body.id}/checkout`);
}

async function started(path: string, body: unknown, from = server): Promise<string> {
  const answer = await from.call("POST", `${root}/${path}/export`, { body });
  expect([answer.status, answer.text]).toEqual([202, ""]);
  return new URL(String(answer.headers.location)).pathname;
}

const billed = (attributeSet = "full") =>
  started("reconciliation/billed", { invoiceId, attributeSet });

async function manifestOf(operation: string) {
  return (await server.call("GET", operation)).body.resourceLocation;
}

interface Manifest {
  rootDirectory: string;
  sasToken: string;
  blobs: { name: string }[];
}

/** The address of a blob; served without the token of a partner. */
function blobUrl({ rootDirectory, sasToken, blobs }: Manifest, number = 0): string {
  return `${new URL(rootDirectory).pathname}/${blobs[number]?.name}?${sasToken}`;
}

function download(url: string, headers: Record<string, string> = {}) {
  return server.call("GET", url, { token: "none", headers });
}

const linesOf = (gzip: Buffer) =>
  gunzipSync(gzip)
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("the lines of an invoice are exported with the columns of a reconciliation file", async () => {
  const operation = await billed();
  const { status, body } = await server.call("GET", operation);
  expect([status, body.status]).toEqual([200, "succeeded"]);
  expect(body).toMatchObject({
    "@odata.type": "#microsoft.graph.partners.billing.exportSuccessOperation",
    createdDateTime: "2030-02-10T09:00:00.0000000Z",
    resourceLocation: { dataFormat: "compressedJSONLines", blobCount: 1 },
  });
  const manifest = await server.call(
    "GET",
    new URL(body["resourceLocation@odata.navigationLink"]).pathname,
  );
  expect(manifest.body).toMatchObject({ id: body.id, eTag: body.resourceLocation.eTag });

  const blob = await download(blobUrl(manifest.body));
  expect(blob.headers).toMatchObject({
    "content-type": "application/gzip",
    "accept-ranges": "bytes",
    "content-length": `${blob.raw.length}`,
  });
  const lines = linesOf(blob.raw);
  const query = "provider=onetime&invoicelineitemtype=billinglineitems";
  const paged = await server.call("GET", `/v1/invoices/${invoiceId}/lineitems?${query}`);
  expect(lines).toEqual(
    paged.body.items.map((item: Record<string, unknown>) =>
      Object.fromEntries(
        reconciliationColumns.map(({ name, of }) => [
          name,
          of === "productQualifiers" ? "" : (item[of] ?? null),
        ]),
      ),
    ),
  );
  expect(lines).toHaveLength(2);
});

test("the basic attributes are fewer columns of the same lines", async () => {
  const full = linesOf((await download(blobUrl(await manifestOf(await billed())))).raw);
  const basic = linesOf((await download(blobUrl(await manifestOf(await billed("Basic"))))).raw);
  expect(basic).toHaveLength(full.length);
  expect(Object.keys(basic[0])).not.toContain("SkuName");
  expect(full[0]).toMatchObject(basic[0]);
});

test("unbilled lines are those of the month at the time of the call", async () => {
  const other = await testServer();
  await other.at("2030-01-10T09:00:00Z");
  await buy(other);
  const body = { CurrencyCode: "usd", BillingPeriod: "Current", AttributeSet: "Full" };
  const before = await started("reconciliation/unbilled", body, other);
  await buy(other);
  const after = await started("reconciliation/unbilled", body, other);
  const counts = [];
  for (const operation of [before, after]) {
    const { resourceLocation } = (await other.call("GET", operation)).body;
    const blob = await other.call("GET", blobUrl(resourceLocation), { token: "none" });
    const lines = linesOf(blob.raw);
    expect(lines[0]).toMatchObject({ InvoiceNumber: "", TaxTotal: 0, Total: 0 });
    counts.push(lines.length);
  }
  expect(counts[1]).toBe(2 * (counts[0] ?? 0));
});

test("two exports of the same lines have one eTag, of other lines another", async () => {
  const etags = [];
  for (const attributes of ["full", "full", "basic"]) {
    etags.push((await manifestOf(await billed(attributes))).eTag);
  }
  expect(etags[1]).toBe(etags[0]);
  expect(etags[2]).not.toBe(etags[0]);
});

test.each([
  ["usage of an invoice", "usage/billed", () => ({ invoiceId })],
  ["unbilled usage", "usage/unbilled", () => ({ currencyCode: "USD", billingPeriod: "current" })],
  [
    "a month without lines",
    "reconciliation/unbilled",
    () => ({ currencyCode: "USD", billingPeriod: "current" }),
  ],
  [
    "a month that has its invoice",
    "reconciliation/unbilled",
    () => ({ currencyCode: "USD", billingPeriod: "last" }),
  ],
  ["a legacy invoice", "reconciliation/billed", () => ({ invoiceId: "D070001AAA" })],
])("%s has no data: the operation fails", async (_what, path, body) => {
  const operation = await started(path, body());
  const { body: seen } = await server.call("GET", operation);
  expect(seen).toMatchObject({
    "@odata.type": "#microsoft.graph.partners.billing.failedOperation",
    status: "failed",
    error: { code: "5000" },
  });
  expect(seen).not.toHaveProperty("resourceLocation");
  const manifest = operation.replace("operations", "manifests");
  expect(await server.call("GET", manifest)).toMatchObject({ status: 404, body: { code: 1000 } });
});

test("in the realistic profile an export takes its time, told by Retry-After", async () => {
  const slow = await testServer({ profile: "realistic" });
  const of = await sellAndInvoice(slow);
  const operation = await started("reconciliation/billed", { invoiceId: of }, slow);
  const seen = [];
  for (const at of ["09:00:04Z", "09:00:05Z", "09:00:33Z", "09:00:35Z"]) {
    await slow.at(`2030-02-10T${at}`);
    const { body, headers } = await slow.call("GET", operation);
    seen.push([body.status, headers["retry-after"], body.lastActionDateTime.slice(11, 19)]);
    if (body.status === "succeeded") continue;
    const manifest = await slow.call("GET", operation.replace("operations", "manifests"));
    expect(manifest.status).toBe(404);
  }
  expect(seen).toEqual([
    ["notStarted", "10", "09:00:00"],
    ["running", "10", "09:00:05"],
    ["running", "2", "09:00:05"],
    ["succeeded", undefined, "09:00:35"],
  ]);
});

test("a download that broke off goes on with the same bytes", async () => {
  const url = blobUrl(await manifestOf(await billed()));
  const whole = await download(url);
  const parts: Buffer[] = [];
  for (let at = 0; at < whole.raw.length; at += 100) {
    const part = await download(url, {
      range: `bytes=${at}-${at + 99}`,
      "if-range": String(whole.headers.etag),
    });
    expect(part.status).toBe(206);
    expect(part.headers["content-range"]).toBe(
      `bytes ${at}-${at + part.raw.length - 1}/${whole.raw.length}`,
    );
    parts.push(part.raw);
  }
  expect(Buffer.concat(parts).equals(whole.raw)).toBe(true);
  expect((await download(url, { range: "bytes=0-9", "if-range": '"another"' })).status).toBe(200);
  const past = await download(url, { range: `bytes=${whole.raw.length}-` });
  expect([past.status, past.headers["content-range"]]).toEqual([
    416,
    `bytes */${whole.raw.length}`,
  ]);
});

test("the bytes of an export stay what they are when a customer is renamed", async () => {
  const url = blobUrl(await manifestOf(await billed()));
  const [first, twin] = await Promise.all([download(url), download(url)]);
  expect(twin.raw.equals(first.raw)).toBe(true);
  const customerId = linesOf(first.raw)[0].CustomerId;
  const profile = `/v1/customers/${customerId}/profiles/billing`;
  const { body } = await server.call("GET", profile);
  const put = await server.call("PUT", profile, { body: { ...body, companyName: "Renamed" } });
  expect(put.status).toBe(200);
  expect((await download(url)).raw.equals(first.raw)).toBe(true);
  const anew = await download(blobUrl(await manifestOf(await billed())));
  expect(linesOf(anew.raw)[0].CustomerName).toBe("Renamed");
});

const blobs = async () => {
  const manifest = await manifestOf(await billed());
  const { installation, partnerId } = server;
  const grant = { partnerId, exportId: manifest.id };
  const at = (ms: number) => sasTokenFor(grant, addMs(systemNow(), ms), installation.secret);
  return { manifest, at };
};

test("blobs are closed to expired, forged and foreign tokens", async () => {
  const { manifest, at } = await blobs();
  const other = await manifestOf(await billed());
  const { sasToken } = manifest;
  const refused = [
    at(-1000),
    "",
    "sig=",
    `${sasToken}x`,
    sasToken.replace(/.(?=\.)/, "_"),
    other.sasToken,
  ];
  for (const token of refused) {
    const answer = await download(blobUrl({ ...manifest, sasToken: token }));
    expect([token, answer.status, answer.body?.code]).toEqual([token, 404, 1000]);
  }
  for (const name of ["part-00001.json.gz", "part-0.json.gz", "..%2fpart-00000.json.gz"]) {
    const answer = await download(blobUrl({ ...manifest, blobs: [{ name }] }));
    expect([name, answer.status]).toEqual([name, 404]);
  }
  expect((await download(blobUrl({ ...manifest, sasToken: at(60_000) }))).status).toBe(200);
});

test.each([
  ["an unknown invoice", "billed", { invoiceId: "G000999999" }, 404, 1000],
  ["no invoice", "billed", {}, 400, 3000],
  ["an empty invoice", "billed", { invoiceId: "" }, 400, 3000],
  ["an unknown attribute set", "billed", { invoiceId: "G1", attributeSet: "all" }, 400, 3000],
  ["no currency", "unbilled", { billingPeriod: "current" }, 400, 3000],
  ["no such currency", "unbilled", { currencyCode: "XXZ", billingPeriod: "last" }, 400, 3000],
  ["no month", "unbilled", { currencyCode: "USD" }, 400, 3000],
  ["another month", "unbilled", { currencyCode: "USD", billingPeriod: "2030-01" }, 400, 3000],
])("%s is refused, and nothing is written", async (_what, path, body, status, code) => {
  for (const kind of ["reconciliation", "usage"]) {
    const before = [await businessRows(server), await exportRows(server.database)];
    const answer = await server.call("POST", `${root}/${kind}/${path}/export`, { body });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect([await businessRows(server), await exportRows(server.database)]).toEqual(before);
  }
});

test("a body that is no JSON is refused, and nothing is written", async () => {
  const before = await exportRows(server.database);
  for (const kind of ["reconciliation", "usage"]) {
    for (const path of ["billed", "unbilled"]) {
      const url = `${root}/${kind}/${path}/export`;
      const answer = await server.call("POST", url, { payload: "{" });
      expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    }
  }
  expect(await exportRows(server.database)).toBe(before);
});

test.each(["operations", "manifests"])("%s of no export are not found", async (what) => {
  for (const id of ["0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4", "none"]) {
    const answer = await server.call("GET", `${root}/${what}/${id}`);
    expect([answer.status, answer.body.code]).toEqual([404, 1000]);
  }
});

test("exports are served under /v1 and without a root as well", async () => {
  const operation = (await billed()).replace("/v1.0", "");
  for (const prefix of ["", "/v1", "/V1.0"]) {
    expect((await server.call("GET", `${prefix}${operation}`)).status).toBe(200);
  }
  expect((await server.call("DELETE", `/v1.0${operation}`)).headers.allow).toBe("GET");
});

test("an export is forgotten after its life, and when there are too many", async () => {
  const other = await testServer();
  const of = await sellAndInvoice(other);
  const oldest = await started("reconciliation/billed", { invoiceId: of }, other);
  const kept: string[] = [];
  for (let count = 0; count < limits.exportsKept; count += 1) {
    kept.push(await started("reconciliation/billed", { invoiceId: of }, other));
  }
  const statusOf = async (operation = "") => (await other.call("GET", operation)).status;
  expect([await statusOf(oldest), await statusOf(kept[0])]).toEqual([404, 200]);
  const now = systemNow();
  await forgetOldExports(other.database, other.partnerId, addMs(now, limits.exportLifeMs - 60_000));
  expect(await statusOf(kept[0])).toBe(200);
  await forgetOldExports(other.database, other.partnerId, addMs(now, limits.exportLifeMs + 60_000));
  expect(await statusOf(kept.at(-1))).toBe(404);
  expect(await exportRows(other.database)).toBe("0 0");
});
