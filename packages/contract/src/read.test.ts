import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  billingOperations,
  cartOperations,
  loose,
  orderOperations,
  read,
  readQuery,
} from "./index.ts";
import {
  flag,
  guid,
  instant,
  integer,
  list,
  oneOf,
  optional,
  record,
  text,
  textMap,
} from "./schema.ts";

const Sample = record({
  name: text({ max: 5, "x-aliases": ["title"] }),
  quantity: optional(integer({ min: 1, max: 10 })),
  cycle: optional(
    oneOf(["one_time", "monthly"], {
      "x-members": ["unknown", "monthly"],
      "x-absent": ["unknown"],
    }),
  ),
  active: optional(flag()),
  id: optional(guid()),
  at: optional(instant()),
  map: optional(textMap()),
  nested: optional(list(record({ subName: text() }), { min: 1, max: 2 })),
});

function value(raw: unknown) {
  const reading = read(Sample, raw);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
}

function problems(raw: unknown): string[] {
  const reading = read(Sample, raw);
  return reading.ok ? [] : reading.problems.map(({ path, message }) => `${path} ${message}`);
}

describe("names", () => {
  test("are matched without regard to case, at every depth", () => {
    expect(value({ NAME: "a", Nested: [{ SUBNAME: "b" }] })).toEqual({
      name: "a",
      nested: [{ subName: "b" }],
    });
  });
  test("have aliases, and the last duplicate wins", () => {
    expect(value({ Title: "a" })).toEqual({ name: "a" });
    expect(value({ name: "a", NAME: "b" })).toEqual({ name: "b" });
  });
  test("that are unknown are ignored, hostile ones included", () => {
    const raw = JSON.parse('{"name":"a","__proto__":{"x":1},"constructor":2,"extra":null}');
    expect(value(raw)).toEqual({ name: "a" });
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe("null", () => {
  test("is the same as absent", () => {
    expect(value({ name: "a", quantity: null, nested: null })).toEqual({ name: "a" });
    expect(problems({ name: null })).toEqual(["name is required"]);
  });
  test("does not hide a value that was sent under an alias", () => {
    expect(value({ title: "a", name: null })).toEqual({ name: "a" });
  });
  test("inside a list is refused", () => {
    expect(problems({ name: "a", nested: [null] })).toEqual(["nested[0] must not be null"]);
  });
});

describe("enumerations", () => {
  const spellings = [
    "one_time",
    "OneTime",
    "oneTime",
    "onetime",
    "ONE_TIME",
    "one-time",
    "One Time",
  ];
  test.each(spellings)("take the spelling %s", (spelling) => {
    expect(value({ name: "a", cycle: spelling }).cycle).toBe("one_time");
  });
  test("take the number of a member, and `unknown` means absent", () => {
    expect(value({ name: "a", cycle: 1 }).cycle).toBe("monthly");
    expect(value({ name: "a", cycle: "Unknown" })).toEqual({ name: "a" });
    expect(value({ name: "a", cycle: 0 })).toEqual({ name: "a" });
  });
  test.each(["weekly", 7, {}, []])("refuse %j with the enum error", (cycle) => {
    const reading = read(Sample, { name: "a", cycle });
    expect(reading.ok).toBe(false);
    expect(!reading.ok && reading.problems[0]?.error).toBe("ENUM_UNPARSABLE");
  });
});

describe("scalars", () => {
  test("numbers come as texts too, and are bounded", () => {
    expect(value({ name: "a", quantity: "7" }).quantity).toBe(7);
    expect(problems({ name: "a", quantity: 0 })).toEqual(["quantity must be at least 1"]);
    expect(problems({ name: "a", quantity: 11 })).toEqual(["quantity must be at most 10"]);
    expect(problems({ name: "a", quantity: 2.5 })).toEqual(["quantity must be a whole number"]);
    expect(problems({ name: "a", quantity: "1e3" })).toEqual(["quantity must be a number"]);
    expect(read(integer(), -2_147_483_649).ok).toBe(false);
    expect(read(integer(), -2_147_483_648)).toEqual({ ok: true, value: -2_147_483_648 });
  });
  test.each(["true", "True", "1", true])("the flag %j is true", (active) => {
    expect(value({ name: "a", active }).active).toBe(true);
  });
  test.each(["yes", 2, "", [], ["true"], { toString: null }])("the flag %j is none", (active) => {
    expect(problems({ name: "a", active })).toEqual(["active must be true or false"]);
  });
  test("GUIDs lose braces and case", () => {
    const id = "{0B0C6A34-2D1F-4A43-9A7E-51F3B2A0C9D4}";
    expect(value({ name: "a", id }).id).toBe("0b0c6a34-2d1f-4a43-9a7e-51f3b2a0c9d4");
    expect(problems({ name: "a", id: "1" })).toEqual(["id must be a GUID"]);
  });
  test.each([
    ["2026-03-02", "2026-03-02T00:00:00.000Z"],
    ["2026-03-02T09:15:04", "2026-03-02T09:15:04.000Z"],
    ["2026-03-02T09:15:04.1234567Z", "2026-03-02T09:15:04.123Z"],
    ["2026-03-02T09:15:04+02:00", "2026-03-02T07:15:04.000Z"],
    ["2026-03-02T09:15:04 02:00", "2026-03-02T07:15:04.000Z"],
  ])("the instant %s is %s", (at, expected) => {
    expect(value({ name: "a", at }).at).toBe(expected);
  });
  test("texts are bounded, well-formed and free of NUL", () => {
    expect(value({ name: "12345" }).name).toBe("12345");
    expect(problems({ name: "123456" })).toEqual(["name may have at most 5 characters"]);
    expect(problems({ name: "a\u0000" })).toEqual(["name must not contain a NUL character"]);
    expect(problems({ name: "\ud800" })).toEqual(["name must be well-formed Unicode"]);
  });
  test("maps turn values into texts and drop nulls", () => {
    expect(value({ name: "a", map: { n: 1, t: "x", gone: null } }).map).toEqual({ n: "1", t: "x" });
  });
});

test("any JSON value is read or refused, never thrown at", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (raw) => {
      const reading = read(cartOperations.createCart.body, raw);
      if (!reading.ok) expect(reading.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test("every casing of every name reads like the canonical one", () => {
  const lines = { lineItems: [{ catalogItemId: "A:B:C", quantity: 2, billingCycle: "one_time" }] };
  const expected = read(cartOperations.createCart.body, lines);
  fc.assert(
    fc.property(fc.infiniteStream(fc.boolean()), (coins) => {
      const recase = (name: string) =>
        [...name].map((c) => (coins.next().value ? c.toUpperCase() : c.toLowerCase())).join("");
      const shuffled = JSON.parse(JSON.stringify(lines), (_key, item) => {
        if (typeof item !== "object" || Array.isArray(item)) return item;
        return Object.fromEntries(Object.entries(item).map(([k, v]) => [recase(k), v]));
      });
      expect(read(cartOperations.createCart.body, shuffled)).toEqual(expected);
    }),
  );
});

describe("documented request forms", () => {
  test("renewsTo may be an object or an array of one", () => {
    const line = { offerId: "x", quantity: 1 };
    for (const renewsTo of [{ termDuration: "P1Y" }, [{ TermDuration: "P1Y" }]]) {
      const reading = read(orderOperations.createOrder.body, {
        lineItems: [{ ...line, renewsTo }],
      });
      expect(reading.ok && reading.value.lineItems[0]?.renewsTo).toEqual({ termDuration: "P1Y" });
    }
  });
  test("catalogId stands for catalogItemId; a line with neither names its own error", () => {
    const alias = read(cartOperations.createCart.body, {
      lineItems: [{ catalogId: "a", quantity: 1 }],
    });
    expect(alias.ok && alias.value.lineItems[0]?.catalogItemId).toBe("a");
    const missing = read(cartOperations.createCart.body, { lineItems: [{ quantity: 1 }] });
    expect(!missing.ok && missing.problems[0]?.error).toBe("CATALOG_ITEM_MISSING");
  });
  test("query names in any case, empty values absent, the misprinted name too", () => {
    const pairs: [string, string][] = [
      ["PROVIDER", "one_time"],
      ["nvoicelineitemtype", "BILLINGLINEITEMS"],
      ["currencyCode", ""],
    ];
    const reading = readQuery(billingOperations.listInvoiceLineItems.query, pairs);
    expect(reading).toEqual({
      ok: true,
      value: { provider: "onetime", invoiceLineItemType: "billinglineitems" },
    });
  });
  test("loose spelling drops case and separators", () => {
    expect(loose("Billing_Line-Items")).toBe("billinglineitems");
  });
});
