/** Makes the files of one export in a process of its own, so that its memory can be told. */
import { stopwatch } from "../packages/server/src/foundation/clock.ts";
import { openDatabase } from "../packages/server/src/foundation/database/pool.ts";
import { lengthOfBlob } from "../packages/server/src/modules/billing/export/use-cases.ts";

export interface ChildAnswer {
  seconds: number;
  bytes: number;
  peakMiB: number;
}

const [connection = "{}", partnerId = "", exportId = "", blobCount = "0"] = process.argv.slice(2);
const database = openDatabase(JSON.parse(connection), (error) => {
  throw error;
});
const elapsed = stopwatch();
let bytes = 0;
for (let number = 0; number < Number(blobCount); number += 1) {
  bytes += (await lengthOfBlob(database, { partnerId, exportId, number })) ?? Number.NaN;
}
const seconds = elapsed() / 1000;
await database.close();
const peakMiB = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, bytes, peakMiB } satisfies ChildAnswer));
