// Set-up of a fresh clone: packages and the pinned Node. Runs on the machine's own Node (18 or
// newer) before anything is installed, so it uses nothing newer and no package.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, sep } from "node:path";
import { SetupError, takeLock } from "./setup-lock.mjs";

const windows = process.platform === "win32";

/** The program that the set-up waits for, and what to do once it has ended early. */
let current;
let onStopped;

/**
 * Makes the packages and the pinned Node ready and says which Node runs the project.
 * When nothing changed this only reads two files.
 *
 * @param {string} root the repository
 * @param {(line: string) => void} log where progress goes; never stdout
 * @returns {Promise<string>} path of the Node executable
 * @throws {SetupError} with a next step
 */
export async function ensureSetup(root, log) {
  const ready = readyNode(root);
  if (ready) return ready;
  const lock = await takeLock(join(root, "scripts", ".setup-lock"), log);
  try {
    return readyNode(root) ?? (await setUp(root, lock, log));
  } finally {
    lock.release();
  }
}

/** Ends the set-up early: waits until npm has let go of the files, then calls `stopped`. */
export function stopSetup(stopped) {
  if (!current) return stopped();
  onStopped = stopped;
  current.kill();
}

/** The environment in which the project's programs run: its own tools before the machine's. */
export function environmentFor(root, node) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const own = [join(root, "node_modules", ".bin"), dirname(node)];
  const rest = (process.env[name] ?? "").split(delimiter).filter((dir) => !own.includes(dir));
  return { ...process.env, [name]: [...own, ...rest].join(delimiter) };
}

/** Whether a Node of this version runs TypeScript as it is, without a flag. */
function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  if (major === 22) return minor >= 18;
  if (major === 23) return minor >= 6;
  return major > 23;
}

// --- what is there -------------------------------------------------------------------------

function stampPath(root) {
  return join(root, "node_modules", ".kontor-setup");
}

function pinnedNode(root) {
  return join(root, "node_modules", "node", "bin", windows ? "node.exe" : "node");
}

/** What the installed packages must match: the lock file's content and the kind of machine. */
function wantedStamp(root) {
  const lock = join(root, "package-lock.json");
  const source = existsSync(lock) ? lock : join(root, "package.json");
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex");
  return `${hash} ${process.platform}-${process.arch}`;
}

/** The Node to run with when the set-up stands; undefined when there is something to do. */
function readyNode(root) {
  const [stamp, kind] = (readText(stampPath(root)) ?? "").split("\n");
  if (stamp !== wantedStamp(root)) return undefined;
  if (kind === "machine" && runsTypeScript(process.version)) return process.execPath;
  return kind === "pinned" && existsSync(pinnedNode(root)) ? pinnedNode(root) : undefined;
}

/**
 * Whether what npm wrote down about node_modules agrees with the lock file: then somebody ran
 * `npm ci` or `npm install` by hand, and wiping their folder would only cost them time.
 */
function installedMatchesLock(root) {
  const [, machine] = (readText(stampPath(root)) ?? "").split(/[ \n]/);
  if (machine && machine !== `${process.platform}-${process.arch}`) return false;
  const wanted = readJson(join(root, "package-lock.json"))?.packages;
  const installed = readJson(join(root, "node_modules", ".package-lock.json"))?.packages;
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    if (!found) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.link === entry.link;
  });
}

// --- doing it ------------------------------------------------------------------------------

async function setUp(root, lock, log) {
  if (!installedMatchesLock(root)) await installPackages(root, lock, log);
  const node = await findNode(root, lock);
  const kind = node === pinnedNode(root) ? "pinned" : "machine";
  try {
    writeFileSync(stampPath(root), `${wantedStamp(root)}\n${kind}\n`);
  } catch (error) {
    // A read-only checkout that was installed beforehand works, only without the short cut.
    if (error.code !== "EROFS" && error.code !== "EACCES") throw error;
  }
  return node;
}

async function installPackages(root, lock, log) {
  log("Installing packages (first run only)…");
  rmSync(stampPath(root), { force: true });
  const flags = ["--include=dev", "--no-audit", "--no-fund"];
  const locked = existsSync(join(root, "package-lock.json"));
  let result = await npm(root, lock, [locked ? "ci" : "install", ...flags]);
  if (locked && result.code !== 0 && result.output.includes("EUSAGE")) {
    log("package-lock.json does not cover every package; installing the rest with npm install…");
    result = await npm(root, lock, ["install", "--no-save", ...flags]);
  }
  if (result.code === 0) return;
  process.stderr.write(`${result.output}\n`);
  throw new SetupError(
    "npm could not install the packages; its output is above. Check the network and the free " +
      "disk space, then run the same command again.",
  );
}

/** The pinned Node if it runs, else the machine's own if that is new enough. */
async function findNode(root, lock) {
  const pinned = pinnedNode(root);
  if (runs(pinned)) return pinned;
  // Where install scripts are switched off, npm left the package without its executable.
  const folder = join(root, "node_modules", "node");
  const script = join(folder, "installArchSpecificPackage.js");
  let output = "";
  if (existsSync(script)) {
    ({ output } = await run(lock, machineNode(root), [script], {
      cwd: folder,
      env: machineEnvironment(root),
    }));
    if (runs(pinned)) return pinned;
  }
  const own = machineNode(root);
  if (own === process.execPath && runsTypeScript(process.version)) return own;
  if (output) process.stderr.write(`${output}\n`);
  throw new SetupError(
    `The Node.js that the project pins could not be installed, and this machine's ` +
      `${process.version} cannot run TypeScript. Install Node.js 24 (https://nodejs.org) ` +
      "and run the same command again.",
  );
}

function runs(node) {
  return existsSync(node) && spawnSync(node, ["--version"], { stdio: "ignore" }).status === 0;
}

/** npm as the user called it, kept apart from node_modules, which it is about to replace. */
function npm(root, lock, args) {
  const options = { cwd: root, env: machineEnvironment(root) };
  const cli = process.env.npm_execpath ?? "";
  if (/npm-cli\.c?js$/.test(cli)) {
    return run(lock, machineNode(root), [cli, ...args], options);
  }
  return run(lock, windows ? "npm.cmd" : "npm", args, options);
}

/** A Node outside node_modules; npm tells which one it runs on. */
function machineNode(root) {
  const inside = (path) => path.startsWith(join(root, "node_modules") + sep);
  const candidates = [process.execPath, process.env.npm_node_execpath];
  return candidates.find((path) => path && !inside(path)) ?? "node";
}

function machineEnvironment(root) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const inside = join(root, "node_modules") + sep;
  const dirs = (process.env[name] ?? "").split(delimiter).filter((dir) => !dir.startsWith(inside));
  return { ...process.env, [name]: dirs.join(delimiter) };
}

/** Runs a program quietly; its whole output comes back, for the case that it fails. */
function run(lock, command, args, options) {
  return new Promise((resolve) => {
    const shell = command.endsWith(".cmd");
    const child = spawn(command, args, { ...options, shell, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid) lock.add(child.pid);
    const chunks = [];
    current = child;
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", (error) => chunks.push(Buffer.from(`${command}: ${error.message}`)));
    child.on("close", (code) => {
      current = undefined;
      if (onStopped) {
        lock.release();
        onStopped();
      }
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString().trim() });
    });
  });
}

function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function readJson(path) {
  try {
    return JSON.parse(readText(path) ?? "null");
  } catch {
    return undefined;
  }
}
