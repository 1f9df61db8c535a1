/** Closes the month in a process of its own, so that its memory can be told; answers JSON. */
import { createLog, openForTools } from "../packages/server/src/index.ts";
import { closeMonth } from "./books.ts";

export interface ChildAnswer {
  seconds: number;
  peakMiB: number;
}

const [dataDir = "", partnerId = ""] = process.argv.slice(2);
const tools = await openForTools({ dataDir, databaseUrl: undefined }, createLog("warn"));
const seconds = await closeMonth(tools.database, partnerId);
await tools.close();
const answer: ChildAnswer = { seconds, peakMiB: process.resourceUsage().maxRSS / 1024 };
process.stdout.write(JSON.stringify(answer));
