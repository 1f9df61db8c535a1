/**
 * Look-ups in a catalog of 1 000 and one of 50 000 availabilities: each asked for once, when
 * nothing of it is kept yet, and then again and again.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import { createLog, importCatalog, openForTools } from "../packages/server/src/index.ts";
import { type Api, idsOf, signedIn } from "./api.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { median } from "./figures.ts";
import { type Kontor, startKontor } from "./processes.ts";
import { writeSheet } from "./sheet.ts";

const ratioLimit = 1.3;
const sizes = { small: 1_000, large: 50_000 };

interface Shop {
  folder: string;
  kontor: Kontor;
  api: Api;
  paths: Record<string, string[]>;
}

export async function lookupsBench(flags: BenchFlags): Promise<BenchResult[]> {
  const again = countFlag(flags, "rounds", 10);
  const shops: Shop[] = [];
  try {
    for (const rows of [sizes.small, sizes.large]) shops.push(await openShop(rows));
    const [small, large] = shops;
    if (!small || !large) throw new Error("a catalog is missing");
    const results: BenchResult[] = [];
    for (const name of Object.keys(small.paths)) {
      say(`Looking up: ${name}`);
      results.push(await compare(`${name}, first time`, small, large, name, 1));
      results.push(await compare(`${name}, again`, small, large, name, again));
    }
    return results;
  } finally {
    for (const { kontor, folder } of shops) {
      await kontor.stop();
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function openShop(rows: number): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), "kontor-bench-"));
  const kontor = await startKontor(folder);
  const file = join(folder, "sheet.csv");
  await writeSheet(file, rows);
  const config = { dataDir: join(folder, "data"), databaseUrl: undefined };
  const tools = await openForTools(config, createLog("warn"));
  await importCatalog(tools.database, [file]);
  await tools.close();
  const api = await signedIn(kontor);
  return { folder, kontor, api, paths: await pathsOf(api) };
}

const markets = "US DE FR GB JP IT ES NL".split(" ");
const productsAsked = 2;

/** The same number of look-ups in both catalogs: of two products in eight markets. */
async function pathsOf(api: Api): Promise<Record<string, string[]>> {
  const paths: Record<string, string[]> = { product: [], SKU: [], availability: [] };
  for (const country of markets) {
    const query = `?country=${country}`;
    const list = `/v1/products${query}&targetView=OnlineServices`;
    const products = (await idsOf(api, list)).filter((id) => id.startsWith("CFQ7TT0"));
    for (const product of products.slice(0, productsAsked)) {
      const skus = `/v1/products/${product}/skus`;
      paths.product?.push(`/v1/products/${product}${query}`);
      for (const sku of await idsOf(api, `${skus}${query}`)) {
        paths.SKU?.push(`${skus}/${sku}${query}`);
        const sold = `${skus}/${sku}/availabilities`;
        for (const id of await idsOf(api, `${sold}${query}`)) {
          paths.availability?.push(`${sold}/${id}${query}`);
        }
      }
    }
  }
  return paths;
}

/** Asks both in turn, so that a busy moment of the machine meets both; compares middle times. */
async function compare(
  name: string,
  small: Shop,
  large: Shop,
  kind: string,
  times: number,
): Promise<BenchResult> {
  const taken = { small: [] as number[], large: [] as number[] };
  const [few = [], many = []] = [small.paths[kind], large.paths[kind]];
  for (let time = 0; time < times; time += 1) {
    for (let index = 0; index < few.length; index += 1) {
      taken.small.push(await timed(small.api, few[index] ?? ""));
      taken.large.push(await timed(large.api, many[index] ?? ""));
    }
  }
  const figure = median(taken.large) / median(taken.small);
  say(`  ${name}: ${median(taken.small).toFixed(2)} and ${median(taken.large).toFixed(2)} ms`);
  return {
    name: `${name}, ${sizes.large} to ${sizes.small} availabilities`,
    figure,
    unit: "×",
    limit: ratioLimit,
    ok: few.length > 0 && few.length === many.length && figure <= ratioLimit,
  };
}

async function timed(api: Api, path: string): Promise<number> {
  const elapsed = stopwatch();
  await api.get(path);
  return elapsed();
}
