/** `npm run bench -- [NAME…] [--json] [flags]`: measurements, each beside its limit. */
import { parseArgs } from "node:util";
import type { Bench, BenchResult } from "./bench.ts";
import { importBench } from "./import.ts";

const benches: Readonly<Record<string, Bench>> = {
  import: importBench,
};

type NamedResult = BenchResult & { bench: string };

process.exitCode = await main();

/** 0 when every result is within its limit, 1 when one is not, 2 when the call is wrong. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean", default: false }, rows: { type: "string" } },
    allowPositionals: true,
  });
  const { json, ...flags } = values;
  const unknown = positionals.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    const known = Object.keys(benches).join(", ");
    process.stderr.write(`Unknown measurement ${unknown.join(", ")}. Known: ${known}.\n`);
    return 2;
  }
  const results: NamedResult[] = [];
  for (const [bench, run] of Object.entries(benches)) {
    if (positionals.length > 0 && !positionals.includes(bench)) continue;
    for (const result of await run(flags)) results.push({ bench, ...result });
  }
  process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : table(results));
  return results.every(({ ok }) => ok) ? 0 : 1;
}

function table(results: readonly NamedResult[]): string {
  const rows = results.map(({ bench, name, figure, unit, limit, atLeast, ok }) => [
    bench,
    name,
    figure >= 100 ? Math.round(figure).toLocaleString("en-US") : figure.toPrecision(3),
    unit,
    limit === undefined ? "" : `${atLeast ? "≥" : "≤"} ${limit.toLocaleString("en-US")}`,
    ok ? "ok" : "FAILED",
  ]);
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 2 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return `${rows.map(line).join("\n")}\n`;
}
