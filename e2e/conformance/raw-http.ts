/** HTTP/1.1 written by hand over a socket: what is sent is exactly what the test says. */
import { connect } from "node:net";
import { keepObservations, observe } from "../../packages/server/test/observe.ts";

export interface RawRequest {
  method: string;
  /** As it stands in the request line: neither encoded nor normalised. */
  target: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Sends the body only after the server's `100 Continue`. */
  expectContinue?: boolean;
}

export interface RawAnswer {
  status: number;
  /** Lower-case names; the last of equal ones. */
  headers: Record<string, string>;
  body: Buffer;
  text: string;
  /** Parsed JSON; undefined where the answer is none. */
  json: ReturnType<typeof JSON.parse>;
  /** Statuses that came before the answer, such as 100. */
  interim: number[];
}

keepObservations();

const answerLimitMs = 20_000;

/** One request on a connection of its own. */
export async function exchange(url: string, request: RawRequest): Promise<RawAnswer> {
  const body = Buffer.from(request.body ?? "");
  const bodyHeaders: Record<string, string> =
    request.body === undefined ? {} : { "Content-Length": `${body.length}` };
  const headers = {
    Host: new URL(url).host,
    Connection: "close",
    ...request.headers,
    ...bodyHeaders,
    ...(request.expectContinue ? { Expect: "100-continue" } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${request.method} ${request.target} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const answer = parseAnswer(await talk(url, head, body, request.expectContinue ?? false));
  observe(
    { method: request.method, path: request.target, headers, payload: request.body },
    {
      status: answer.status,
      code: answer.json?.code,
      replayed: answer.headers["kontor-replayed"] === "true",
    },
  );
  return answer;
}

async function talk(url: string, head: string, body: Buffer, waits: boolean): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    let sent = !waits;
    socket.setTimeout(answerLimitMs, () => socket.destroy(new Error("no answer came")));
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (sent || !Buffer.concat(chunks).includes("\r\n\r\n")) return;
      sent = true;
      socket.write(body);
    });
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.write(waits ? head : Buffer.concat([Buffer.from(head), body]));
  });
}

function parseAnswer(bytes: Buffer): RawAnswer {
  const interim: number[] = [];
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end < 0) throw new Error(`no complete answer: ${bytes.toString()}`);
    const [first = "", ...lines] = rest.subarray(0, end).toString("latin1").split("\r\n");
    const status = Number(first.split(" ")[1]);
    rest = rest.subarray(end + 4);
    if (status < 200) {
      interim.push(status);
      continue;
    }
    const headers = Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    );
    const isJson = headers["content-type"]?.includes("json") ?? false;
    const text = rest.toString();
    const json = isJson && rest.length > 0 ? JSON.parse(text) : undefined;
    return { status, headers, body: rest, text, json, interim };
  }
}
