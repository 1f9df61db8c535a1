/**
 * A process that owns a data folder: `node owner.ts <dataDir> [<places as JSON>]`. Prints one line
 * of JSON, `{ready: ...}` or `{failed: ...}`, and stops the server when its standard input ends.
 */
import { type DataFolderError, startEmbedded } from "../index.ts";

const [dataDir = "", places] = process.argv.slice(2);
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);

try {
  const options = { dataDir, log: () => undefined };
  const server = await startEmbedded(options, ...(places ? [JSON.parse(places)] : []));
  print({
    ready: { postgres: server.pid(), adopted: server.adopted, connection: server.connection },
  });
  process.stdin.resume().once("end", () => server.stop());
} catch (error) {
  const { code, message, nextStep } = error as DataFolderError;
  print({ failed: { code, message, nextStep } });
}
