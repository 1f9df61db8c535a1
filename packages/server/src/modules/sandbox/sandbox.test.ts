import { sandboxOperations } from "@kontor/contract";
import { afterEach, describe, expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { addDays, commerceNow, systemNow } from "../../foundation/clock.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import type { Context } from "../../foundation/partner.ts";
import { createLog } from "../../foundation/telemetry/log.ts";
import { compose } from "../../server.ts";
import { type DueHandlers, schedule } from "../due/index.ts";
import { loadPartner } from "../identity/index.ts";
import type { ClockChange } from "./clock.ts";
import { moveClock } from "./use-cases/move-clock.ts";

const server = await testServer();
const { database, partnerId } = server;

function clock(body?: unknown) {
  return body === undefined
    ? server.call("GET", "/_kontor/clock", { token: "app" })
    : server.call("POST", "/_kontor/clock", { body, token: "app" });
}

async function storedClock() {
  return (await server.partner()).clock;
}

describe("the clock", () => {
  test("runs with the machine's until it is moved", async () => {
    const { status, body } = await clock();
    expect(status).toBe(200);
    expect(body).toMatchObject({ frozen: false, ran: [] });
    expect(Math.abs(new Date(body.now).getTime() - systemNow().getTime())).toBeLessThan(5000);
  });

  test("stands still when frozen, moves by hand, and goes on from there when thawed", async () => {
    const frozen = (await clock({ frozen: true })).body;
    expect((await clock()).body.now).toBe(frozen.now);
    const moved = (await clock({ advance: "P45D" })).body;
    expect(moved.frozen).toBe(true);
    expect(new Date(moved.now)).toEqual(addDays(new Date(frozen.now), 45));
    const set = addDays(new Date(moved.now), 1);
    expect((await clock({ set: set.toISOString() })).body.now).toContain(
      set.toISOString().slice(0, 23),
    );
    const thawed = (await clock({ frozen: false })).body;
    expect(thawed).toMatchObject({ frozen: false, now: expect.stringContaining("T") });
    expect(new Date(thawed.now)).toEqual(set);
    const later = new Date((await clock()).body.now).getTime() - set.getTime();
    expect(later).toBeGreaterThanOrEqual(0);
    expect(later).toBeLessThan(60_000);
  });

  test("may be set and frozen in one call", async () => {
    const target = addDays(new Date((await clock()).body.now), 10);
    const { body } = await clock({ set: target.toISOString(), frozen: true });
    expect([new Date(body.now), body.frozen]).toEqual([target, true]);
    expect((await clock({ advance: "PT1H", frozen: false })).body.frozen).toBe(false);
  });

  test.each([
    {},
    { advance: "P1D", set: "2900-01-01" },
    { advance: "soon" },
    { advance: "P11Y" },
    { set: "2001-01-01" },
    { set: "yesterday" },
    { frozen: "maybe" },
  ])("is not moved by %j", async (body) => {
    await clock({ frozen: true });
    const before = await storedClock();
    const answer = await clock(body);
    expect([answer.status, answer.body.code]).toEqual([400, 800002]);
    expect(await storedClock()).toEqual(before);
  });

  test("is each partner's own", async () => {
    const other = (await server.call("POST", "/_kontor/partners", { token: "none" })).body;
    const token = await server.signIn("app", other);
    const before = await storedClock();
    const moved = await server.call("POST", "/_kontor/clock", { body: { advance: "P1Y" }, token });
    expect(moved.status).toBe(200);
    expect(await storedClock()).toEqual(before);
  });

  test("needs a token, and a sandbox", async () => {
    const none = await server.call("GET", "/_kontor/clock", { token: "none" });
    expect([none.status, none.body.code]).toEqual([401, 800001]);
    const live = { ...server.installation, mode: "live" as const };
    const app = compose(database, live, createLog("silent"));
    const token = await server.signIn("app");
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ method: "GET", url: "/_kontor/clock", headers });
    expect([answer.statusCode, answer.json().code]).toEqual([404, 1000]);
    await app.close();
  });
});

