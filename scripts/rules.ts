// The project's own rules about source text, as functions of a file's path and text. What Biome,
// dependency-cruiser and knip can check is left to them. check-rules.ts runs these over the tree.

import ts from "typescript";

/** Something to mend: where, which rule, and what to do instead. Lines count from 1. */
export type Finding = Readonly<{ file: string; line: number; rule: string; message: string }>;

const testCode = /\.test\.tsx?$|^e2e\/|^packages\/[^/]+\/test\/|\/test-(?:support|fixtures)\//;
const measures = /^bench\//;

/** Where the real time may be read: the clock itself, and what is not the product. */
const readsTime = [/^packages\/server\/src\/foundation\/clock\.ts$/, measures, testCode];

/** Where the environment may be read: the settings, the command, and what is not the product. */
const readsEnvironment = [
  /^packages\/server\/src\/foundation\/config\.ts$/,
  // What the machine, not Kontor, must tell a database server that is started.
  /^packages\/server\/src\/foundation\/database\/embedded\/settings\.ts$/,
  /^packages\/cli\//,
  /^scripts\//,
  /^[^/]+\.config\.ts$/,
  measures,
  testCode,
];

/** PostgreSQL's own ways to the real time. */
const sqlTime = new RegExp(
  [
    "\\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\\s*\\(\\s*\\)",
    "\\b(?:current_(?:timestamp|date|time)|local(?:timestamp|time))\\b",
    "'now'\\s*::",
  ].join("|"),
  "gi",
);
const sqlTimeMessage = "SQL reads the real time; pass the time as a parameter";

type Word = Readonly<{ rule: string; pattern: RegExp; message: string; in?: RegExp }>;

