// Runs the project's own rules over every text file of the tree; exits 1 when one is broken.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkFile } from "./rules.ts";

const texts = /\.(?:[cm]?[jt]s|tsx|sql|md|json|ya?ml|toml|html|css|sh)$|^\.ci\//;
const elsewhere = new Set(["node_modules", ".git", ".kontor", "coverage", "dist"]);

/** The text files below a folder, as paths relative to the root with slashes. */
function listTexts(root: string, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (elsewhere.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return listTexts(root, path);
    return entry.isFile() && texts.test(path) ? [path] : [];
  });
}

const root = dirname(import.meta.dirname);
const files = listTexts(root);
const findings = files.flatMap((file) => checkFile(file, readFileSync(join(root, file), "utf8")));
for (const { file, line, rule, message } of findings) {
  process.stdout.write(`${file}:${line} ${rule}: ${message}\n`);
}
process.stdout.write(`${files.length} files checked, ${findings.length} findings\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
