import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

// A small repository with the real scripts and a stand-in for npm, which notes its calls and
// "installs" this very Node.

const own = ["run.mjs", "setup.mjs", "setup-lock.mjs", "stages.mjs", "ci-summary.mjs"];
const tools = [
  "@biomejs/biome/bin/biome",
  "dependency-cruiser/bin/dependency-cruiser.mjs",
  "knip/bin/knip.js",
  "typescript/bin/tsc",
  "vitest/vitest.mjs",
];

const npm = `
const fs = require("node:fs");
const { dirname, join } = require("node:path");
const [command, ...flags] = process.argv.slice(2);
const root = process.cwd();
const mode = process.env.TRIAL_NPM ?? "works";
fs.appendFileSync(join(root, "npm-calls"), [command, ...flags].join(" ") + "\\n");
console.log("chatter of npm");
if (mode === "fails" || (mode === "refuses-ci" && command === "ci")) {
  console.error(mode === "fails" ? "npm error ENOTFOUND" : "npm error code EUSAGE");
  process.exit(1);
}
const put = (path, text) => {
  fs.mkdirSync(dirname(join(root, "node_modules", path)), { recursive: true });
  fs.writeFileSync(join(root, "node_modules", path), text);
};
fs.rmSync(join(root, "node_modules"), { recursive: true, force: true });
const link = 'require("node:fs").symlinkSync(process.execPath, "bin/node");';
put("node/installArchSpecificPackage.js", mode === "no-node" ? "process.exit(1);" : link);
fs.mkdirSync(join(root, "node_modules/node/bin"));
if (mode === "works" || mode === "refuses-ci") {
  fs.symlinkSync(process.execPath, join(root, "node_modules/node/bin/node"));
}
put("package.json", '{ "type": "commonjs" }');
for (const tool of ${JSON.stringify(tools)}) {
  const commonJs = "const fs = require('node:fs');";
  const load = tool.endsWith(".mjs") ? "import fs from 'node:fs';" : commonJs;
  put(tool, load + \`
    console.log("tool \${tool}", process.argv.slice(2).join(" "));
    const report = process.argv.find((arg) => arg.startsWith("--outputFile.json="));
    if (report && process.env.TRIAL_REPORT) {
      fs.writeFileSync(report.split("=")[1], process.env.TRIAL_REPORT);
    }
    const fails = (process.env.TRIAL_FAILS ?? "none").split(",");
    if (fails.some((name) => "\${tool}".includes(name))) process.exitCode = 1;\`);
}
`;

const program = `
const [, , ...args] = process.argv;
const path = process.env.PATH ?? "";
if (args.includes("wait")) {
  process.on("SIGTERM", () => process.exit(0));
  process.on("SIGINT", () => process.exit(9));
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), 500);
  console.log("ready");
} else if (args.includes("fail")) {
  process.exit(7);
} else if (args.includes("die")) {
  process.kill(process.pid, "SIGKILL");
} else {
  console.log(JSON.stringify({ args, path, node: process.execPath } satisfies object));
}
`;

type Outcome = { code: number | null; signal: string | null; stdout: string; stderr: string };

let root = "";
let started: ChildProcess[] = [];

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "kontor-run-")));
  started = [];
  put("package.json", '{ "type": "module" }');
  put("package-lock.json", '{ "packages": {} }');
  put("npm/npm-cli.cjs", npm);
  put("packages/cli/src/kontor.ts", program);
  put("scripts/check-rules.ts", "console.log('tool own rules');");
  put("scripts/coverage.ts", "console.log('tool coverage');");
  for (const name of own)
    copyFileSync(join(import.meta.dirname, name), join(root, "scripts", name));
});

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function start(script: string, args: string[], settings: Record<string, string> = {}) {
  const { npm_node_execpath: _, npm_lifecycle_event: __, ...inherited } = process.env;
  const env = { ...inherited, npm_execpath: join(root, "npm/npm-cli.cjs"), ...settings };
  const child = spawn(process.execPath, [join(root, "scripts", script), ...args], { env });
  started.push(child);
  return child;
}

function outcomeOf(child: ReturnType<typeof start>): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function run(args: string[], settings?: Record<string, string>): Promise<Outcome> {
  return outcomeOf(start("run.mjs", args, settings));
}

