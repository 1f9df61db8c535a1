/** Ways to break the books, each with all that the proof must then find, and nothing else. */
import { type Db, type Sql, sql } from "../../../../foundation/database/sql.ts";
import { newId } from "../../../../foundation/ids.ts";

/** What the plants need of a partner: an open charge, and its documents G1 to G4. */
export interface Sound {
  partnerId: string;
  /** Of the charge that is unbilled, the last one. */
  chargeId: string;
  orderId: string;
  /** Of a charge on the documents. */
  billedId: string;
  /** A payment, and what takes it back. */
  paymentId: string;
  reversalId: string;
}

export interface Plant {
  break: Sql[];
  /** Rule and subject of each finding. */
  found: [rule: string, subject: string][];
}

/** The newest charge; its order line is given a cost, as purchases have. */
export async function soundBooks(db: Db, partnerId: string): Promise<Sound> {
  const [row] = await db.query<Omit<Sound, "partnerId">>(sql`
    SELECT charge_id AS "chargeId", order_id AS "orderId", reverses AS "paymentId",
      (SELECT min(charge_id::text) FROM amendment_line
        WHERE partner_id = ${partnerId}) AS "billedId",
      payment_id AS "reversalId"
    FROM charge JOIN payment USING (partner_id)
    WHERE partner_id = ${partnerId} AND reverses IS NOT NULL
    ORDER BY occurred_at DESC LIMIT 1`);
  if (!row) throw new Error("nothing is charged");
  await db.query(sql`
    UPDATE order_line SET cycle_unit_minor = 1
    WHERE partner_id = ${partnerId} AND order_id = ${row.orderId}`);
  return { partnerId, ...row };
}

type Entries = Partial<Record<"receivable" | "unbilled" | "revenue" | "tax" | "cash", number>>;

function postings(
  partnerId: string,
  id: string,
  entries: Entries,
  kind: "charge" | "payment" = "payment",
): Sql[] {
  return Object.entries(entries).map(
    ([account, amount]) => sql`
      INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor,
        occurred_at, source_kind, source_id)
      VALUES (${partnerId}, ${id}, ${account}, 'USD', ${amount}, '2031-03-02T00:00:00Z',
        ${kind}, ${id})`,
  );
}

/** The open charge once more with other amounts and its postings, as a credit of some kind. */
function credit(
  { partnerId, chargeId }: Sound,
  id: string,
  type: "cancelImmediate" | "customerCredit",
  amounts: { subtotal: Sql; tax: Sql },
  price = sql`unit_price`,
): Sql[] {
  const own = sql`partner_id = ${partnerId} AND charge_id = ${chargeId}`;
  return [
    sql`INSERT INTO charge
      SELECT (jsonb_populate_record(charge, jsonb_build_object('charge_id', ${id}::text,
        'charge_type', ${type}::text, 'subtotal_minor', ${amounts.subtotal},
        'tax_minor', ${amounts.tax}, 'tax_lines', jsonb_build_array(jsonb_build_object(
          'name', 'Tax', 'rate', '0.1', 'included', false, 'minor', (${amounts.tax})::text)),
        'unit_price', ${price}))).*
      FROM charge WHERE ${own}`,
    sql`INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor,
        occurred_at, source_kind, source_id)
      SELECT partner_id, charge_id, account, currency, sign * subtotal_minor, occurred_at,
        'charge', charge_id::text
      FROM charge, (VALUES ('unbilled', 1), ('revenue', -1)) AS a (account, sign)
      WHERE partner_id = ${partnerId} AND charge_id = ${id}`,
  ];
}

export function plantsOf(sound: Sound): Record<string, Plant> {
  return { ...ledgerPlants(sound), ...documentPlants(sound), ...chargePlants(sound) };
}

function ledgerPlants({
  partnerId,
  chargeId,
  paymentId,
  reversalId,
}: Sound): Record<string, Plant> {
  // Ids of one millisecond are in any order; findings are in theirs.
  const [one = "", two = ""] = [newId(), newId()].toSorted();
  const own = sql`partner_id = ${partnerId}`;
  return {
    "a transaction sums to zero": {
      break: [...postings(partnerId, one, { cash: 5 }), ...postings(partnerId, two, { cash: -5 })],
      found: [
        ["a transaction sums to zero", one],
        ["a transaction sums to zero", two],
        ["payments and their postings agree", one],
        ["payments and their postings agree", two],
      ],
    },
    "the ledger sums to zero": {
      break: postings(partnerId, one, { tax: 5 }),
      found: [
        ["a transaction sums to zero", one],
        ["the ledger sums to zero", "USD"],
        ["payments and their postings agree", one],
      ],
    },
    "charges and their postings agree": {
      break: [
        sql`UPDATE posting SET source_id = 'another' WHERE ${own} AND source_id = ${chargeId}`,
      ],
      found: [["charges and their postings agree", chargeId]],
    },
    "documents and their postings agree": {
      break: [
        sql`UPDATE posting SET source_id = 'G000000099' WHERE ${own} AND source_id = 'G000000001'`,
      ],
      found: [
        ["documents and their postings agree", "G000000001"],
        ["documents and their postings agree", "G000000099"],
      ],
    },
    "the balance is documents less payments": {
      break: postings(partnerId, one, { receivable: -5, revenue: 5 }),
      found: [
        ["payments and their postings agree", one],
        ["the balance is documents less payments", "USD"],
      ],
    },
    "a charge is either unbilled or on one invoice": {
      break: postings(partnerId, one, { unbilled: 5, revenue: -5 }),
      found: [
        ["payments and their postings agree", one],
        ["a charge is either unbilled or on one invoice", "USD"],
      ],
    },
    "payments and their postings agree": {
      break: [
        sql`UPDATE posting SET source_id = 'another' WHERE ${own} AND source_id = ${paymentId}`,
      ],
      found: [["payments and their postings agree", paymentId]],
    },
    "a payment is taken back by its mirror": {
      break: [
        sql`UPDATE payment SET invoice_id = 'G000000001'
          WHERE ${own} AND payment_id = ${reversalId}`,
      ],
      found: [["a payment is taken back by its mirror", reversalId]],
    },
  };
}

