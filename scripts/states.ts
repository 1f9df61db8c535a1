// Compares docs/reference/states.md with the tables of states; with --write, writes it. Exits 1
// where they differ.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { statesPage } from "./states-page.ts";

const page = join(dirname(import.meta.dirname), "docs", "reference", "states.md");
if (process.argv.includes("--write")) {
  writeFileSync(page, statesPage());
} else if (readFileSync(page, "utf8") !== statesPage()) {
  process.stdout.write("docs/reference/states.md is out of date. ");
  process.stdout.write("Next: node scripts/states.ts --write.\n");
  process.exitCode = 1;
}
