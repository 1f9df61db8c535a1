// The chores on the source: lint, types, format and test, each a list of tools run in order.
// Like run.mjs this runs on the machine's own Node, 18 or newer.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The tools by the file that Node runs; asking for the file avoids a shell on Windows. */
const tools = {
  biome: "@biomejs/biome/bin/biome",
  depcruise: "dependency-cruiser/bin/dependency-cruiser.mjs",
  knip: "knip/bin/knip.js",
  tsc: "typescript/bin/tsc",
  vitest: "vitest/vitest.mjs",
};

/** The folders that hold source code. */
const sources = ["packages", "e2e", "bench", "scripts"];

/** Where the results of `npm test` are left for other programs, such as .ci/run. */
const reportFolder = ["node_modules", ".cache", "kontor"];

export async function lint(context) {
  const results = [
    await stage("biome: lint and format", () =>
      tool(context, "biome", ["check", "--error-on-warnings", "."]),
    ),
    await stage("dependency-cruiser: who may import whom", () =>
      tool(context, "depcruise", ["--config", ".dependency-cruiser.mjs", ...sources]),
    ),
    await stage("knip: unused files, exports and dependencies", () =>
      tool(context, "knip", ["--no-progress", "--treat-config-hints-as-errors"]),
    ),
    await stage("own rules: time, settings, words", () =>
      context.runNode(["scripts/check-rules.ts"], { cwd: context.root }),
    ),
  ];
  return results.every((result) => result.code === 0) ? 0 : 1;
}

export async function types(context) {
  return tool(context, "tsc", ["-p", ".", ...context.args]);
}

export async function format(context) {
  return tool(context, "biome", ["check", "--write", ".", ...context.args]);
}

/**
 * Lint, types, all tests, and whether the coverage page is what they observed. A stage that fails
 * does not stop the next one. With arguments, only Vitest runs and gets them.
 */
export async function test(context) {
  if (context.args.length > 0) return tool(context, "vitest", ["run", ...context.args]);
  const folder = join(context.root, ...reportFolder);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const report = join(folder, "vitest.json");
  process.env.KONTOR_OBSERVED = join(folder, "observed");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const results = [
    await stage("lint", () => lint(context)),
    await stage("types", () => types(context)),
    await stage("tests", () => tool(context, "vitest", ["run", ...reporters])),
    await stage("coverage", () => context.runNode(["scripts/coverage.ts"], { cwd: context.root })),
  ];
  writeFileSync(join(folder, "stages.json"), `${JSON.stringify(results)}\n`);
  const line = ({ name, code, seconds }) =>
    `  ${name.padEnd(8)} ${(code === 0 ? "passed" : "FAILED").padEnd(7)} ${seconds.toFixed(1)} s`;
  process.stdout.write(`\n=== summary\n${results.map(line).join("\n")}\n`);
  return results.every((result) => result.code === 0) ? 0 : 1;
}

function tool({ root, runNode }, name, args) {
  return runNode([join(root, "node_modules", ...tools[name].split("/")), ...args], { cwd: root });
}

async function stage(name, work) {
  process.stdout.write(`\n=== ${name}\n`);
  const start = performance.now();
  const code = await work();
  return { name, code, seconds: (performance.now() - start) / 1000 };
}
