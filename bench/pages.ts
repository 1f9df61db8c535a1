/** Reading all lines of one very large invoice over HTTP, page after page to the last one. */
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import { type Api, signedIn } from "./api.ts";
import { type BenchFlags, type BenchResult, countFlag, say } from "./bench.ts";
import { closeMonth, month, withBooks } from "./books.ts";
import { median } from "./figures.ts";

const ratioLimit = 1.5;
const pageSize = 2_000;

export async function pagesBench(flags: BenchFlags): Promise<BenchResult[]> {
  const rows = countFlag(flags, "rows", 1_000_000);
  return withBooks(rows, async ({ kontor, database }) => {
    await closeMonth(database, kontor.partner.id);
    const api = await signedIn(kontor);
    const list = await api.get<{ items: { id: string; currencyCode: string }[] }>("/v1/invoices");
    const invoice = list.items.find(({ currencyCode }) => currencyCode === month.currency);
    if (!invoice) throw new Error("the month was not closed");
    say("Reading all pages");
    const { times, lines } = await walk(api, invoice.id);
    const tenth = Math.max(1, Math.floor(times.length / 10));
    const [first, last] = [median(times.slice(0, tenth)), median(times.slice(-tenth))];
    const isWhole = lines === rows;
    return [
      { name: `pages of ${pageSize} lines`, figure: times.length, unit: "pages", ok: isWhole },
      { name: "a page of the first tenth", figure: first, unit: "ms", ok: isWhole },
      { name: "a page of the last tenth", figure: last, unit: "ms", ok: isWhole },
      {
        name: "last tenth to first tenth",
        figure: last / first,
        unit: "times",
        limit: ratioLimit,
        ok: isWhole && last / first <= ratioLimit,
      },
    ];
  });
}

interface Page {
  items: { orderId: string }[];
  continuationToken?: string;
}

/** The times of the pages in ms, and how many different lines they held. */
async function walk(api: Api, invoiceId: string): Promise<{ times: number[]; lines: number }> {
  const query = `provider=onetime&invoicelineitemtype=billinglineitems&size=${pageSize}`;
  const path = `/v1/invoices/${invoiceId}/lineitems?${query}`;
  const seen = new Set<string>();
  const times: number[] = [];
  let token: string | undefined;
  do {
    const elapsed = stopwatch();
    const page: Page = await read(api, path, token);
    times.push(elapsed());
    for (const { orderId } of page.items) seen.add(orderId);
    token = page.continuationToken;
  } while (token !== undefined);
  return { times, lines: seen.size };
}

async function read(api: Api, path: string, token: string | undefined): Promise<Page> {
  if (token === undefined) return api.get(path);
  const headers = { ...api.headers, "MS-ContinuationToken": token };
  const answer = await fetch(`${api.url}${path}&seekOperation=Next`, { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Page;
}
