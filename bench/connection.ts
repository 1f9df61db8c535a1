/**
 * The least that a client of HTTP can be: one connection, one request at a time, sent as it was
 * prepared. What measures must not cost what is measured: of two processors, it uses one.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Connection {
  /** Sends a request and answers the status when the whole answer is there. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  let parts: Buffer[] = [];
  let missing = Number.NaN;
  let status = 0;
  let settle: { resolve(status: number): void; reject(error: Error): void } | undefined;
  socket.on("error", (error) => settle?.reject(error));
  socket.on("close", () => settle?.reject(new Error("the connection was closed")));
  socket.on("data", (chunk) => {
    if (Number.isNaN(missing)) {
      parts.push(chunk);
      const head = parts.length === 1 ? chunk : Buffer.concat(parts);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const text = head.toString("latin1", 0, end);
      status = Number(text.slice(9, 12));
      missing = Number(/content-length: (\d+)/i.exec(text)?.[1]) - (head.length - end - 4);
    } else {
      missing -= chunk.length;
    }
    if (missing > 0) return;
    parts = [];
    missing = Number.NaN;
    settle?.resolve(status);
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** The bytes of a request without a body. */
export function requestOf(
  method: string,
  url: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === "GET" ? "" : "content-length: 0\r\n";
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: ${new URL(url).host}\r\n${length}${lines.join("")}\r\n`,
  );
}
