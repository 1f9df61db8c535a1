import { describe, expect, test } from "vitest";
import { testDatabase } from "../../../test/harness.ts";
import { limits } from "../limits.ts";
import { isLockTimeout, isUnavailable } from "./pool.ts";
import { type Db, sql } from "./sql.ts";

const database = await testDatabase();
await database.query(sql`CREATE TABLE sample (id integer PRIMARY KEY, value bigint NOT NULL)`);
await database.query(sql`INSERT INTO sample VALUES (1, 0), (2, 0)`);

const amountOf = async (id: number) =>
  (await database.query<{ value: bigint }>(sql`SELECT value FROM sample WHERE id = ${id}`))[0]
    ?.value;

test("int8 is a bigint, numeric a text, an instant a Date", async () => {
  const [row] = await database.query(sql`
    SELECT 9007199254740993::int8 AS big, 0.10::numeric AS price, '2026-01-01Z'::timestamptz AS at`);
  expect(row).toEqual({ big: 9007199254740993n, price: "0.10", at: new Date("2026-01-01Z") });
});

describe("sql", () => {
  test("nested pieces share one list of values", () => {
    const where = sql`id = ${1} AND value > ${2}`;
    const statement = sql`SELECT ${0} FROM sample WHERE ${where} LIMIT ${3}`;
    expect(statement).toMatchObject({
      text: "SELECT $1 FROM sample WHERE id = $2 AND value > $3 LIMIT $4",
      values: [0, 1, 2, 3],
    });
  });

  test("a hostile value stays a value", async () => {
    const hostile = "'; DROP TABLE sample; --";
    expect(await database.query(sql`SELECT ${hostile}::text AS value`)).toEqual([
      { value: hostile },
    ]);
  });
});

describe("transaction", () => {
  test("leaves nothing when its work throws", async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query(sql`UPDATE sample SET value = 7 WHERE id = 1`);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await amountOf(1)).toBe(0n);
  });

  test("of two that wait for each other both are done in the end", async () => {
    const both = Promise.withResolvers<void>();
    let ready = 0;
    const addTo = (first: number, second: number) =>
      database.transaction(async (tx) => {
        await tx.query(sql`UPDATE sample SET value = value + 1 WHERE id = ${first}`);
        ready += 1;
        if (ready === 2) both.resolve();
        await both.promise;
        await tx.query(sql`UPDATE sample SET value = value + 1 WHERE id = ${second}`);
      });
    await Promise.all([addTo(1, 2), addTo(2, 1)]);
    expect([await amountOf(1), await amountOf(2)]).toEqual([2n, 2n]);
    // One of the two was the victim, once.
    expect(database.retries()).toEqual({ serialization_failure: 0, deadlock: 1 });
  });

  test("that could not be serialized is run again, and given up after a few tries", async () => {
    const before = database.retries();
    let tries = 0;
    const work = async (tx: Db, failures: number) => {
      tries += 1;
      await tx.query(sql`UPDATE sample SET value = value + 1 WHERE id = 2`);
      if (tries <= failures) {
        await tx.query(sql`
          DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'serialization_failure'; END $$`);
      }
    };
    await database.transaction((tx) => work(tx, 2));
    expect([tries, await amountOf(2)]).toEqual([3, 3n]);
    expect(database.retries()).toEqual({ ...before, serialization_failure: 2 });
    tries = 0;
    const hopeless = database.transaction((tx) => work(tx, Number.POSITIVE_INFINITY));
    await expect(hopeless).rejects.toMatchObject({ code: "40001" });
    expect([tries, await amountOf(2)]).toEqual([limits.transactionTries, 3n]);
    expect(database.retries()).toEqual({
      ...before,
      serialization_failure: 2 + limits.transactionTries - 1,
    });
  });

  test("that fails for another reason is not run again", async () => {
    const before = database.retries();
    let tries = 0;
    const failing = database.transaction(async (tx) => {
      tries += 1;
      await tx.query(sql`INSERT INTO sample VALUES (1, 0)`);
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect([tries, database.retries()]).toEqual([1, before]);
  });

  test("takes statements that do not wait for one another, in their order", async () => {
    const values = await database.transaction(async (tx) => {
      const changed = tx.query(sql`UPDATE sample SET value = 41 WHERE id = 2`);
      const read = tx.query<{ value: bigint }>(sql`SELECT value FROM sample WHERE id = 2`);
      const back = tx.query(sql`UPDATE sample SET value = 2 WHERE id = 2`);
      return (await Promise.all([changed, read, back]))[1];
    });
    expect(values).toEqual([{ value: 41n }]);
    const failing = database.transaction((tx) =>
      Promise.all([
        tx.query(sql`UPDATE sample SET value = 9 WHERE id = 2`),
        tx.query(sql`INSERT INTO sample VALUES (1, 0)`),
        tx.query(sql`UPDATE sample SET value = 8 WHERE id = 2`),
      ]),
    );
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    expect(await amountOf(2)).toBe(2n);
  });

  test("commits what was asked for before the commit, and takes nothing behind it", async () => {
    await database.transaction(async (tx) => {
      const changed = tx.query(sql`UPDATE sample SET value = 3 WHERE id = 2`);
      await Promise.all([changed, tx.commit()]);
    });
    expect(await amountOf(2)).toBe(3n);
    await database.transaction(async (tx) => {
      const done = tx.commit();
      await expect(tx.query(sql`UPDATE sample SET value = 9 WHERE id = 2`)).rejects.toThrow(
        "behind the commit",
      );
      await done;
    });
    expect(await amountOf(2)).toBe(3n);
  });

  test("a statement that fails in front of a commit leaves nothing, looked at or not", async () => {
    const looked = database.transaction((tx) =>
      Promise.all([
        tx.query(sql`UPDATE sample SET value = 9 WHERE id = 2`),
        tx.query(sql`INSERT INTO sample VALUES (1, 0)`),
        tx.commit(),
      ]),
    );
    await expect(looked).rejects.toMatchObject({ code: "23505" });
    const unseen = database.transaction(async (tx) => {
      tx.query(sql`INSERT INTO sample VALUES (1, 0)`).catch(() => undefined);
      await tx.commit();
    });
    await expect(unseen).rejects.toMatchObject({ code: "23505" });
    expect([await amountOf(1), await amountOf(2)]).toEqual([2n, 3n]);
  });

  test("a connection that is lost in use fails the work and not the process", async () => {
    const lost = database.transaction(async (tx) => {
      await tx.query(sql`SELECT pg_terminate_backend(pg_backend_pid())`);
    });
    await expect(lost).rejects.toSatisfy(isUnavailable);
    expect(await amountOf(1)).toBe(2n);
  });
});

test("a row held too long is a lock timeout, not a failure", async () => {
  const error = await database
    .transaction(async (tx) => {
      await tx.query(sql`SELECT 1 FROM sample WHERE id = 1 FOR UPDATE`);
      return database.transaction(async (other) => {
        await other.query(sql`SET LOCAL lock_timeout = 10`);
        await other.query(sql`UPDATE sample SET value = 9 WHERE id = 1`);
      });
    })
    .catch((caught: unknown) => caught);
  expect(isLockTimeout(error)).toBe(true);
  expect(isUnavailable(error)).toBe(false);
  expect(await amountOf(1)).toBe(2n);
});
