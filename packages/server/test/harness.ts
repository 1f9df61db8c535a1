/** A Kontor for tests: its own database, called without a socket. */
import pg from "pg";
import { afterAll, expect, inject, onTestFinished } from "vitest";
import { systemNow } from "../src/foundation/clock.ts";
import type { Switches } from "../src/foundation/config.ts";
import { type Database, openDatabase } from "../src/foundation/database/pool.ts";
import { newId } from "../src/foundation/ids.ts";
import type { Installation, Partner } from "../src/foundation/partner.ts";
import { createLog } from "../src/foundation/telemetry/log.ts";
import { loadInstallation, loadPartner, wellKnownSignIn } from "../src/modules/identity/index.ts";
import { compose } from "../src/server.ts";
import { observe } from "./observe.ts";

export interface TestAnswer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  /** Parsed JSON of whatever shape; undefined for an empty body. */
  body: ReturnType<typeof JSON.parse>;
  text: string;
  raw: Buffer;
}

export interface CallOptions {
  /** `user` (default) and `app` sign in as the well-known ones; `none` sends no token. */
  token?: string;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  payload?: string | Buffer;
  headers?: Record<string, string>;
}

export interface TestServer {
  database: Database;
  installation: Installation;
  partnerId: string;
  call(method: string, path: string, options?: CallOptions): Promise<TestAnswer>;
  /** A token of the well-known partner, or of other credentials. */
  signIn(kind: "app" | "user", who?: typeof wellKnownSignIn): Promise<string>;
  /** Freezes the well-known partner's clock at an instant. */
  at(instant: string): Promise<void>;
  partner(): Promise<Partner>;
  /** Listens on a port of this machine, for tests that need a socket. */
  listen(): Promise<number>;
}

/** With the test that is running, or with its file where none is. */
function afterwards(work: () => Promise<void>): void {
  if (expect.getState().currentTestName === undefined) afterAll(work);
  else onTestFinished(work);
}

/** A copy of the prepared database, dropped with the test file. */
export async function testDatabase(): Promise<Database> {
  const server = inject("postgres");
  const name = `test_${newId().replaceAll("-", "")}`;
  const admin = new pg.Client({ ...server, database: "kontor" });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name} TEMPLATE kontor_template`);
  await admin.end();
  const database = openDatabase({ ...server, database: name }, () => {});
  afterwards(async () => {
    await database.close();
    const dropper = new pg.Client({ ...server, database: "kontor" });
    await dropper.connect();
    await dropper.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await dropper.end();
  });
  return database;
}

/** `mode: "live"` serves the sandbox database as a live one is served: nobody can sign in. */
export async function testServer({
  mode = "sandbox",
  callsTogether,
  ...options
}: Partial<Switches> &
  Partial<Pick<Installation, "mode" | "callsTogether">> = {}): Promise<TestServer> {
  const database = await testDatabase();
  const loaded = await loadInstallation(database, { mode: "sandbox", ...options }, systemNow());
  const installation: Installation = {
    ...loaded,
    mode,
    ...(callsTogether !== undefined && { callsTogether }),
  };
  const app = compose(database, installation, createLog("silent"));
  afterwards(() => app.close());
  const tokens = new Map<string, Promise<string>>();

  const signIn: TestServer["signIn"] = async (kind, who = wellKnownSignIn) => {
    const form = new URLSearchParams({
      client_id: who.app.clientId,
      client_secret: who.app.clientSecret,
      resource: "https://api.partnercenter.microsoft.com",
      ...(kind === "app"
        ? { grant_type: "client_credentials" }
        : { grant_type: "password", username: who.user.name, password: who.user.password }),
    });
    const answer = await app.inject({
      method: "POST",
      url: `/${who.partner.domain}/oauth2/token`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: form.toString(),
    });
    if (answer.statusCode !== 200) throw new Error(`sign-in failed: ${answer.body}`);
    return answer.json().access_token;
  };

  const tokenOf = (token: string): Promise<string> | string => {
    if (token !== "user" && token !== "app") return token;
    const known = tokens.get(token) ?? signIn(token);
    tokens.set(token, known);
    return known;
  };

  const call: TestServer["call"] = async (method, path, { token = "user", ...request } = {}) => {
    const bearer = token === "none" ? undefined : await tokenOf(token);
    const payload =
      request.payload ?? (request.body === undefined ? undefined : JSON.stringify(request.body));
    const headers = {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...request.headers,
    };
    const answer = await app.inject({
      method: method as "GET",
      url: path,
      headers,
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(answer.headers["content-type"]).includes("json");
    const isPlain = answer.headers["content-encoding"] === undefined;
    const body = isJson && isPlain && answer.body !== "" ? JSON.parse(answer.body) : undefined;
    observe(
      { method, path, headers, payload },
      {
        status: answer.statusCode,
        code: body?.code,
        replayed: answer.headers["kontor-replayed"] === "true",
      },
    );
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body,
      text: answer.body,
      raw: answer.rawPayload,
    };
  };

  const partnerId = wellKnownSignIn.partner.id;
  return {
    database,
    installation,
    partnerId,
    call,
    signIn,
    listen: async () => Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port),
    async at(instant) {
      const set = await call("POST", "/_kontor/clock", { body: { set: instant, frozen: true } });
      if (set.status !== 200) throw new Error(`the clock was not set: ${set.text}`);
    },
    async partner() {
      const partner = await loadPartner(database, partnerId);
      if (!partner) throw new Error("the well-known partner is missing");
      return partner;
    },
  };
}
