import { expect, test } from "vitest";
import { sampleOffer } from "../test-support/offers.ts";
import { lineWriter, stagedColumns } from "./staged-line.ts";

function cellsOf(line: string): Record<string, string> {
  expect(line.endsWith("\n")).toBe(true);
  const cells = line.slice(0, -1).split("\t");
  expect(cells).toHaveLength(stagedColumns.length);
  return Object.fromEntries(stagedColumns.map((column, index) => [column, cells[index] ?? ""]));
}

test("a line has a cell for every column, and marks what is absent", () => {
  const cells = cellsOf(lineWriter()(7, sampleOffer({ termDuration: null })));
  expect(cells).toMatchObject({
    line: "7",
    product_id: "TESTPRODUCT1",
    sku_id: "0001",
    term: "\\N",
    billing_plan: "annual",
    reservation_scope: "\\N",
    effective_to: "\\N",
    unit_price: "120.5",
    erp_price: "\\N",
    kind: "term_software",
    reservation_type: "\\N",
    is_suse: "f",
    maximum_quantity: "999999999",
    dynamic_attributes: "{}",
  });
});

test("texts are written once, and again where they change", () => {
  const write = lineWriter();
  const titles = (product: string, sku: string, id = "0001") => {
    const offer = sampleOffer({ product: { title: product }, sku: { id, title: sku } });
    const { product_title, sku_title } = cellsOf(write(1, offer));
    return [product_title, sku_title];
  };
  expect(titles("P", "S")).toEqual(["P", "S"]);
  expect(titles("P", "S")).toEqual(["\\N", "\\N"]);
  expect(titles("P", "T", "0002")).toEqual(["\\N", "T"]);
  expect(titles("P", "S")).toEqual(["\\N", "\\N"]);
  expect(titles("Q", "S")).toEqual(["Q", "\\N"]);
  expect(titles("P", "U")).toEqual(["P", "U"]);
});

test("attributes are compared by value", () => {
  const write = lineWriter();
  const attributes = (dynamicAttributes: Record<string, string>) =>
    cellsOf(write(1, sampleOffer({ sku: { dynamicAttributes } }))).dynamic_attributes;
  expect(attributes({ region: "a" })).toBe('{"region":"a"}');
  expect(attributes({ region: "a" })).toBe("\\N");
  expect(attributes({ region: "b" })).toBe('{"region":"b"}');
});

test("memory of texts is bounded: they are written again, never lost", () => {
  const write = lineWriter();
  const description = "x".repeat(4000);
  const offers = Array.from({ length: 5000 }, (_, index) =>
    sampleOffer({ sku: { id: index.toString(36).toUpperCase().padStart(4, "0"), description } }),
  );
  const written = (rows: typeof offers) =>
    rows.filter((offer) => cellsOf(write(1, offer)).sku_title !== "\\N").length;
  expect(written(offers)).toBe(5000);
  const again = written(offers);
  expect(again).toBeGreaterThan(0);
  expect(written(offers.slice(-10))).toBe(0);
});
