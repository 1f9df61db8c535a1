/** `npm start` as an operator meets it: ready file, health, stop, crash, a second process. */
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { createClient, signIn } from "@kontor/client";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { type KontorProcess, root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const main = join(root, "packages/server/src/main.ts");

function clientOf({ ready }: KontorProcess) {
  const token = signIn(ready.url, {
    tenant: ready.partner.domain,
    ...ready.app,
    user: ready.user,
  });
  return createClient({ baseUrl: ready.url, token });
}

describe("a fresh folder", async () => {
  const folder = await temporaryFolder();
  const dataDir = join(folder, "data");
  const kontor = await startKontor(dataDir);

  test("the ready file names the address, the process and the well-known sign-in", async () => {
    expect(kontor.ready).toMatchObject({
      pid: kontor.child.pid,
      mode: "sandbox",
      partner: { domain: "contoso.onmicrosoft.com" },
      app: { clientId: "00000000-0000-0000-0000-00000000c11e", clientSecret: "secret" },
      user: { name: "admin@contoso.onmicrosoft.com", password: "secret" },
    });
    expect(kontor.ready.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(kontor.output()).toContain(kontor.ready.url);
    for (const path of ["/healthz", "/readyz"]) {
      expect((await fetch(kontor.ready.url + path)).status).toBe(200);
    }
  });

  test("the sandbox starts with customers, subscriptions, a catalog and a published invoice", async () => {
    const client = clientOf(kontor);
    const customers = await client.listCustomers();
    expect(customers.totalCount).toBeGreaterThanOrEqual(3);
    for (const { id } of customers.items) {
      const params = { customerId: id };
      const subscriptions = await client.listSubscriptions({ params });
      expect(subscriptions.items.map(({ offerId }) => offerId)).toContain("MS-AZR-0145P");
      const agreements = await client.listCustomerAgreements({
        params,
        query: { agreementType: "MicrosoftCustomerAgreement" },
      });
      expect(agreements.totalCount).toBe(1);
    }
    for (const targetView of [
      "SoftwarePerpetual",
      "SoftwareSubscriptions",
      "AzureReservationsVM",
    ]) {
      const products = await client.listProducts({ query: { country: "US", targetView } });
      expect(products.totalCount).toBeGreaterThan(0);
    }
    const [invoice] = (await client.listInvoices()).items;
    if (!invoice) throw new Error("there is no invoice");
    const params = { invoiceId: invoice.id };
    const query = { provider: "onetime", invoiceLineItemType: "billinglineitems" } as const;
    const lines = await client.listInvoiceLineItems({ params, query });
    expect(lines.totalCount).toBeGreaterThanOrEqual(3);
    const pdf = await client.getInvoiceStatement({ params });
    expect(Buffer.from(pdf.subarray(0, 5)).toString()).toBe("%PDF-");
  });

  test("a second process on the folder ends and names the first", async () => {
    const second = await run(main, ["--port", "0", "--data-dir", dataDir]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`${kontor.child.pid}`);
    expect(second.stderr).toContain("Next:");
    expect((await fetch(`${kontor.ready.url}/readyz`)).status).toBe(200);
  });

  test("it stops on SIGTERM within ten seconds, and starts again with its data", async () => {
    const before = (await clientOf(kontor).listCustomers()).items.map(({ id }) => id);
    const { code, ms } = await kontor.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    const again = await startKontor(dataDir);
    expect((await clientOf(again).listCustomers()).items.map(({ id }) => id)).toEqual(before);
    await again.stop();
  });
});

test("kill -9 of Kontor loses nothing that was answered", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  const answered: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const kontor = await startKontor(dataDir);
    const client = clientOf(kontor);
    const customers = (await client.listCustomers()).items;
    const customerId = customers.find(
      ({ companyProfile }) => companyProfile.companyName === "Fabrikam",
    )?.id;
    if (!customerId) throw new Error("the seed's customer is missing");
    for (const orderId of answered) await client.getOrder({ params: { customerId, orderId } });
    const item = await firstSoftware(kontor);
    for (let count = 0; count < 5; count += 1) {
      const order = await client.createOrder({
        params: { customerId },
        body: { lineItems: [{ offerId: item, quantity: 1 }] },
      });
      answered.push(order.id);
    }
    // Some more are under way when it dies; whether they were made is open, but not by half.
    const body = { lineItems: [{ offerId: item, quantity: 1 }] };
    const unanswered = [1, 2, 3].map(() =>
      client.createOrder({ params: { customerId }, body }).then(({ id }) => answered.push(id)),
    );
    kontor.child.kill("SIGKILL");
    await Promise.allSettled(unanswered);
  }
  const last = await startKontor(dataDir);
  const client = clientOf(last);
  const [customer] = (await client.listCustomers()).items.filter(
    ({ companyProfile }) => companyProfile.companyName === "Fabrikam",
  );
  const params = { customerId: customer?.id ?? "" };
  const { items } = await client.listOrders({ params });
  const known = new Set(items.map(({ id }) => id));
  expect(answered.filter((id) => !known.has(id))).toEqual([]);
  for (const order of items) expect(order.lineItems.length).toBeGreaterThan(0);
  await last.stop();
});

