// Adds to package-lock.json the native builds of other machines that npm left out.
//
// npm leaves an optional package out of the lock when the registry it asks does not carry it,
// as a mirror may that keeps one platform's builds only. Then `npm ci` refuses the lock on every
// machine. The added entries name version, machine and licence; npm asks for the integrity only
// where it installs one of them. Run it after `npm install` where the lint asks for it.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

type Entry = Record<string, unknown> & { optionalDependencies?: Record<string, string> };

/** `<os>-<cpu>` with the C library or ABI behind it, as packages of native builds are named. */
const machine = new RegExp(
  "(android|darwin|freebsd|linux|openharmony|win32)" +
    "-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(\\w+))?$",
);

const file = join(dirname(import.meta.dirname), "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8")) as { packages: Record<string, Entry> };
const added = Object.entries(lock.packages).flatMap(([path, parent]) => missing(path, parent));
const packages = [...Object.entries(lock.packages), ...added];
packages.sort(([a], [b]) => a.localeCompare(b, "en"));
const completed = { ...lock, packages: Object.fromEntries(packages) };
if (added.length > 0) writeFileSync(file, `${JSON.stringify(completed, null, 2)}\n`);
process.stdout.write(`${added.length} entries added\n`);

function missing(path: string, parent: Entry): [string, Entry][] {
  return Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => !lock.packages[`${path}/node_modules/${name}`])
    .filter(([name]) => !lock.packages[`node_modules/${name}`])
    .map(([name, version]) => [`node_modules/${name}`, entryFor(name, version, parent)]);
}

function entryFor(name: string, version: string, parent: Entry): Entry {
  const [, os, cpu, abi] = machine.exec(name) ?? [];
  if (os === undefined) throw new Error(`cannot read a machine from ${name}; add it by hand`);
  const libc = os === "linux" ? { gnu: ["glibc"], musl: ["musl"] }[abi ?? ""] : undefined;
  return {
    version,
    cpu: [cpu],
    ...(parent.dev === true && { dev: true }),
    ...(libc && { libc }),
    license: parent.license,
    optional: true,
    os: [os],
    engines: parent.engines,
  };
}
