/**
 * Statements: the time of one with 200 lines, and whether a thousand of them leave memory behind,
 * with names in Latin and in scripts whose fonts are read when they are needed.
 */
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import { renderStatement } from "../packages/server/src/modules/billing/statement/statement.ts";
import {
  sampleLines,
  sampleStatement,
} from "../packages/server/src/modules/billing/statement/testing/sample.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { median } from "./figures.ts";

const lineCount = 200;
const limitMs = 150;
const documents = 1_000;
/** Fonts and compiled code come with the first documents; what grows after them is a leak. */
const warmUp = 200;
const growthLimitMiB = 32;

const names = {
  Latin: "Northwind Traders Ltd",
  Chinese: "上海国际贸易股份有限公司",
  Japanese: "株式会社ノースウインド・トレーダーズ",
  Arabic: "شركة الأمل للتجارة",
  Devanagari: "प्रौद्योगिकी लिमिटेड",
} as const;

export async function statementBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rounds = countFlag(flags, "rounds", 15);
  const results: BenchResult[] = [];
  for (const [script, name] of Object.entries(names)) {
    say(`Statements of ${lineCount} lines with names in ${script}`);
    results.push(await timeOf(script, name, rounds));
  }
  say(`${documents} statements of 5 lines`);
  return [...results, await growth()];
}

/** The middle of the times, the first left out: it reads the fonts. */
async function timeOf(script: string, name: string, rounds: number): Promise<BenchResult> {
  const statement = sampleStatement({ lines: linesFor(name, lineCount) });
  let bytes = (await renderStatement(statement)).length;
  const taken: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const elapsed = stopwatch();
    bytes = Math.min(bytes, (await renderStatement(statement)).length);
    taken.push(elapsed());
  }
  const figure = median(taken);
  return {
    name: `${lineCount} lines, names in ${script}`,
    figure,
    unit: "ms",
    limit: limitMs,
    ok: bytes > 100_000 && figure <= limitMs,
  };
}

async function growth(): Promise<BenchResult> {
  const scripts = Object.values(names);
  let settled = 0;
  for (let index = 0; index < warmUp + documents; index += 1) {
    if (index === warmUp) settled = process.memoryUsage.rss();
    const name = `${scripts[index % scripts.length]} ${index}`;
    await renderStatement(sampleStatement({ number: `G${index}`, lines: linesFor(name, 5) }));
  }
  const figure = (process.memoryUsage.rss() - settled) / 2 ** 20;
  return {
    name: `growth of memory over ${documents} statements`,
    figure,
    unit: "MiB",
    limit: growthLimitMiB,
    ok: figure <= growthLimitMiB,
  };
}

function linesFor(customer: string, count: number) {
  return sampleLines(count).map((line, index) => ({ ...line, customer: `${customer} ${index}` }));
}
