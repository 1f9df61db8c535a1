/** The control plane of a live database: to everybody, whatever token they have, it is not there. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { allOperations } from "../../packages/contract/src/index.ts";
import { startKontor, temporaryFolder } from "../kontor-process.ts";
import { exchange } from "./raw-http.ts";

test("a live Kontor answers 404/1000 to the whole control plane", async () => {
  const dataDir = join(await temporaryFolder(), "data");
  const kontor = await startKontor(dataDir, { KONTOR_MODE: "live" });
  const plane = allOperations.filter(({ area }) => area === "sandbox");
  expect(plane.length).toBeGreaterThan(2);
  for (const { method, path } of plane) {
    const target = path.replace(/\{\w+\}/g, "7d9f2c1e-4b6a-4c53-9d1f-0a2b3c4d5e6f");
    const answer = await exchange(kontor.ready.url, { method, target });
    expect([target, answer.status, answer.json.code]).toEqual([target, 404, 1000]);
  }
  await kontor.stop();
});
