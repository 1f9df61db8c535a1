/** The demo: its document, its proof, its paper. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root, run, temporaryFolder } from "./kontor-process.ts";

const kontor = join(root, "packages/cli/src/kontor.ts");
// The demo leaves its statement in a temporary folder: here it goes with the test.
const env = { TMPDIR: await temporaryFolder() };

test("--once --json prints one document on stdout in which everything holds", async () => {
  const { code, stdout, stderr } = await run(kontor, ["demo", "--once", "--json"], { env });
  expect(stderr).toContain("All of it held");
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(Object.keys(result).toSorted()).toEqual([
    "customerId",
    "entitlements",
    "invoice",
    "lineItemsTotal",
    "orders",
    "statementPdf",
    "steps",
    "url",
  ]);
  for (const step of result.steps) {
    expect(step).toMatchObject({
      name: expect.any(String),
      method: expect.stringMatching(/^(GET|POST|PUT)$/),
      path: expect.stringMatching(/^\//),
      status: expect.any(Number),
      ms: expect.any(Number),
    });
    expect(step.status).toBeLessThan(300);
  }
  expect(result.orders).toEqual([
    { id: expect.any(String), status: "completed", billingCycle: "one_time" },
  ]);
  expect(result.entitlements).toHaveLength(3);
  expect(result.lineItemsTotal).toBe(result.invoice.total);
  expect(result.invoice.total).toBeGreaterThan(0);
  const pdf = await readFile(result.statementPdf);
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
});

test("without --json the calls go to stdout, a line each", async () => {
  const { code, stdout } = await run(kontor, ["demo", "--once"], { env });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /201 POST +\/v1\/customers\/[0-9a-f-]{36}\/carts\/[0-9a-f-]{36}\/checkout/,
  );
  expect(stdout).toContain("All of it held");
});

const shared = process.env.KONTOR_SHARED_DATA;
const sheets = [
  ["price-sheets/software_TW_TWD_2022-07.csv", "TW", "TWD"],
  ["price-sheets/azure-reservations_US_USD.csv", "US", "USD"],
  ["price-sheets/new-commerce-license-based_US_USD_2025-11_extract.csv", "US", "USD"],
  ["azure-retail-prices/reservations-worldwide_USD.csv", "US", "USD"],
  ["azure-retail-prices/first-1000-items_USD_2026-08-22.json", "US", "USD"],
] as const;
test.skipIf(!shared).each(sheets)("buys from %s", async (file, country, currency) => {
  const args = [
    "demo",
    "--once",
    "--json",
    "--catalog",
    join(shared ?? "", file),
    "--country",
    country,
  ];
  const { code, stdout, stderr } = await run(kontor, args, { env });
  expect(stderr).toContain("All of it held");
  expect(code).toBe(0);
  const { invoice, lineItemsTotal } = JSON.parse(stdout);
  expect(invoice.currency).toBe(currency);
  expect(lineItemsTotal).toBe(invoice.total);
});

test("wrong usage exits with 2 and suggests", async () => {
  const { code, stderr } = await run(kontor, ["dmeo"]);
  expect(code).toBe(2);
  expect(stderr).toContain("demo");
});
