// Prints one line, `N passed, N failed, N skipped`, from what `npm test` left behind, and exits 1
// when anything failed. A stage other than the tests counts as one. Runs on the machine's own
// Node, 18 or newer, even where the set-up failed. Its argument is the exit code of `npm test`.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "node_modules", ".cache", "kontor");
const exitCode = Number(process.argv[2] ?? 1);
const report = readJson("vitest.json");
const stages = readJson("stages.json") ?? [];

const otherStages = stages.filter(({ name, code }) => name !== "tests" && code !== 0).length;
let failed = otherStages + (report ? failedTests(report) : 1);
// Vitest also fails on what belongs to no test, such as an unhandled rejection.
const testStage = stages.find(({ name }) => name === "tests");
if (report && testStage?.code !== 0 && failedTests(report) === 0) failed += 1;
if (failed === 0 && exitCode !== 0) failed = 1;

const passed = report?.numPassedTests ?? 0;
const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Failed tests, and files that failed without one, such as those that could not be loaded. */
function failedTests({ numFailedTests, testResults }) {
  const broken = testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(isFailed),
  );
  return numFailedTests + broken.length;
}

function isFailed({ status }) {
  return status === "failed";
}

function readJson(name) {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8"));
  } catch {
    return undefined;
  }
}
