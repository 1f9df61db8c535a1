import { expect, test } from "vitest";
import { defaultCatalog } from "./default-catalog.ts";

const { offers, translations } = defaultCatalog();

test("every translation is of an item of the catalog, in four languages", () => {
  const items = new Set(
    offers.flatMap(({ product, sku }) => [product.id, `${product.id}:${sku.id}`]),
  );
  const languages = new Map<string, string[]>();
  for (const { productId, skuId, locale, title, description } of translations) {
    const key = skuId === null ? productId : `${productId}:${skuId}`;
    expect(items.has(key), key).toBe(true);
    expect(title.length * description.length).toBeGreaterThan(0);
    expect(`${title}${description}`).not.toContain("undefined");
    languages.set(key, [...(languages.get(key) ?? []), locale]);
  }
  expect(languages.size).toBeGreaterThan(30);
  for (const [key, own] of languages) {
    expect(own.toSorted(), key).toEqual(["de-DE", "es-ES", "fr-FR", "ja-JP"]);
  }
});

test("SKUs of a reservation stay apart in every language", () => {
  const titles = translations
    .filter(({ productId, skuId }) => productId === "DZH318Z0KT02" && skuId !== null)
    .map(({ locale, title }) => `${locale} ${title}`);
  expect(new Set(titles).size).toBe(titles.length);
});
