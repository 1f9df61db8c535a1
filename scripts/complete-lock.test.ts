import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "kontor-lock-"));
  mkdirSync(join(root, "scripts"));
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  copyFileSync(
    join(import.meta.dirname, "complete-lock.ts"),
    join(root, "scripts/complete-lock.ts"),
  );
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function complete(packages: object) {
  const file = join(root, "package-lock.json");
  const before = `${JSON.stringify({ lockfileVersion: 3, packages }, null, 2)}\n`;
  writeFileSync(file, before);
  const { status, stdout } = spawnSync(process.execPath, ["scripts/complete-lock.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, before, after: readFileSync(file, "utf8") };
}

function tool(...native: string[]) {
  const optionalDependencies = Object.fromEntries(native.map((name) => [name, "1.2.3"]));
  return {
    version: "1.2.3",
    dev: true,
    license: "MIT",
    engines: { node: ">=20" },
    optionalDependencies,
  };
}

test("adds the builds that are missing, in npm's order", () => {
  const present = { version: "1.2.3", integrity: "sha512-x", optional: true };
  const outcome = complete({
    "node_modules/@tool/linux-x64-gnu": present,
    "node_modules/tool": tool("@tool/linux-x64-gnu", "@tool/linux-x64-musl", "@tool/darwin-arm64"),
  });
  expect(outcome).toMatchObject({ status: 0, stdout: "2 entries added\n" });
  const packages = JSON.parse(outcome.after).packages;
  expect(Object.keys(packages)).toEqual([
    "node_modules/@tool/darwin-arm64",
    "node_modules/@tool/linux-x64-gnu",
    "node_modules/@tool/linux-x64-musl",
    "node_modules/tool",
  ]);
  expect(packages["node_modules/@tool/linux-x64-gnu"]).toEqual(present);
  expect(packages["node_modules/@tool/linux-x64-musl"]).toEqual({
    version: "1.2.3",
    cpu: ["x64"],
    dev: true,
    libc: ["musl"],
    license: "MIT",
    optional: true,
    os: ["linux"],
    engines: { node: ">=20" },
  });
});

test("leaves a complete lock as it is", () => {
  const outcome = complete({
    "node_modules/tool": tool("@tool/win32-x64"),
    "node_modules/tool/node_modules/@tool/win32-x64": { version: "1.2.3", optional: true },
  });
  expect(outcome).toMatchObject({ status: 0, stdout: "0 entries added\n" });
  expect(outcome.after).toBe(outcome.before);
});

test("changes nothing when a name tells no machine", () => {
  const outcome = complete({ "node_modules/tool": tool("@tool/darwin-arm64", "colours") });
  expect(outcome.status).toBe(1);
  expect(outcome.after).toBe(outcome.before);
});
