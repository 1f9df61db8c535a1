/** What the context of an inventory check holds, and what it lacks. */
import { isGuid } from "@kontor/contract";
import type { ProductKind } from "./offer.ts";
import { requirementsOf } from "./requirements.ts";

/** The values by their names in lower case; blank ones are absent. */
export function contextOf(given: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const values = Object.entries(given).map(
    ([name, value]) => [name.trim().toLowerCase(), value.trim()] as const,
  );
  return new Map(values.filter(([, value]) => value !== ""));
}

/** The names that some SKU needs and the context lacks, each once. */
export function missingVariables(
  skus: readonly { kind: ProductKind }[],
  given: ReadonlyMap<string, string>,
): string[] {
  const kinds = new Set(skus.map((sku) => sku.kind));
  const needed = new Set([...kinds].flatMap((kind) => requirementsOf(kind).inventoryVariables));
  return [...needed].filter((name) => !given.has(name.toLowerCase()));
}

/** A GUID as it is stored; undefined for any other text. */
export function guidOf(value: string): string | undefined {
  const bare = value.replace(/^\{(.*)\}$/, "$1").toLowerCase();
  return isGuid(bare) ? bare : undefined;
}
