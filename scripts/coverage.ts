// Compares docs/reference/coverage.md with what the last whole run of the tests observed; with
// --write, writes it. Exits 1 where they differ.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { allOperations } from "../packages/contract/src/index.ts";
import { coveragePage, type Observation, rewriteCommand } from "./coverage-page.ts";

const root = dirname(import.meta.dirname);
const page = join(root, "docs", "reference", "coverage.md");
const folder =
  process.env.KONTOR_OBSERVED ?? join(root, "node_modules", ".cache", "kontor", "observed");

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const observations = readObservations();
  if (observations.length === 0) {
    process.stderr.write("The tests left no observations. Next: run npm test as a whole.\n");
    return 1;
  }
  const wanted = coveragePage(allOperations, observations);
  const written = existsSync(page) ? readFileSync(page, "utf8") : "";
  if (args.includes("--write")) {
    mkdirSync(dirname(page), { recursive: true });
    writeFileSync(page, wanted);
    process.stdout.write(
      `docs/reference/coverage.md ${written === wanted ? "is" : "was"} written\n`,
    );
    return 0;
  }
  if (written === wanted) {
    process.stdout.write("docs/reference/coverage.md is what the tests observed\n");
    return 0;
  }
  process.stdout.write(firstDifference(written, wanted));
  process.stdout.write(`docs/reference/coverage.md is out of date. Next: ${rewriteCommand}.\n`);
  return 1;
}

function readObservations(): Observation[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return files.flatMap((name) =>
    readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line): Observation => JSON.parse(line)),
  );
}

function firstDifference(written: string, wanted: string): string {
  const [old, now] = [written.split("\n"), wanted.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  return `line ${at + 1}:\n- ${old[at] ?? "(nothing)"}\n+ ${now[at] ?? "(nothing)"}\n`;
}
