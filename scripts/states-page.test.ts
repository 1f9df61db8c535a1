import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { machines, statesPage } from "./states-page.ts";

test("the page of the states is what the tables say", () => {
  const page = new URL("../docs/reference/states.md", import.meta.url);
  expect(readFileSync(page, "utf8")).toBe(statesPage());
});

test("every step is drawn once", () => {
  for (const machine of machines) {
    const text = statesPage([machine]);
    for (const { from, event, to } of machine.steps) {
      expect(text.split(`  ${from} --> ${to}: ${event}\n`)).toHaveLength(2);
    }
  }
});

test("an event without words and words without an event make no page", () => {
  const [cart] = machines;
  if (!cart) throw new Error("there is no cart");
  expect(() => statesPage([{ ...cart, events: {} }])).toThrow(/update/);
  const more = { ...cart.events, melt: "it melts" };
  expect(() => statesPage([{ ...cart, events: more }])).toThrow(/melt/);
});
