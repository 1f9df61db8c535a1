/** A product key is shown by its own answer, and by nothing else that Kontor keeps or tells. */
import pino from "pino";
import { expect, test } from "vitest";
import { testServer } from "../../../test/harness.ts";
import { newBuyer, offerOf } from "../../../test/shop.ts";
import { expectStatus, newPartner } from "../../../test/walk/world.ts";
import { sql } from "../../foundation/database/sql.ts";
import { randomId } from "../../foundation/ids.ts";
import { compose } from "../../server.ts";

const server = await testServer();
const old = await newPartner(server, { entitlementShape: "2018-06" });
const base = `/v1/customers/${(await newBuyer(old)).customerId}`;
const lineItems = [{ offerId: offerOf("perpetual_software").catalogItemId, quantity: 1 }];
const headers = { "MS-RequestId": randomId() };
const { body: order } = await expectStatus(
  old.call("POST", `${base}/orders`, { body: { lineItems }, headers }),
  201,
);
const list = await expectStatus(old.call("GET", `${base}/entitlements?showExpiry=true`), 200);
const { uri } = list.body.items[0].entitledArtifacts[0].link;

/** The whole database as text: bytes as hex digits, all in lower case. */
async function wholeDatabase(): Promise<string> {
  const tables = await server.database.query<{ name: string }>(sql`
    SELECT table_name::text AS name FROM information_schema.tables WHERE table_schema = 'public'
      AND NOT table_name = ANY(${["price", "availability", "sku", "product"]}::text[])`);
  const texts = await Promise.all(
    tables.map(({ name }) =>
      server.database.query<{ row: string }>({
        text: `SELECT t::text AS row FROM "${name}" t`,
        values: [],
      }),
    ),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join("\n")
    .toLowerCase();
}

test("a key stands nowhere but in its own answer: no row, list, order or log holds it", async () => {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => lines.push(line) });
  const app = compose(server.database, server.installation, log);
  const token = await server.signIn("user", old.signInAs);
  const headers = { authorization: `Bearer ${token}`, "ms-requestid": randomId() };
  const fetched = await app.inject({ method: "GET", url: `/v1${uri}`, headers });
  const twice = await app.inject({ method: "GET", url: `/v1${uri}`, headers });
  await app.close();
  const key: string = fetched.json().productKey;
  expect([key, twice.json().productKey]).toEqual([
    expect.stringMatching(/^\w{5}(-\w{5}){4}$/),
    key,
  ]);
  expect(twice.headers["kontor-replayed"]).toBeUndefined();

  const read = await old.call("GET", `${base}/orders/${order.id}?include_price=true`);
  const places = [await wholeDatabase(), lines.join("\n"), list.text, read.text].map((text) =>
    text.toLowerCase(),
  );
  const spellings = [key, key.replaceAll("-", "")].flatMap((text) => [
    text.toLowerCase(),
    Buffer.from(text).toString("hex"),
    Buffer.from(text).toString("base64").toLowerCase(),
  ]);
  expect(places.map((text) => text.length > 100)).toEqual([true, true, true, true]);
  expect(places.flatMap((text) => spellings.filter((one) => text.includes(one)))).toEqual([]);
});