/** Words that do not belong into the project. The patterns are written so as not to match here. */
const words: readonly Word[] = [
  {
    rule: "unfinished",
    pattern: /\b(?:TO[D]O|FIX[M]E|HA[C]K)\b/,
    message: "finish it, or write down in words what is left out and why",
  },
  {
    rule: "no-suppression",
    pattern: /\b(?:biome|eslint|knip|prettier)-(?:ignore|disable)\b|@ts-(?:ignore|nocheck)\b/,
    message: "mend what the tool found; a rule that is wrong is changed in its configuration",
    in: /\.(?:[cm]?[jt]s|tsx|css)$/,
  },
  {
    rule: "no-suppression",
    pattern: /@ts-expect[-]error\b/,
    message: "only a test of types may expect an error",
    in: /^(?!.*\.test\.tsx?$).*\.tsx?$/,
  },
  {
    rule: "machine-path",
    pattern: /(?:^|[\s"'`(=:])\/(?:Users|root|mnt|work|shared)\/\w/,
    message: "a path of one machine; say where it comes from instead",
  },
  {
    rule: "registry-host",
    pattern: /\bregistry\.[a-z0-9-]+\.[a-z]{2,}\b/i,
    message: "a package registry's host; each machine has its own",
  },
  {
    rule: "issue-number",
    pattern: /\b(?:issue|ticket|fix(?:es|ed)?|clos(?:es|ed)?|see|PR)\s+#\d+/i,
    message: "say what the matter is; a number means nothing outside its tracker",
  },
  {
    rule: "workplace",
    pattern: /\bsub-?agents?\b|\b(?:this|helper|coding) sessions?\b/i,
    message: "the project speaks of itself alone",
  },
];

/** All findings in one file, in order of lines. `file` is relative to the root, with slashes. */
export function checkFile(file: string, text: string): Finding[] {
  const findings = checkWords(file, text);
  if (/\.(?:[cm]?[jt]s|tsx)$/.test(file)) findings.push(...checkCode(file, text));
  if (/\.test\.tsx?$/.test(file)) findings.push(...checkTestNames(file, text));
  if (file.endsWith(".sql")) findings.push(...checkSql(file, text));
  if (file === "package-lock.json") return checkLock(file, text);
  return findings.sort((a, b) => a.line - b.line);
}

function checkWords(file: string, text: string): Finding[] {
  const rules = words.filter((word) => word.in === undefined || word.in.test(file));
  return text
    .split("\n")
    .flatMap((content, index) =>
      rules
        .filter((word) => word.pattern.test(content))
        .map(({ rule, message }) => ({ file, line: index + 1, rule, message })),
    );
}

function checkSql(file: string, text: string): Finding[] {
  const blank = (comment: string) => comment.replace(/[^\n]/g, " ");
  const code = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, blank);
  return [...code.matchAll(sqlTime)].map((match) => ({
    file,
    line: code.slice(0, match.index).split("\n").length,
    rule: "time-is-a-parameter",
    message: `${sqlTimeMessage}: ${match[0]}`,
  }));
}

function checkCode(file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const timeless = !readsTime.some((place) => place.test(file));
  const sealed = !readsEnvironment.some((place) => place.test(file));
  const findings: Finding[] = [];
  const report = (node: ts.Node, rule: string, message: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    findings.push({ file, line: line + 1, rule, message });
  };
  const visit = (node: ts.Node): void => {
    const time = timeless ? readOfTime(node, source) : undefined;
    if (time) report(node, "time-is-a-parameter", time);
    if (sealed && isReadOfEnvironment(node, source)) {
      report(node, "settings-from-config", "settings come from foundation/config.ts");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

/** Says how a node reads the real time, if it does. */
function readOfTime(node: ts.Node, source: ts.SourceFile): string | undefined {
  const clock = "takes the real time; take `now: Date` as a parameter";
  if (ts.isPropertyAccessExpression(node) && node.name.text === "now") {
    return isNamed(node.expression, "Date", source) ? `Date.now ${clock}` : undefined;
  }
  if (ts.isNewExpression(node) && (node.arguments ?? []).length === 0) {
    return isNamed(node.expression, "Date", source) ? `new Date() ${clock}` : undefined;
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, "Date", source)) {
    return `Date() ${clock}`;
  }
  if (!ts.isStringLiteralLike(node) && !isTemplatePart(node)) return undefined;
  const match = node.text.match(sqlTime);
  return match ? `${sqlTimeMessage}: ${match[0]}` : undefined;
}

function isReadOfEnvironment(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isPropertyAccessExpression(node)) {
    return node.name.text === "env" && isNamed(node.expression, "process", source);
  }
  if (ts.isElementAccessExpression(node)) {
    const key = node.argumentExpression;
    return ts.isStringLiteral(key) && key.text === "env"
      ? isNamed(node.expression, "process", source)
      : false;
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    const fromProcess = node.initializer && isNamed(node.initializer, "process", source);
    return fromProcess === true && node.name.elements.some((each) => takesEnv(each, source));
  }
  if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return false;
  const bindings = node.importClause?.namedBindings;
  return /^(?:node:)?process$/.test(node.moduleSpecifier.text) && bindings !== undefined
    ? ts.isNamedImports(bindings) && bindings.elements.some((each) => takesEnv(each, source))
    : false;
}

function takesEnv(element: ts.BindingElement | ts.ImportSpecifier, source: ts.SourceFile): boolean {
  return (element.propertyName ?? element.name).getText(source) === "env";
}

/** Whether an expression is the global of this name, plain or through globalThis. */
function isNamed(node: ts.Expression, name: string, source: ts.SourceFile): boolean {
  const text = node.getText(source);
  return text === name || text === `globalThis.${name}`;
}

type TemplatePart = ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isTemplatePart(node: ts.Node): node is TemplatePart {
  return ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/**
 * A test's name, with those of the groups around it, stands once in its file. Biome compares
 * plain calls only; this sees `test.skipIf(…)("…")` and `test.each(…)("…")` too.
 */
function checkTestNames(file: string, text: string): Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, false);
  const seen = new Set<string>();
  const findings: Finding[] = [];
  const visit = (node: ts.Node, groups: string): void => {
    const call = ts.isCallExpression(node) ? testCall(node, source) : undefined;
    const name = call ? `${groups} > ${call.title}` : groups;
    if (call?.kind === "test" && seen.has(name)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      const message = `${call.title} names another test of this file`;
      findings.push({ file, line: line + 1, rule: "unique-test-names", message });
    }
    if (call?.kind === "test") seen.add(name);
    ts.forEachChild(node, (child) => visit(child, call?.kind === "group" ? name : groups));
  };
  visit(source, "");
  return findings;
}

function testCall(call: ts.CallExpression, source: ts.SourceFile) {
  const [title] = call.arguments;
  let callee: ts.Expression = call.expression;
  while (!ts.isIdentifier(callee)) {
    if (!ts.isCallExpression(callee) && !ts.isPropertyAccessExpression(callee)) return undefined;
    callee = callee.expression;
  }
  const kind = { test: "test", it: "test", describe: "group" }[callee.text];
  // `test.skipIf(…)` is called once more with the title; a template with values may differ.
  const named = title && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title));
  return kind && named ? { kind, title: title.getText(source) } : undefined;
}

/** The parts of package-lock.json that these rules read. */
type Lock = { packages: Record<string, LockEntry> };
type LockEntry = { resolved?: string; link?: boolean; optionalDependencies?: Dependencies };
type Dependencies = Record<string, string>;

/**
 * The lock file names no download host, and has an entry for every optional package. A registry
 * that carries the native builds of some machines only makes npm leave the others out, and then
 * `npm ci` refuses the file everywhere. `node scripts/complete-lock.ts` adds them.
 */
function checkLock(file: string, text: string): Finding[] {
  const { packages } = JSON.parse(text) as Lock;
  const findings: Finding[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    const line = text.slice(0, text.indexOf(`"${path}": {`)).split("\n").length;
    const report = (rule: string, message: string) => findings.push({ file, line, rule, message });
    if (entry.resolved?.includes("://")) {
      report("registry-host", "set omit-lockfile-registry-resolved=true and lock again");
    }
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]) {
        report("complete-lock", `${name} has no entry; run node scripts/complete-lock.ts`);
      }
    }
  }
  return findings;
}
