import { gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { testServer } from "../../../../test/harness.ts";
import { acceptAgreement, newCustomer, offerOf } from "../../../../test/shop.ts";
import { addMs, periodOf, systemNow } from "../../../foundation/clock.ts";
import type { Db } from "../../../foundation/database/sql.ts";
import { newId } from "../../../foundation/ids.ts";
import { lastIdOf } from "../continuation.ts";
import type { ExportRow } from "./export.ts";
import { sasTokenFor } from "./link.ts";
import { insertBlobs, insertExport } from "./store.ts";
import { lengthOfBlob } from "./use-cases.ts";

const now = new Date("2030-01-10T09:00:00Z");
const lineCount = 7;
const server = await testServer();

/** Seven lines in two orders: what one purchase makes, stands at one instant. */
beforeAll(async () => {
  await server.at(now.toISOString());
  const customerId = await newCustomer(server);
  await acceptAgreement(server, customerId);
  const carts = `/v1/customers/${customerId}/carts`;
  for (const count of [4, 3]) {
    const { catalogItemId } = offerOf("perpetual_software");
    const lineItems = Array.from({ length: count }, () => ({ catalogItemId, quantity: 1 }));
    const cart = await server.call("POST", carts, { body: { lineItems } });
    const { status } = await server.call("POST", `${carts}/${cart.body.id}/checkout`);
    expect(status).toBe(201);
  }
});

/** An export of the seven lines, cut into blobs of `size`; answers the address of each by number. */
async function cut(size: number) {
  const { partnerId, installation, database } = server;
  const row: ExportRow = {
    partnerId,
    exportId: newId(),
    kind: "reconciliation",
    invoiceId: null,
    currency: "USD",
    period: periodOf(now),
    attributeSet: "full",
    lastChargeId: lastIdOf(systemNow().getTime() + 60_000),
    createdAt: now,
    storedAt: systemNow(),
  };
  await insertExport(database, row);
  await insertBlobs(database, row, { size, ownLines: undefined });
  const token = sasTokenFor(row, addMs(systemNow(), 60_000), installation.secret);
  const url = (number: number) =>
    `/_kontor/exports/${row.exportId}/part-${String(number).padStart(5, "0")}.json.gz?${token}`;
  const download = (number: number) => server.call("GET", url(number), { token: "none" });
  return { row, download };
}

const linesIn = (gzip: Buffer): string[] => gunzipSync(gzip).toString().trimEnd().split("\n");

test.each([
  [1, [1, 1, 1, 1, 1, 1, 1]],
  [2, [2, 2, 2, 1]],
  [3, [3, 3, 1]],
  [6, [6, 1]],
  [7, [7]],
  [8, [7]],
])("files of %i lines at most hold each line once, in order", async (size, counts) => {
  const whole = linesIn((await (await cut(lineCount)).download(0)).raw);
  expect(new Set(whole.map((line) => JSON.parse(line).ReferenceId)).size).toBe(lineCount);
  const { row, download } = await cut(size);
  const operation = `/v1.0/reports/partners/billing/operations/${row.exportId}`;
  const { body } = await server.call("GET", operation);
  expect(body.resourceLocation.blobCount).toBe(counts.length);
  // The last file first: each finds where it begins by itself.
  const files: string[][] = [];
  for (const number of counts.keys().toArray().reverse()) {
    files.unshift(linesIn((await download(number)).raw));
  }
  expect(files.map((lines) => lines.length)).toEqual(counts);
  expect(files.flat()).toEqual(whole);
  expect((await download(counts.length)).status).toBe(404);
});

test("a file that is asked for several times at one moment is made once", async () => {
  const { row, download } = await cut(3);
  let stored = 0;
  const counting: Db = {
    query: (statement) => {
      if (statement.text.includes("SET content")) stored += 1;
      return server.database.query(statement);
    },
  };
  const keys = [0, 1, 0, 1, 2, 0].map((number) => ({ ...row, number }));
  const lengths = await Promise.all(keys.map((key) => lengthOfBlob(counting, key)));
  expect(stored).toBe(3);
  for (const [at, { number }] of keys.entries()) {
    const { raw } = await download(number);
    expect(raw.length).toBe(lengths[at]);
  }
});

test("a file that could not be made does not hold up the next one", async () => {
  const { row } = await cut(3);
  const broken: Db = {
    query: (statement) =>
      statement.text.includes("FROM charge")
        ? Promise.reject(new Error("the connection is lost"))
        : server.database.query(statement),
  };
  const failing = lengthOfBlob(broken, { ...row, number: 0 });
  const made = lengthOfBlob(server.database, { ...row, number: 1 });
  await expect(failing).rejects.toThrow("the connection is lost");
  expect(await made).toBeGreaterThan(0);
  expect(await lengthOfBlob(server.database, { ...row, number: 0 })).toBeGreaterThan(0);
});
