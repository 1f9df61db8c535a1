/** Imports one file in a process of its own, so that its memory can be told; answers JSON. */
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import { openDatabase } from "../packages/server/src/foundation/database/pool.ts";
import { importFiles } from "../packages/server/src/modules/catalog/index.ts";

export interface ChildAnswer {
  seconds: number;
  /** Time of the processor that this process used. */
  processorSeconds: number;
  rowsRead: number;
  availabilities: { made: number; changed: number; unchanged: number };
  rejectedCount: number;
  peakMiB: number;
}

const [connection = "{}", file = ""] = process.argv.slice(2);
const database = openDatabase(JSON.parse(connection), (error) => {
  throw error;
});
const elapsed = stopwatch();
const [report] = await importFiles(database, [file]);
const seconds = elapsed() / 1000;
await database.close();
if (!report) throw new Error("an import answers a report");
const { rowsRead, availabilities, rejectedCount } = report;
const { user, system } = process.cpuUsage();
const answer: ChildAnswer = {
  seconds,
  processorSeconds: (user + system) / 1e6,
  rowsRead,
  availabilities,
  rejectedCount,
  peakMiB: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(answer));
