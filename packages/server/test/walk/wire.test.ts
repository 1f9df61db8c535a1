/** Bytes on a socket that no HTTP library sends: what is broken below the routes is refused too. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { testServer } from "../harness.ts";
import { fingerprint } from "./store.ts";

const server = await testServer();
const port = await server.listen();
const token = await server.signIn("user");
const patience = 10_000;

interface Reply {
  status: number;
  headers: Map<string, string>;
  body: string;
}

/** Sends bytes and reads until the server closes, or has answered as much as it announced. */
function exchange(bytes: string | Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const chunks: Buffer[] = [];
    const received = () => Buffer.concat(chunks).toString();
    const done = (act: () => void) => {
      socket.destroy();
      act();
    };
    socket.setTimeout(patience, () => done(() => reject(new Error(`no answer: ${received()}`))));
    socket.on("error", (error) => (chunks.length === 0 ? done(() => reject(error)) : undefined));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      const reply = replyOf(received());
      const length = Number(reply.headers.get("content-length") ?? Number.POSITIVE_INFINITY);
      const whole = Buffer.byteLength(reply.body) >= length;
      if (whole || reply.status === 100) done(() => resolve(reply));
    });
    socket.on("close", () => resolve(replyOf(received())));
  });
}

function replyOf(text: string): Reply {
  const [head = "", body = ""] = text.split(/\r\n\r\n(.*)/s);
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const [name = "", value = ""] = line.split(/:\s*(.*)/s);
    return [name.toLowerCase(), value];
  });
  return { status: Number(first.split(" ")[1]), headers: new Map(headers), body };
}

function request(first: string, headers: readonly string[] = [], body = ""): Buffer {
  const own = ["Host: localhost", `Authorization: Bearer ${token}`, "Connection: close"];
  return Buffer.from(`${[first, ...own, ...headers].join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const get = (path: string) => `GET ${path} HTTP/1.1`;
const post = "POST /v1/customers HTTP/1.1";

const broken: [string, Buffer][] = [
  ["no HTTP at all", Buffer.from("\u0000\u0001\u0002\r\n\r\n")],
  ["a greeting of TLS", Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03])],
  ["an unknown method", request("BREW /v1/customers HTTP/1.1")],
  ["a method in small letters", request("get /v1/customers HTTP/1.1")],
  ["a path with a space", request(get("/v1/cust omers"))],
  ["a path with a NUL", request(get("/v1/customers/\u0000"))],
  ["a path with bytes above ASCII", request(get("/v1/customers/\u00e4\u00ff"))],
  ["a path of 20 000 characters", request(get(`/v1/customers/${"a".repeat(20_000)}`))],
  ["a path of 10 000 characters", request(get(`/v1/customers/${"a".repeat(10_000)}`))],
  ["a header of 20 000 characters", request(get("/v1/customers"), [`X-A: ${"b".repeat(20_000)}`])],
  ["3 000 headers", request(get("/v1/customers"), Array(3_000).fill("A: b"))],
  ["a header with a NUL", request(get("/v1/customers"), ["MS-RequestId: a\u0000b"])],
  ["a header without a name", request(get("/v1/customers"), [": b"])],
  ["a header that goes on in the next line", request(get("/v1/customers"), ["X-A: b", " c"])],
  ["a length that is no number", request(post, ["Content-Length: x"])],
  ["a negative length", request(post, ["Content-Length: -1"])],
  ["two lengths", request(post, ["Content-Length: 2", "Content-Length: 3"], "{}")],
  ["a length and chunks", request(post, ["Content-Length: 2", "Transfer-Encoding: chunked"], "{}")],
  [
    "a chunk of a broken size",
    request(post, ["Transfer-Encoding: chunked"], "zz\r\n{}\r\n0\r\n\r\n"),
  ],
  ["a length of 10 GB", request(post, ["Content-Length: 10000000000"], "{}")],
  ["an unknown transfer coding", request(post, ["Transfer-Encoding: brew"], "{}")],
];

describe("a request with", () => {
  test.each(broken)(
    "%s is refused in the contract's form and writes nothing",
    async (_name, bytes) => {
      const before = await fingerprint(server.database);
      const { status, headers, body } = await exchange(bytes);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(headers.get("content-type")).toMatch(/^application\/json\b/);
      expect(JSON.parse(body)).toEqual({
        code: expect.any(Number),
        description: expect.stringMatching(/^.{1,1024}$/s),
        data: [],
        source: "Kontor",
      });
      expect(await fingerprint(server.database)).toBe(before);
    },
  );
});

const tolerated: [string, Buffer][] = [
  ["doubled headers", request(get("/v1/customers"), ["MS-RequestId: a", "MS-RequestId: b"])],
  ["a doubled locale", request(get("/v1/customers"), ["X-Locale: de-DE", "X-Locale: en-US"])],
  ["bytes above ASCII in a header", request(get("/v1/customers"), ["MS-CV: \u00ff\u0080"])],
  ["tabs in a header", request(get("/v1/customers"), ["X-Locale:\tde-DE\t"])],
  ["an unknown expectation", request(get("/v1/customers"), ["Expect: coffee"])],
  ["an empty query", request(get("/v1/customers?"))],
  ["an absolute address", request(get("http://localhost/v1/customers"))],
];

describe("what is odd but sound", () => {
  test.each(tolerated)("%s is served", async (_name, bytes) => {
    const { status, body } = await exchange(bytes);
    expect([status, JSON.parse(body).attributes]).toEqual([200, { objectType: "Collection" }]);
  });

  test("the expectation to go on is told to", async () => {
    const reply = await exchange(request(post, ["Expect: 100-continue", "Content-Length: 2"]));
    expect(reply.status).toBe(100);
  });
});
