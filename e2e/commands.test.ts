/** The `kontor` command beside a running server, and on its own. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, run, startKontor, temporaryFolder } from "./kontor-process.ts";

const cli = join(root, "packages/cli/src/kontor.ts");
const folder = await temporaryFolder();
const dataDir = join(folder, "data");
const kontor = await startKontor(dataDir);
const env = { KONTOR_DATA_DIR: dataDir, KONTOR_URL: kontor.ready.url };
const command = (...args: string[]) => run(cli, args, { env });

const header =
  "ProductTitle,ProductId,SkuId,SkuTitle,Publisher,SkuDescription,UnitOfMeasure,TermDuration," +
  "BillingPlan,Market,Currency,UnitPrice,PricingTierRangeMin,PricingTierRangeMax," +
  "EffectiveStartDate,EffectiveEndDate,Tags,ERP Price,Segment";
const row = (sku: string, price: string) =>
  `Ledger Desk,DG7GMGF0TEST,${sku},Ledger Desk ${sku},Tailspin,,,OneTime,,US,USD,${price},,,` +
  "2021-10-01T00:00:00.0000000Z,,perpetual,10,Commercial";

describe("catalog import beside a running server", () => {
  const sheet = join(folder, "sheet.csv");

  test("makes what the rows say and names the rejected one", async () => {
    await writeFile(sheet, [header, row("1", "9.50"), row("2", "none"), row("3", "12")].join("\n"));
    const { code, stdout } = await command("catalog", "import", sheet);
    expect(code).toBe(0);
    expect(stdout).toMatch(/availabilities +2 made, 0 changed, 0 unchanged/);
    expect(stdout).toContain(`${sheet}:3: `);
  });

  test("changes nothing when repeated", async () => {
    const { stdout } = await command("catalog", "import", sheet);
    expect(stdout).toMatch(/availabilities +0 made, 0 changed, 2 unchanged/);
  });

  test("a file that is no sheet fails with its name and a reason", async () => {
    const other = join(folder, "other.csv");
    await writeFile(other, "a,b,c\n1,2,3\n");
    const { code, stdout, stderr } = await command("catalog", "import", other);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(other);
  });
});

test.each([
  ["rates", "from,to,month,rate", "EUR,USD,2031-01,1.0841", "EUR,USD,2031-02,none"],
  ["taxes", "country,name,rate,from", "DE,VAT,0.19,2007-01-01", "DE,VAT,19,2020-07-01"],
])("%s import takes a file as a whole, once", async (table, head, good, bad) => {
  const file = join(folder, `${table}.csv`);
  await writeFile(file, [head, good, bad].join("\n"));
  const refused = await command(table, "import", file);
  expect([refused.code, refused.stdout]).toEqual([1, ""]);
  expect(refused.stderr).toContain(`${file}: line 3: the rate must be`);
  await writeFile(file, [head, good].join("\n"));
  const taken = await command(table, "import", file);
  expect(taken.stdout).toBe(`${file}: 1 made, 0 changed, 0 unchanged\n`);
  const again = await command(table, "import", "--json", file);
  expect(JSON.parse(again.stdout)).toEqual([{ file, made: 0, changed: 0, unchanged: 1 }]);
});

test("clock shows and moves the partner's time and says what ran", async () => {
  const before = (await command("clock", "show")).stdout.trim();
  const { code, stdout } = await command("clock", "advance", "P1D");
  expect(code).toBe(0);
  const moved = Date.parse(stdout.split("\n")[0] ?? "") - Date.parse(before);
  expect(moved).toBeGreaterThanOrEqual(86_400_000);
  const wrong = await command("clock", "advance", "tomorrow");
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain("800002");
});

describe("payment", () => {
  const record = ["payment", "record", "--amount", "10.50", "--reference", "2026-11-02/17"];

  test("records once for a reference, and takes back", async () => {
    const made = JSON.parse((await command(...record, "--json")).stdout);
    expect(made).toMatchObject({ amount: 10.5, currency: "USD", reference: "2026-11-02/17" });
    const again = await command(...record, "--partner", "contoso.onmicrosoft.com");
    expect(again.stdout).toContain(`payment ${made.id}: 10.5 USD`);
    const back = await command("payment", "reverse", made.id, "--reference", "mistaken");
    expect(back.stdout).toContain(": -10.5 USD");
    expect([again.code, back.code]).toEqual([0, 0]);
  });

  test.each([
    ["an unknown invoice", ["--invoice", "G999999999"], "NOT_FOUND"],
    ["an amount of nothing", ["--amount", "0"], "more than 0"],
    ["a word for an amount", ["--amount", "much"], "amount has not the form"],
    ["nobody's name", ["--partner", "nobody.example"], "no partner nobody.example"],
  ])("is refused with %s", async (_case, more, reason) => {
    const { code, stdout, stderr } = await command(...record, ...more);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(reason);
  });
});

describe("reconcile", () => {
  const file = join(folder, "invoice.jsonl");
  const check = (...more: string[]) => command("reconcile", "check", file, ...more);

  test.each([
    ["invoice.csv", "csv", []],
    ["german.csv", "csv", ["--locale", "de-DE"]],
    ["invoice.jsonl", "jsonl", []],
    ["invoice.parquet", "parquet", []],
  ])("exports the seeded invoice to %s, which checks as equal", async (name, format, locale) => {
    const out = join(folder, name);
    const what = ["--invoice", "G000000001", "--format", format, "--out", out];
    const exported = await command("reconcile", "export", ...what, ...locale);
    expect([exported.code, exported.stderr]).toEqual([0, expect.stringMatching(/^[1-9]\d* line/)]);
    const { code, stdout } = await command("reconcile", "check", out, ...locale);
    expect(stdout).toContain("No difference.");
    expect(code).toBe(0);
  });

  test("check tells a changed and a missing line, as text and as JSON", async () => {
    const [one = "", ...others] = (await readFile(file, "utf8")).trim().split("\n");
    expect(others.length).toBeGreaterThan(0);
    const line = JSON.parse(one);
    const changed = JSON.stringify({ ...line, Subtotal: line.Subtotal + 100 });
    await writeFile(file, [changed, ...others.slice(1)].join("\n"));
    const text = await check();
    expect([text.code, text.stderr]).toEqual([1, ""]);
    expect(text.stdout).toContain("1 line(s) missing from the file");
    expect(text.stdout).toContain("1 line(s) with another price");
    const json = await check("--json");
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      equal: false,
      causes: [{ cause: "missing" }, { cause: "price" }],
    });
  });

  test("check cannot compare with an unknown invoice, or a file of something else", async () => {
    const unknown = await check("--invoice", "G999999999");
    expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
    expect(unknown.stderr).toContain("1000");
    await writeFile(file, '{"a":1}\n');
    const other = await check();
    expect([other.code, other.stdout]).toEqual([2, ""]);
    expect(other.stderr).toContain(`${file}: line 1: no column OrderId`);
  });
});

test("invoice rebills, credits and voids, and says why it does not", async () => {
  const rebilled = await command("invoice", "rebill", "G000000001", "--json");
  const made = JSON.parse(rebilled.stdout);
  expect(made).toMatchObject([
    { id: "G000000002", documentType: "void_note" },
    { id: "G000000003", documentType: "adjustment_note" },
  ]);
  expect(made[0].totalCharges).toBe(-made[1].totalCharges);
  const again = await command("invoice", "void", "G000000001");
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("G000000001 has been voided already");
  const wrong = await command("invoice", "credit", "G000000003", "--amount=-1");
  expect(wrong.stderr).toContain("amount must be above 0");
  const credited = await command("invoice", "credit", "G000000003", "--amount", "1.00");
  expect(credited.stdout).toMatch(/^G000000004 adjustment_note -1 USD$/m);
  expect((await command("invoice", "void", "G000000003")).code).toBe(0);
});

test("verify proves the seeded books, beside the server and after it", async () => {
  const beside = await command("verify");
  expect(beside.stdout).toContain("1 partner(s) checked, 0 breach(es)");
  expect(beside.code).toBe(0);
  await kontor.stop();
  const alone = await command("verify", "--json");
  const { partners, breaches, rules, findings } = JSON.parse(alone.stdout);
  expect({ partners, breaches, findings }).toEqual({ partners: 1, breaches: 0, findings: [] });
  expect(rules).toContainEqual(
    expect.objectContaining({ rule: "the ledger sums to zero", of: "postings", breaches: 0 }),
  );
});
