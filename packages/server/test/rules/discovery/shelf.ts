/** What the rules of discovery are tried on: items of the default catalog, and short forms. */
import { expect } from "vitest";
import type { TestAnswer, TestServer } from "../../harness.ts";
import { offerOf } from "../../shop.ts";

export const vm = offerOf("reservation", { market: "DE" });
export const perpetual = offerOf("perpetual_software", { market: "DE" });
export const term = offerOf("term_software", { market: "DE" });
export const service = offerOf("online_service", { market: "DE" });

type Offer = typeof vm;

/** `/v1/products/{id}/skus/{id}` without country. */
export function skuPath({ product, sku }: Offer, prefix = "/v1"): string {
  return `${prefix}/products/${product.id}/skus/${sku.id}`;
}

export function availabilityPath(offer: Offer, prefix = "/v1"): string {
  return `${skuPath(offer, prefix)}/availabilities/${offer.catalogItemId.split(":")[2]}`;
}

/** Status and code of a refusal, whose body has the fault's form. */
export function faultOf(answer: TestAnswer): [number, number] {
  expect(answer.headers["content-type"], answer.text).toBe("application/json; charset=utf-8");
  expect(Object.keys(answer.body).toSorted()).toEqual(["code", "data", "description", "source"]);
  expect(answer.body.data).toEqual([]);
  expect(answer.body.description.length).toBeLessThanOrEqual(1024);
  return [answer.status, Number(answer.body.code)];
}

export function itemsOf(answer: TestAnswer) {
  expect(answer.status, answer.text).toBe(200);
  expect(answer.body.totalCount).toBe(answer.body.items.length);
  return answer.body.items;
}

export function idsOf(answer: TestAnswer): string[] {
  return itemsOf(answer).map(({ id }: { id: string }) => id);
}

/** A further partner's app token. */
export async function partnerToken(
  server: TestServer,
  spec: Record<string, unknown> = {},
): Promise<string> {
  const made = await server.call("POST", "/_kontor/partners", { token: "none", body: spec });
  if (made.status !== 201) throw new Error(`no partner: ${made.text}`);
  return server.signIn("user", made.body);
}

/** Every value under a name, at any depth. */
export function valuesOf(body: unknown, name: string): unknown[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) => [
    ...(key === name ? [value] : []),
    ...valuesOf(value, name),
  ]);
}