function npmCalls(): string[] {
  const path = join(root, "npm-calls");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

function untilReady(child: ReturnType<typeof start>): Promise<void> {
  return new Promise((resolve) => {
    child.stdout.on("data", (chunk) => {
      if (String(chunk).includes("ready")) resolve();
    });
  });
}

describe("set-up", () => {
  test("installs once, says one line on stderr and leaves stdout to the program", async () => {
    const first = await run(["demo", "--once", "--json"]);
    expect(first).toMatchObject({ code: 0, stderr: "Installing packages (first run only)…\n" });
    const { args, path, node } = JSON.parse(first.stdout);
    expect(args).toEqual(["demo", "--once", "--json"]);
    expect(path.split(delimiter).slice(0, 2)).toEqual([
      join(root, "node_modules/.bin"),
      join(root, "node_modules/node/bin"),
    ]);
    expect(node).toBe(process.execPath);
    const second = await run(["kontor", "a b", "--", "-x"]);
    expect(JSON.parse(second.stdout).args).toEqual(["a b", "--", "-x"]);
    expect(second.stderr).toBe("");
    expect(npmCalls()).toEqual(["ci --include=dev --no-audit --no-fund"]);
  });

  test("is done by one of several runs that start together", async () => {
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => run(["kontor"])));
    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0, 0, 0]);
    expect(npmCalls()).toHaveLength(1);
    expect(existsSync(join(root, "scripts/.setup-lock"))).toBe(false);
  });

  test("takes over from a run that died", async () => {
    const dead = start("run.mjs", ["unknown"]);
    await outcomeOf(dead);
    put("scripts/.setup-lock/pids", String(dead.pid));
    const outcomes = await Promise.all([run(["kontor"]), run(["kontor"])]);
    expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0]);
    expect(npmCalls()).toHaveLength(1);
  });

  test("is done again when the lock file changed", async () => {
    await run(["kontor"]);
    put("package-lock.json", '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }');
    expect((await run(["kontor"])).code).toBe(0);
    expect(npmCalls()).toHaveLength(2);
  });

  test("leaves alone what somebody installed by hand and matches the lock file", async () => {
    await run(["kontor"]);
    const packages = { "node_modules/a": { version: "1.0.0" } };
    const optional = { "node_modules/b": { version: "1.0.0", optional: true } };
    put("package-lock.json", JSON.stringify({ packages: { ...packages, ...optional } }));
    put("node_modules/.package-lock.json", JSON.stringify({ packages }));
    expect(await run(["kontor"])).toMatchObject({ code: 0, stderr: "" });
    expect(npmCalls()).toHaveLength(1);
  });

  test("does not trust what was installed by hand in another version", async () => {
    await run(["kontor"]);
    put("package-lock.json", '{ "packages": { "node_modules/a": { "version": "2.0.0" } } }');
    put(
      "node_modules/.package-lock.json",
      '{ "packages": { "node_modules/a": { "version": "1.0.0" } } }',
    );
    expect((await run(["kontor"])).code).toBe(0);
    expect(npmCalls()).toHaveLength(2);
  });

  test("uses npm install without a lock file", async () => {
    rmSync(join(root, "package-lock.json"));
    expect((await run(["kontor"])).code).toBe(0);
    expect(npmCalls()).toEqual(["install --include=dev --no-audit --no-fund"]);
  });

  test("falls back on npm install where npm ci refuses the lock file", async () => {
    const outcome = await run(["kontor"], { TRIAL_NPM: "refuses-ci" });
    expect(outcome.code).toBe(0);
    expect(outcome.stderr).toContain("does not cover every package");
    expect(npmCalls().map((call) => call.split(" ").slice(0, 2).join(" "))).toEqual([
      "ci --include=dev",
      "install --no-save",
    ]);
  });

  test("shows npm's output only when npm fails, and starts nothing then", async () => {
    const outcome = await run(["kontor"], { TRIAL_NPM: "fails" });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    expect(outcome.stderr).toContain("npm error ENOTFOUND");
    expect(outcome.stderr).toContain("run the same command again");
    expect(existsSync(join(root, "node_modules/.kontor-setup"))).toBe(false);
    expect((await run(["kontor"])).code).toBe(0);
  });

  test("fetches the pinned Node where install scripts are switched off", async () => {
    const outcome = await run(["kontor"], { TRIAL_NPM: "no-scripts" });
    expect(outcome.code).toBe(0);
    expect(existsSync(join(root, "node_modules/node/bin/node"))).toBe(true);
  });

  test("uses the machine's own Node where the pinned one cannot be had", async () => {
    const first = await run(["kontor"], { TRIAL_NPM: "no-node" });
    expect(JSON.parse(first.stdout).node).toBe(process.execPath);
    const second = await run(["kontor"], { TRIAL_NPM: "no-node" });
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(npmCalls()).toHaveLength(1);
  });

  test("repairs a pinned Node that went missing", async () => {
    await run(["kontor"]);
    rmSync(join(root, "node_modules/node/bin/node"));
    put("node_modules/node/bin/keep", "");
    put(
      "node_modules/node/installArchSpecificPackage.js",
      'require("node:fs").symlinkSync(process.execPath, "bin/node");',
    );
    put("node_modules/.package-lock.json", '{ "packages": {} }');
    expect((await run(["kontor"])).code).toBe(0);
    expect(existsSync(join(root, "node_modules/node/bin/node"))).toBe(true);
  });

  describe("cut short", () => {
    const slowNpm = `
      setInterval(() => undefined, 1000);
      require("node:fs").writeFileSync("npm-pid", String(process.pid));`;
    const npmPid = () => Number(readFileSync(join(root, "npm-pid"), "utf8"));

    async function startedInstall() {
      put("npm/npm-cli.cjs", slowNpm);
      const child = start("run.mjs", ["kontor"]);
      const outcome = outcomeOf(child);
      await expect.poll(() => existsSync(join(root, "npm-pid")), { timeout: 10_000 }).toBe(true);
      expect(existsSync(join(root, "scripts/.setup-lock"))).toBe(true);
      put("npm/npm-cli.cjs", npm);
      return { child, outcome };
    }

    test("by a signal it ends npm and gives the lock back", async () => {
      const { child, outcome } = await startedInstall();
      child.kill("SIGINT");
      expect((await outcome).code).toBe(130);
      expect(isAlive(npmPid())).toBe(false);
      expect(existsSync(join(root, "scripts/.setup-lock"))).toBe(false);
      expect((await run(["kontor"])).code).toBe(0);
    });

    test("by a kill it leaves npm running, and the next run waits for that", async () => {
      const { child } = await startedInstall();
      child.kill("SIGKILL");
      const next = start("run.mjs", ["kontor"]);
      const outcome = outcomeOf(next);
      await new Promise((resolve) => next.stderr.once("data", resolve));
      expect(npmCalls()).toEqual([]);
      process.kill(npmPid());
      const { code, stderr } = await outcome;
      expect(code).toBe(0);
      expect(stderr).toMatch(/^Waiting for another run \(pid \d+\) .*\nInstalling packages/);
      expect(existsSync(join(root, "scripts/.setup-lock"))).toBe(false);
    });
  });
});

