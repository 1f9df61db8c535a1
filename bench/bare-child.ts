/** A bare `node:http` server that sends the answers of a file, by path: what nothing can beat. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface SentAnswer {
  path: string;
  headers: Record<string, string>;
  body: string;
}

const answers: SentAnswer[] = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const byPath = new Map(
  answers.map(({ path, headers, body }) => [path, { headers, body: Buffer.from(body) }]),
);

const server = createServer((request, response) => {
  const found = byPath.get(request.url ?? "");
  response.writeHead(found ? 200 : 404, found?.headers);
  response.end(found?.body);
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
