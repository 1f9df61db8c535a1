// The page docs/reference/coverage.md, made from the declarations of the contract and from what
// the tests observed. coverage.ts reads and writes the files.

import {
  type Access,
  type ErrorKey,
  errors,
  type Operation,
  roles,
} from "../packages/contract/src/index.ts";

/** One line of a test's notes: an answer that an operation gave, or a form that it took. */
export interface Observation {
  operation: string;
  status: number;
  code?: number;
  form?: string;
}

/** The command that writes the page anew. */
export const rewriteCommand = "npm test, then node scripts/coverage.ts --write";

export function coveragePage(
  operations: readonly Operation[],
  observations: readonly Observation[],
): string {
  const byOperation = Map.groupBy(observations, ({ operation }) => operation);
  const rows = operations.map((operation) => rowOf(operation, byOperation.get(operation.id) ?? []));
  const areas = [...Map.groupBy(rows, ({ operation }) => operation.area)];
  return [
    intro(rows),
    ...areas.map(([area, members]) => areaTable(area, members)),
    unseen(rows),
    "",
  ].join("\n\n");
}

interface Row {
  operation: Operation;
  /** Declared success statuses, each with whether a test got it. */
  successes: { status: number; seen: boolean }[];
  refusals: { label: string; seen: boolean }[];
  forms: string[];
}

function rowOf(operation: Operation, observed: readonly Observation[]): Row {
  // The answer to a HEAD has no body, and so no code.
  const bodyless = operation.method === "HEAD";
  const bare = (label: string) => label.replace(/\d+$/, "undefined");
  const seenCodes = new Set(observed.map(({ status, code }) => `${status}/${code}`));
  const seenStatuses = new Set(observed.map(({ status }) => status));
  const labels = [...new Set(operation.errors.map(labelOf))].sort();
  return {
    operation,
    successes: Object.keys(operation.responses).map((status) => ({
      status: Number(status),
      seen: seenStatuses.has(Number(status)),
    })),
    refusals: labels.map((label) => ({
      label,
      seen: seenCodes.has(bodyless ? bare(label) : label),
    })),
    forms: [...new Set(observed.flatMap(({ form }) => form ?? []))].sort(),
  };
}

function labelOf(key: ErrorKey): string {
  return `${errors[key].status}/${errors[key].code}`;
}

function intro(rows: readonly Row[]): string {
  const refusals = rows.flatMap((row) => row.refusals);
  const seen = refusals.filter((refusal) => refusal.seen).length;
  const answered = rows.filter(({ successes }) => successes.some((one) => one.seen)).length;
  return `# Coverage

Made by the tests: what each operation declares, and what a test has really seen of it. A server
with a declared operation that is not bound does not compile, so every operation here is served.
This page is written by \`${rewriteCommand}\`.

- ${rows.length} operations; ${answered} were seen to succeed.
- ${refusals.length} declared refusals; ${seen} were seen. **Bold** ones were not.
- Every operation can also refuse sign-in, role and rate, and fail: those are tested over all
  operations at once, and are not listed here.
- *Forms* are the ways in which tests sent requests that succeeded, besides the plain one.`;
}

function areaTable(area: string, rows: readonly Row[]): string {
  const head = [
    "| Operation | Who may call | Succeeds | Refuses | Forms |",
    "|---|---|---|---|---|",
  ];
  const lines = rows.map(({ operation, successes, refusals, forms }) => {
    const cells = [
      `\`${operation.id}\`<br>${operation.method} ${operation.path}`,
      accessOf(operation.access),
      successes.map(({ status, seen }) => marked(`${status}`, seen)).join(", "),
      refusals.map(({ label, seen }) => marked(label, seen)).join(", ") || "–",
      forms.join(", ") || "–",
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [`## ${area}`, "", ...head, ...lines].join("\n");
}

function marked(text: string, seen: boolean): string {
  return seen ? text : `**${text}**`;
}

function accessOf({ app, user, anonymous }: Access): string {
  if (anonymous) return "anybody";
  const users = user.length === roles.length ? "every user" : user.join(", ");
  return app ? `apps; ${users}` : users;
}

function unseen(rows: readonly Row[]): string {
  const lines = rows.flatMap(({ operation, successes, refusals }) => {
    const missing = [
      ...successes.filter(({ seen }) => !seen).map(({ status }) => `${status}`),
      ...refusals.filter(({ seen }) => !seen).map(({ label }) => label),
    ];
    return missing.length === 0 ? [] : [`- \`${operation.id}\`: ${missing.join(", ")}`];
  });
  const list = lines.length === 0 ? "Nothing: each was seen." : lines.join("\n");
  return `## Declared and not seen\n\n${list}`;
}
