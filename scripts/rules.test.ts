import { describe, expect, test } from "vitest";
import { checkFile } from "./rules.ts";

const ordinary = "packages/server/src/modules/carts/cart.ts";

function rulesIn(file: string, text: string): string[] {
  return checkFile(file, text).map((finding) => finding.rule);
}

/** Forbidden words are put together here, so that this file does not hold them. */
function joined(...parts: string[]): string {
  return parts.join("");
}

describe("time is a parameter", () => {
  test.each([
    "const t = Date.now();",
    "const t = globalThis.Date.now();",
    "const take = Date.now;",
    "const t = new Date();",
    "const t = new Date;",
    "const t = Date();",
    'const sql = "select now()";',
    "const sql = `update cart set at = now ( ) where id = $1`;",
    "const sql = `$" + "{x} and at < current_timestamp and $" + "{y}`;",
    'const sql = "select clock_timestamp()";',
    `const sql = "select 'now'::timestamptz";`,
  ])("refuses %s", (line) => {
    expect(rulesIn(ordinary, `\n${line}\n`)).toEqual(["time-is-a-parameter"]);
    expect(checkFile(ordinary, `\n${line}\n`)[0]?.line).toBe(2);
  });

  test.each([
    "const t = new Date(0);",
    "const t = new Date(Date.UTC(2030, 0, 1));",
    "const ms = performance.now();",
    "const t = clock.now();",
    "const sql = `select $" + "{now()}`;",
    "// Date.now() and new Date() are not called here",
    'const field = "known_at";',
  ])("accepts %s", (line) => {
    expect(rulesIn(ordinary, line)).toEqual([]);
  });

  test.each([
    "packages/server/src/foundation/clock.ts",
    "packages/server/src/modules/carts/cart.test.ts",
    "packages/server/test/database.ts",
    "bench/main.ts",
    "e2e/crash.ts",
  ])("does not bind %s", (file) => {
    expect(rulesIn(file, "export const t = new Date();")).toEqual([]);
  });

  test("binds SQL files, but not their comments", () => {
    const sql = "-- now() is not used\ncreate table a (at timestamptz default now());\n";
    expect(checkFile("packages/server/src/migrations/0001_a.sql", sql)).toMatchObject([
      { line: 2, rule: "time-is-a-parameter" },
    ]);
    const clean = "/* current_date\n now() */ create table a (at timestamptz not null);\n";
    expect(rulesIn("packages/server/src/migrations/0001_a.sql", clean)).toEqual([]);
  });
});

describe("settings come from config.ts", () => {
  test.each([
    "const home = process.env.HOME;",
    'const home = process["env"].HOME;',
    "const { env } = process;",
    "const { env: e } = process;",
    'import { env } from "node:process";',
    'import { env as e } from "process";',
  ])("refuses %s", (line) => {
    expect(rulesIn(ordinary, line)).toEqual(["settings-from-config"]);
  });

  test.each(["const pid = process.pid;", "const e = context.env;", "const { argv } = process;"])(
    "accepts %s",
    (line) => {
      expect(rulesIn(ordinary, line)).toEqual([]);
    },
  );

  test.each([
    "packages/server/src/foundation/config.ts",
    "packages/cli/src/kontor.ts",
    "e2e/journey.ts",
    "bench/main.ts",
    "packages/server/src/server.test.ts",
    "scripts/run.mjs",
    "vitest.config.ts",
  ])("does not bind %s", (file) => {
    expect(rulesIn(file, "export const e = process.env;")).toEqual([]);
  });
});

describe("words", () => {
  test.each([
    ["unfinished", joined("// TO", "DO: later")],
    ["unfinished", joined("// FIX", "ME")],
    ["no-suppression", joined("// biome-", "ignore lint: it is fine")],
    ["no-suppression", joined("// @ts-", "ignore")],
    ["no-suppression", joined("// @ts-expect", "-error")],
    ["machine-path", joined("// see /wo", "rk/notes")],
    ["machine-path", joined('const dir = "/Us', 'ers/ann/kontor";')],
    ["registry-host", joined("// from https://registry.", "example.com/a")],
    ["issue-number", joined("// fixes ", "#12")],
    ["workplace", joined("// written by a sub", "agent")],
    ["workplace", joined("// decided in this ses", "sion")],
  ])("refuses as %s: %s", (rule, line) => {
    expect(rulesIn(ordinary, line)).toEqual([rule]);
  });

  test.each([
    "// a user agent, an AdminAgent and a sign-in session",
    'import { limit } from "../shared/limits.ts";',
    "const color = '#112233';",
    "// https://example.com/work/list",
    "const currency = 'XXX';",
  ])("accepts %s", (line) => {
    expect(rulesIn(ordinary, line)).toEqual([]);
  });

  test("bind documents too", () => {
    expect(checkFile("docs/a.md", joined("one\n\nTO", "DO\n"))).toMatchObject([
      { line: 3, rule: "unfinished" },
    ]);
  });

  test("let a test of types expect an error", () => {
    const line = joined("// @ts-expect", "-error the name is wrong");
    expect(rulesIn("packages/client/src/client.test.ts", line)).toEqual([]);
  });
});

describe("test names", () => {
  const file = "packages/server/src/modules/carts/cart.test.ts";

  test.each([
    'test("a", run);\ntest("a", run);',
    'test("a", run);\nit("a", run);',
    'test("a", run);\ntest.skipIf(absent)("a", run);',
    'test.each([1])("a", run);\ntest.each([2])("a", run);',
    'describe("g", () => { test("a", run);\ntest("a", run); });',
    'describe("g", () => { test("a", run); });\ndescribe("g", () => { test("a", run); });',
    "test(`a $" + "{x}`, run);\ntest(`a $" + "{x}`, run);",
  ])("refuses %s", (text) => {
    expect(checkFile(file, text)).toMatchObject([{ line: 2, rule: "unique-test-names" }]);
  });

  test.each([
    'test("a", run);\ntest("b", run);',
    'test("a", run);\ndescribe("g", () => { test("a", run); });',
    'describe("g", () => { test("a", run); });\ndescribe("h", () => { test("a", run); });',
    'attest("a");\nattest("a");',
  ])("accepts %s", (text) => {
    expect(rulesIn(file, text)).toEqual([]);
  });
});

describe("package-lock.json", () => {
  const parent = { version: "1.0.0", optionalDependencies: { "@native/linux-x64": "1.0.0" } };
  const child = { version: "1.0.0", optional: true };
  const check = (packages: object) =>
    rulesIn("package-lock.json", JSON.stringify({ packages }, null, 2));

  test("has an entry for every optional package", () => {
    expect(check({ "node_modules/native": parent })).toEqual(["complete-lock"]);
    const beside = { "node_modules/native": parent, "node_modules/@native/linux-x64": child };
    expect(check(beside)).toEqual([]);
    const below = "node_modules/native/node_modules/@native/linux-x64";
    expect(check({ "node_modules/native": parent, [below]: child })).toEqual([]);
  });

  test("names no download host", () => {
    const resolved = "https://packages.example/a.tgz";
    expect(check({ "node_modules/a": { version: "1.0.0", resolved } })).toEqual(["registry-host"]);
    expect(check({ "node_modules/b": { resolved: "packages/b", link: true } })).toEqual([]);
  });
});