function documentPlants({ partnerId }: Sound): Record<string, Plant> {
  const own = sql`partner_id = ${partnerId}`;
  const line = (order: Sql) => sql`charge_id = (
    SELECT charge_id FROM amendment_line WHERE ${own} AND invoice_id = 'G000000003'
    ORDER BY ${order} LIMIT 1)`;
  return {
    "invoices and their charges agree": {
      break: [
        sql`UPDATE invoice SET line_count = line_count + 1
          WHERE ${own} AND invoice_id = 'G000000001'`,
      ],
      found: [["invoices and their charges agree", "G000000001"]],
    },
    "amendments and their lines agree": {
      break: [
        sql`UPDATE invoice SET line_count = line_count + 1
          WHERE ${own} AND invoice_id = 'G000000002'`,
      ],
      found: [["amendments and their lines agree", "G000000002"]],
    },
    "a void note leaves nothing of its document": {
      break: [
        sql`UPDATE amendment_line SET subtotal_minor = subtotal_minor + 1
          WHERE ${own} AND invoice_id = 'G000000003' AND ${line(sql`charge_id`)}`,
        sql`UPDATE amendment_line SET subtotal_minor = subtotal_minor - 1
          WHERE ${own} AND invoice_id = 'G000000003' AND ${line(sql`charge_id DESC`)}`,
      ],
      found: [
        ["a void note leaves nothing of its document", "G000000003"],
        ["a void note leaves nothing of its document", "G000000003"],
      ],
    },
    "a document amends one of its own month": {
      break: [
        sql`UPDATE invoice SET period = '2031-02' WHERE ${own} AND invoice_id = 'G000000004'`,
      ],
      found: [["a document amends one of its own month", "G000000004"]],
    },
    "invoice numbers have no gap": {
      break: [
        sql`UPDATE number_series SET last_number = last_number + 1 WHERE ${own} AND series = 'G'`,
      ],
      found: [["invoice numbers have no gap", "G"]],
    },
    "an unbilled month waits to be closed": {
      break: [sql`UPDATE due_work SET done_at = due_at WHERE ${own} AND subject = 'USD:2031-03'`],
      found: [["an unbilled month waits to be closed", "USD:2031-03"]],
    },
  };
}

function chargePlants(sound: Sound): Record<string, Plant> {
  const { partnerId, chargeId, billedId, orderId } = sound;
  const own = sql`partner_id = ${partnerId}`;
  const charge = sql`${own} AND charge_id = ${chargeId}`;
  const id = newId();
  const most = { subtotal: sql`-subtotal_minor - 1`, tax: sql`-tax_minor` };
  const little = { subtotal: sql`-1`, tax: sql`0` };
  const wrong = { subtotal: sql`-1`, tax: sql`1` };
  return {
    "a line is credited what it was charged at most": {
      break: credit(sound, id, "customerCredit", most),
      found: [["a line is credited what it was charged at most", `${orderId}:0`]],
    },
    "a credit repeats a charge": {
      break: credit(sound, id, "cancelImmediate", little, sql`unit_price + 1`),
      found: [["a credit repeats a charge", id]],
    },
    "tax has the sign of its charge": {
      break: credit(sound, id, "customerCredit", wrong),
      found: [["tax has the sign of its charge", id]],
    },
    "tax is the sum of its tax lines": {
      break: [
        sql`UPDATE charge SET tax_lines = '[]' WHERE ${charge}`,
        sql`UPDATE amendment_line SET tax_lines = '[]'
          WHERE ${own} AND invoice_id = 'G000000003' AND charge_id = ${billedId}`,
      ],
      found: [
        ["tax is the sum of its tax lines", chargeId],
        ["tax is the sum of its tax lines", `G000000003:${billedId}`],
      ],
    },
    "a charge is billed in the month in which it happened": {
      break: [sql`UPDATE charge SET occurred_at = '2031-02-20T00:00:00Z' WHERE ${charge}`],
      found: [["a charge is billed in the month in which it happened", chargeId]],
    },
    "an order line that costs something is charged": {
      break: [
        sql`DELETE FROM posting WHERE ${own} AND source_id = ${chargeId}`,
        sql`DELETE FROM charge WHERE ${charge}`,
      ],
      found: [["an order line that costs something is charged", `${orderId}:0`]],
    },
    "a first charge is as its order line": {
      break: [sql`UPDATE charge SET quantity = quantity + 1 WHERE ${charge}`],
      found: [["a first charge is as its order line", chargeId]],
    },
    "an order line has its key and subscription": {
      break: [
        sql`UPDATE order_line SET artifact_item = ${id} WHERE ${own} AND order_id = ${orderId}`,
      ],
      found: [["an order line has its key and subscription", `${orderId}:0`]],
    },
  };
}