describe("due work", () => {
  const seen: string[] = [];
  afterEach(() => {
    seen.length = 0;
  });

  const handlers: DueHandlers = {
    note: async (_tx, _partner, work) => {
      seen.push(`${work.subject}@${work.dueAt.toISOString()}`);
    },
    chain: async (tx, partner, work) => {
      seen.push(work.subject);
      const dueAt = addDays(work.dueAt, 1);
      await schedule(tx, partner.partnerId, [{ kind: "note", subject: `${work.subject}+`, dueAt }]);
    },
    fail: async () => {
      throw new Error("broken handler");
    },
  };

  /** As the pipeline calls it: in one transaction that holds the partner's row. */
  function move(change: ClockChange) {
    return database.transaction(async (tx) => {
      const partner = await loadPartner(tx, partnerId, "update");
      if (!partner) throw new Error("no partner");
      const context: Context = {
        db: tx,
        now: commerceNow(partner.clock, systemNow()),
        partner,
        caller: {
          partnerId,
          kind: "app",
          objectId: partnerId,
          applicationId: partnerId,
          userName: undefined,
          roles: [],
        },
        operation: sandboxOperations.setClock,
        installation: server.installation,
        locale: "en-US",
        requestId: randomId(),
        correlationId: randomId(),
        origin: "",
        header: () => undefined,
      };
      return moveClock(context, change, handlers);
    });
  }

  async function frozenNow(): Promise<Date> {
    return new Date((await clock({ frozen: true })).body.now);
  }

  function plan(kind: string, subject: string, dueAt: Date) {
    return schedule(database, partnerId, [{ kind, subject, dueAt }]);
  }

  test("runs in the order of its time, with what it brings about, up to the new time", async () => {
    const now = await frozenNow();
    await plan("note", "late", addDays(now, 3));
    await plan("chain", "early", addDays(now, 1));
    await plan("note", "afterwards", addDays(now, 5));
    const answer = await move({ advance: "P4D" });
    expect(answer.ran.map((work) => work.subject)).toEqual(["early", "early+", "late"]);
    expect(answer.ran[0]?.dueAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{7}Z$/);
    expect(seen).toEqual([
      "early",
      `early+@${addDays(now, 2).toISOString()}`,
      `late@${addDays(now, 3).toISOString()}`,
    ]);
    expect((await move({ advance: "PT0S" })).ran).toEqual([]);
    expect((await move({ advance: "P1D" })).ran.map((work) => work.subject)).toEqual([
      "afterwards",
    ]);
  });

  test("that fails leaves the clock and all other work as they were", async () => {
    const now = await frozenNow();
    await plan("note", "before failure", addDays(now, 1));
    await plan("fail", "failure", addDays(now, 2));
    const before = await storedClock();
    await expect(move({ advance: "P3D" })).rejects.toThrow("broken handler");
    expect(await storedClock()).toEqual(before);
    const open = await database.query(sql`
      SELECT subject FROM due_work WHERE partner_id = ${partnerId} AND done_at IS NULL
      ORDER BY due_at`);
    expect(open).toEqual([{ subject: "before failure" }, { subject: "failure" }]);
    await database.query(sql`DELETE FROM due_work WHERE partner_id = ${partnerId}`);
  });
});

describe("partners", () => {
  const create = (body?: unknown, token = "none") =>
    server.call("POST", "/_kontor/partners", { token, ...(body === undefined ? {} : { body }) });

  async function partners(): Promise<number> {
    return (await database.query(sql`SELECT 1 FROM partner`)).length;
  }

  test("are made without a token, empty, and with a sign-in that works", async () => {
    const { status, body } = await create();
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(["partner", "app", "user"]);
    for (const kind of ["app", "user"] as const) {
      const token = await server.signIn(kind, body);
      const list = await server.call("GET", "/v1/customers", { token });
      expect(list.body).toMatchObject({ totalCount: 0, items: [] });
    }
    const stored = await database.query<{ text: string }>(sql`
      SELECT app::text || app_user::text AS text FROM app JOIN app_user USING (partner_id)
      WHERE partner_id = ${body.partner.id}`);
    expect(stored).toHaveLength(1);
    expect(stored[0]?.text).not.toContain(body.app.clientSecret);
    expect(stored[0]?.text).not.toContain(body.user.password);
  });

  test("are made as asked", async () => {
    const domain = `P${randomId().slice(0, 8)}.example`;
    const spec = { name: "Wide World", domain, country: "de", billingCurrency: "eur" };
    const { body } = await create(spec, "app");
    expect(body.partner.domain).toBe(domain.toLowerCase());
    expect(await loadPartner(database, body.partner.id)).toMatchObject({
      name: "Wide World",
      country: "DE",
      billingCurrency: "EUR",
      taxRate: "0.1",
      clock: { offsetMs: 0, frozenAt: null },
    });
  });

  test.each([
    [{ domain: "Contoso.onmicrosoft.com" }, 409, 1003],
    [{ domain: "nonsense" }, 400, 800002],
    [{ country: "ZZ" }, 400, 800002],
    [{ country: "USA" }, 400, 800002],
    [{ billingCurrency: "XYZ" }, 400, 800002],
  ])("are not made of %j", async (body, status, code) => {
    const before = await partners();
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(await partners()).toBe(before);
  });

  test("that ask for one domain at once get one partner", async () => {
    const before = await partners();
    const body = { domain: `p${randomId().slice(0, 8)}.example` };
    const answers = await Promise.all([create(body), create(body), create(body)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409]);
    expect(await partners()).toBe(before + 1);
  });

  test("are not made by the bearer of a bad token", async () => {
    const before = await partners();
    expect((await create({}, "a.b.c")).status).toBe(401);
    expect(await partners()).toBe(before);
  });
});
