/** The README's tour runs as it is written. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cleanEnvironment, root, startKontor, temporaryFolder } from "./kontor-process.ts";

test("five minutes with curl", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const script = /<!-- tour -->\n```sh\n([\s\S]+?)```/.exec(readme)?.[1];
  if (script === undefined) throw new Error("the README has no tour");
  const folder = await temporaryFolder();
  const kontor = await startKontor(join(folder, "data"));
  const shell = spawn("bash", ["--norc", "-euo", "pipefail", "-c", script], {
    cwd: folder,
    env: {
      ...cleanEnvironment(),
      KONTOR_URL: kontor.ready.url,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
    },
  });
  let printed = "";
  shell.stdout.on("data", (chunk) => (printed += chunk));
  shell.stderr.on("data", (chunk) => (printed += chunk));
  const [code] = (await once(shell, "close")) as [number];
  expect(printed).not.toContain("Error");
  expect(code).toBe(0);
  const [status, price, entitlements, now, total, lines] = printed.trim().split("\n");
  expect(status).toBe("Registered");
  expect(Number(price)).toBeGreaterThan(0);
  expect(Number(entitlements)).toBeGreaterThanOrEqual(2);
  expect(now).toMatch(/^\d{4}-\d{2}-\d{2}T/);
  expect(Number(total)).toBeGreaterThan(0);
  expect(Number(lines)).toBe(2);
  const pdf = (await readdir(folder)).filter((name) => /^G\d{9}\.pdf$/.test(name));
  expect(pdf).toHaveLength(1);
  await kontor.stop();
});
