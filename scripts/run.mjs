// Every command of the project: `node scripts/run.mjs <command> [arguments…]`. It makes the
// packages and the pinned Node ready, then runs the command on that Node. Works on the machine's
// own Node, 18 or newer. What it says itself goes to stderr: stdout belongs to the command.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureSetup, environmentFor, stopSetup } from "./setup.mjs";
import { SetupError } from "./setup-lock.mjs";
import { format, lint, test, types } from "./stages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Programs written in TypeScript, which Node runs as they are. */
const programs = {
  start: ["packages/server/src/main.ts"],
  demo: ["packages/cli/src/kontor.ts", "demo"],
  kontor: ["packages/cli/src/kontor.ts"],
  bench: ["bench/main.ts"],
};

/** Work on the source itself; each answers an exit code. */
const chores = { test, lint, types, format };

let child;
const lastSignal = new Map();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => onSignal(signal));
}
watchParent();

process.exitCode = await main(process.argv.slice(2));

async function main([command, ...args]) {
  const program = Object.hasOwn(programs, command ?? "") ? programs[command] : undefined;
  const chore = Object.hasOwn(chores, command ?? "") ? chores[command] : undefined;
  if (!program && !chore) {
    const known = Object.keys({ ...programs, ...chores }).join(", ");
    process.stderr.write(`Unknown command ${command ?? "(none)"}. Known: ${known}.\n`);
    return 2;
  }
  try {
    const node = await ensureSetup(root, (line) => process.stderr.write(`${line}\n`));
    if (chore) return await chore({ root, args, runNode: choreRunner(node) });
    const [file, ...fixed] = program;
    return await run(node, [join(root, file), ...fixed, ...args]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Like run, but a signal ends the whole chore, not only the tool that runs at the moment. */
function choreRunner(node) {
  return async (args, options) => {
    const code = await run(node, args, options);
    for (const signal of lastSignal.keys()) process.exit(128 + constants.signals[signal]);
    return code;
  };
}

/** Runs Node with our own stdio and answers its exit code, 128+n when signal n ended it. */
function run(node, args, options = {}) {
  return new Promise((resolve) => {
    const env = environmentFor(root, node);
    // A machine's own Node 22 calls type stripping experimental on every start; the pinned one
    // prints nothing.
    const quiet = process.execPath === node ? ["--disable-warning=ExperimentalWarning"] : [];
    child = spawn(node, [...quiet, ...args], { stdio: "inherit", env, ...options });
    child.on("error", (error) => {
      process.stderr.write(`${node}: ${error.message}\n`);
      resolve(1);
    });
    child.on("close", (code, signal) => {
      child = undefined;
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/**
 * Passes a signal on to the running program, once: a press of Ctrl-C reaches this process twice
 * (from the terminal and again from npm) and the program once by itself, and a program may take
 * a second signal as "now, at once". A further signal after a second is meant, and passed on.
 */
function onSignal(signal) {
  if (!child) return stopSetup(() => process.exit(128 + constants.signals[signal]));
  const last = lastSignal.get(signal);
  const current = performance.now();
  if (last !== undefined && current - last < 1000) return;
  lastSignal.set(signal, current);
  const fromTerminal = signal === "SIGINT" && process.stdin.isTTY && last === undefined;
  if (!fromTerminal) child.kill(signal);
}

/**
 * A signal to npm ends npm and the shell it runs scripts in, and reaches nobody below them. So
 * under npm the program is ended when that shell is gone: nothing is left behind that holds the
 * port. Without npm a program may outlive the shell that started it.
 */
function watchParent() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onSignal("SIGTERM");
  };
  const timer = setInterval(look, 250).unref();
}