async function firstSoftware(kontor: KontorProcess): Promise<string> {
  const client = clientOf(kontor);
  const query = { country: "US" };
  const products = await client.listProducts({
    query: { ...query, targetView: "SoftwarePerpetual" },
  });
  const productId = products.items[0]?.id ?? "";
  const skus = await client.listSkus({ params: { productId }, query });
  const skuId = skus.items[0]?.id ?? "";
  const { items } = await client.listAvailabilities({ params: { productId, skuId }, query });
  return items[0]?.catalogItemId ?? "";
}

describe("wrong usage", () => {
  test.each([
    [["--port", "99999"], "The port must be a number"],
    [["--nonsense"], "Usage: npm start"],
  ])("%j exits with 2 and says why", async (args, expected) => {
    const { code, stderr } = await run(main, args);
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
  });

  test("an unknown setting is a warning with the nearest known name", async () => {
    const dataDir = join(await temporaryFolder(), "data");
    const kontor = await startKontor(dataDir, { KONTOR_PROT: "1" });
    expect(kontor.output()).toContain("did you mean KONTOR_PORT");
    await kontor.stop();
  });
});

test("SIGTERM lets a request that has begun come to its answer", async () => {
  const kontor = await startKontor(join(await temporaryFolder(), "data"));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: kontor.ready.app.clientId,
    client_secret: kontor.ready.app.clientSecret,
  }).toString();
  const { port } = new URL(kontor.ready.url);
  const socket = connect(Number(port), "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  const closed = once(socket, "close");
  socket.write(
    `POST /${kontor.ready.partner.domain}/oauth2/token HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n` +
      form.slice(0, 10),
  );
  // A second request that is answered shows that the first one's head has been read.
  expect((await fetch(`${kontor.ready.url}/healthz`)).status).toBe(200);
  const stopped = kontor.stop();
  await expect.poll(() => kontor.output()).toContain("SIGTERM");
  socket.write(form.slice(10));
  await closed;
  expect(answer).toContain("HTTP/1.1 200 OK");
  expect(answer).toContain("access_token");
  expect((await stopped).code).toBe(0);
});

test("debug logs name every request and no secret", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  const kontor = await startKontor(dataDir, { KONTOR_LOG_LEVEL: "debug" });
  const client = clientOf(kontor);
  const { app } = await client.createPartner();
  await client.listCustomers();
  await kontor.stop();
  expect(kontor.output()).toContain('"operation":"listCustomers"');
  expect(kontor.output()).not.toContain(app.clientSecret);
  expect(kontor.output()).not.toContain("eyJ");
});

test("a live database has no control plane and no built-in sign-in, whatever is asked later", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  for (const [mode, warns] of [
    ["live", false],
    ["sandbox", true],
  ] as const) {
    const kontor = await startKontor(dataDir, { KONTOR_MODE: mode });
    const { url } = kontor.ready;
    expect(Object.keys(kontor.ready)).toEqual(["url", "pid", "mode"]);
    expect(kontor.output().includes("its mode was fixed")).toBe(warns);
    const form = { method: "POST", body: new URLSearchParams({ grant_type: "password" }) };
    expect((await fetch(`${url}/contoso.onmicrosoft.com/oauth2/token`, form)).status).toBe(404);
    expect((await fetch(`${url}/_kontor/clock`)).status).toBe(404);
    expect((await fetch(`${url}/_kontor/partners`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${url}/v1/customers`)).status).toBe(401);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await kontor.stop();
  }
});

test("DATABASE_URL names a server of one's own; no folder is made", async () => {
  const database = await testDatabaseUrl();
  const dataDir = join(await temporaryFolder(), "data");
  const kontor = await startKontor(dataDir, { DATABASE_URL: database });
  expect((await fetch(`${kontor.ready.url}/readyz`)).status).toBe(200);
  expect((await clientOf(kontor).listCustomers()).totalCount).toBe(3);
  expect(existsSync(dataDir)).toBe(false);
  expect((await kontor.stop()).code).toBe(0);
});

/** An empty database on the server that the tests share. */
async function testDatabaseUrl(): Promise<string> {
  const { host, port, user, password = "" } = inject("postgres");
  const name = `url_${process.pid}`;
  const admin = new pg.Client({ host, port, user, password, database: "kontor" });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  return `postgresql://${user}:${password}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
}

test("the ready file is for its owner only and holds no more than it says", async () => {
  const folder = await temporaryFolder();
  const kontor = await startKontor(join(folder, "data"));
  const path = join(folder, `ready-${process.pid}.json`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Object.keys(JSON.parse(await readFile(path, "utf8")))).toEqual([
    "url",
    "pid",
    "mode",
    "partner",
    "app",
    "user",
  ]);
  await kontor.stop();
});