describe("running a program", () => {
  test("answers its exit code", async () => {
    expect((await run(["kontor", "fail"])).code).toBe(7);
  });

  test("answers 128 + n when signal n ended it", async () => {
    expect((await run(["kontor", "die"])).code).toBe(137);
  });

  test.each([
    ["SIGTERM", 0],
    ["SIGINT", 9],
  ] as const)("passes %s on and waits for the program", async (signal, code) => {
    const child = start("run.mjs", ["kontor", "wait"]);
    const outcome = outcomeOf(child);
    await untilReady(child);
    child.kill(signal);
    expect((await outcome).code).toBe(code);
  });

  test("ends the program when npm's shell is gone", async () => {
    await run(["kontor"]);
    const line = '"$0" "$1" kontor wait & echo $! >run-pid; wait';
    const shell = spawn("sh", ["-c", line, process.execPath, join(root, "scripts/run.mjs")], {
      cwd: root,
      env: { ...process.env, npm_lifecycle_event: "kontor" },
    });
    started.push(shell);
    await untilReady(shell);
    const pid = Number(readFileSync(join(root, "run-pid"), "utf8"));
    shell.kill("SIGTERM");
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  test("knows its commands", async () => {
    const outcome = await run(["unknown"]);
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toContain("start, demo, kontor, bench, test, lint, types, format");
    expect(npmCalls()).toEqual([]);
  });
});

describe("npm test", () => {
  const report = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 };
  const summaryOf = (exitCode: number | null) =>
    outcomeOf(start("ci-summary.mjs", [String(exitCode)]));

  async function testAndSummary(settings: Record<string, string>) {
    const tests = await run(["test"], settings);
    return { tests, summary: await summaryOf(tests.code) };
  }

  test("runs every stage in order and passes", async () => {
    const TRIAL_REPORT = JSON.stringify({ ...report, testResults: [] });
    const { tests, summary } = await testAndSummary({ TRIAL_REPORT });
    const lines = tests.stdout.split("\n").filter((line) => /^(?:===|tool)/.test(line));
    expect(lines.map((line) => line.replace(/ --.*/, ""))).toEqual([
      "=== lint",
      "=== biome: lint and format",
      "tool @biomejs/biome/bin/biome check",
      "=== dependency-cruiser: who may import whom",
      "tool dependency-cruiser/bin/dependency-cruiser.mjs",
      "=== knip: unused files, exports and dependencies",
      "tool knip/bin/knip.js",
      "=== own rules: time, settings, words",
      "tool own rules",
      "=== types",
      "tool typescript/bin/tsc -p .",
      "=== tests",
      "tool vitest/vitest.mjs run",
      "=== coverage",
      "tool coverage",
      "=== summary",
    ]);
    expect(tests.code).toBe(0);
    expect(summary).toMatchObject({ code: 0, stdout: "5 passed, 0 failed, 3 skipped\n" });
  });

  test("goes on after a stage that failed, and counts each", async () => {
    const TRIAL_REPORT = JSON.stringify({ ...report, testResults: [] });
    const { tests, summary } = await testAndSummary({ TRIAL_REPORT, TRIAL_FAILS: "biome,tsc" });
    expect(tests.code).toBe(1);
    expect(tests.stdout).toContain("tool knip");
    expect(tests.stdout).toContain("tool vitest");
    expect(tests.stdout).toMatch(/lint +FAILED.*\n +types +FAILED.*\n +tests +passed/);
    expect(summary).toMatchObject({ code: 1, stdout: "5 passed, 2 failed, 3 skipped\n" });
  });

  test.each([
    ["failed tests", { numFailedTests: 2 }, [{ assertionResults: [{ status: "failed" }] }], 2],
    ["a file that could not be loaded", {}, [{ assertionResults: [] }], 1],
    ["an error that belongs to no test", {}, [], 1],
  ])("counts %s", async (_name, counts, failedFiles, failed) => {
    const testResults = failedFiles.map((file) => ({ status: "failed", ...file }));
    const TRIAL_REPORT = JSON.stringify({ ...report, ...counts, testResults });
    const { summary } = await testAndSummary({ TRIAL_REPORT, TRIAL_FAILS: "vitest" });
    expect(summary).toMatchObject({ code: 1, stdout: `5 passed, ${failed} failed, 3 skipped\n` });
  });

  test("counts one failure where Vitest left no report", async () => {
    const { summary } = await testAndSummary({ TRIAL_FAILS: "vitest" });
    expect(summary).toMatchObject({ code: 1, stdout: "0 passed, 1 failed, 0 skipped\n" });
  });

  test("counts one failure where the set-up failed", async () => {
    const { tests, summary } = await testAndSummary({ TRIAL_NPM: "fails" });
    expect(tests.code).toBe(1);
    expect(summary).toMatchObject({ code: 1, stdout: "0 passed, 1 failed, 0 skipped\n" });
  });

  test("does not take an earlier run's report for its own", async () => {
    const TRIAL_REPORT = JSON.stringify({ ...report, testResults: [] });
    await testAndSummary({ TRIAL_REPORT });
    const { summary } = await testAndSummary({ TRIAL_FAILS: "vitest" });
    expect(summary.stdout).toBe("0 passed, 1 failed, 0 skipped\n");
  });

  test("gives arguments to Vitest and runs nothing else", async () => {
    const outcome = await run(["test", "packages/server", "-t", "cart"]);
    expect(outcome).toMatchObject({
      code: 0,
      stdout: "tool vitest/vitest.mjs run packages/server -t cart\n",
    });
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
