/** Random sequences of purchases against a model of the shop. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { testServer } from "../harness.ts";
import { expectEntitlements, expectInvoices, expectUnbilled } from "./agreement.ts";
import { commands } from "./commands.ts";
import { openShop, type RealShop } from "./real-shop.ts";
import type { Shop } from "./shop-model.ts";

/** More runs: `KONTOR_MODEL_RUNS=5000`. One failure again: the command that it prints. */
const runs = Number(process.env.KONTOR_MODEL_RUNS ?? 200);
const [seed, path, replayPath] = process.env.KONTOR_MODEL_REPLAY?.split(",") ?? [];

const server = await testServer();

/** What failed, in as few steps as were found, and the command that does it again. */
function failureOf(
  details: Omit<fc.RunDetails<unknown>, "counterexample" | "runConfiguration">,
  steps: string,
): string {
  const [, found = ""] = /replayPath="([^"]*)"/.exec(steps) ?? [];
  const replay = [details.seed, details.counterexamplePath, found].join(",");
  return [
    details.interrupted ? `only ${details.numRuns} of ${runs} runs were done in time` : steps,
    `KONTOR_MODEL_REPLAY='${replay}' npm test -- packages/server/test/model`,
    details.errorInstance instanceof Error ? details.errorInstance.message : "",
  ].join("\n");
}

const msForARun = 1_200;

test("whatever is done in the shop, server and model agree", {
  timeout: 60_000 + runs * msForARun,
}, async () => {
  const sequences = commands({ maxCommands: 10, size: "max", ...(replayPath && { replayPath }) });
  const property = fc.asyncProperty(sequences, async (sequence) => {
    const shop: { model: Shop; real: RealShop } = await openShop(server);
    await fc.asyncModelRun(() => shop, sequence);
    await expectEntitlements(shop.model, shop.real);
    await expectUnbilled(shop.model, shop.real);
    await expectInvoices(shop.model, shop.real);
  });
  const details = await fc.check(property, {
    numRuns: runs,
    interruptAfterTimeLimit: 30_000 + runs * msForARun,
    markInterruptAsFailure: true,
    ...(seed !== undefined && { seed: Number(seed), path: path ?? "", endOnFailure: true }),
  });
  if (details.failed) expect.fail(failureOf(details, String(details.counterexample?.[0])));
});
