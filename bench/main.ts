/** `npm run bench -- [NAME…] [--json] [flags]`: measurements, each beside its limit. */
import { parseArgs } from "node:util";
import { type Bench, type BenchFlags, type BenchResult, FlagError } from "./bench.ts";
import { checkoutBench } from "./checkout.ts";
import { closeBench } from "./close.ts";
import { exportBench } from "./export.ts";
import { importBench } from "./import.ts";
import { lookupsBench } from "./lookups.ts";
import { pagesBench } from "./pages.ts";
import { readsBench } from "./reads.ts";
import { statementBench } from "./statement.ts";

const benches: Readonly<Record<string, Bench>> = {
  close: closeBench,
  export: exportBench,
  checkout: checkoutBench,
  import: importBench,
  lookups: lookupsBench,
  pages: pagesBench,
  reads: readsBench,
  statement: statementBench,
};

type NamedResult = BenchResult & { bench: string };

process.exitCode = await main();

/** 0 when every result is within its limit, 1 when one is not, 2 when the call is wrong. */
async function main(): Promise<number> {
  try {
    const { names, json, flags } = readCall();
    const results: NamedResult[] = [];
    for (const [bench, run] of Object.entries(benches)) {
      if (names.length > 0 && !names.includes(bench)) continue;
      for (const result of await run(flags)) results.push({ bench, ...result });
    }
    process.stdout.write(json ? `${JSON.stringify(results, null, 2)}\n` : table(results));
    return results.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function readCall(): { names: string[]; json: boolean; flags: BenchFlags } {
  const call = parsed();
  const { json = false, ...flags } = call.values;
  const names = call.positionals;
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length === 0) return { names, json, flags };
  const known = Object.keys(benches).join(", ");
  throw new FlagError(`Unknown measurement ${unknown.join(", ")}. Known: ${known}.`);
}

function parsed() {
  try {
    return parseArgs({
      options: {
        json: { type: "boolean" },
        rows: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
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
