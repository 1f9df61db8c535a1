/**
 * Which lines become one order. The key is (purchase system, billing cycle, currency): an order
 * carries exactly one cycle and one currency. Product kind, term and participants split nothing.
 */
import type { BillingCycleName } from "@kontor/contract";
import { isLegacy } from "./legacy-offer.ts";

/** What grouping looks at; undefined for a line in error, which gets no group. */
export interface Groupable {
  catalogItemId: string;
  billingCycle: BillingCycleName;
  currency: string;
}

/**
 * The group of each line, in the order of the lines. Modern groups are "0", "1", … and legacy ones
 * "OMS-0", "OMS-1", …, numbered as they first appear. An add-on shares its parent's group:
 * `parents[i]` is the position of line i's parent.
 */
export function groupLines(
  lines: readonly (Groupable | undefined)[],
  parents: readonly (number | undefined)[] = [],
): (string | undefined)[] {
  const names = new Map<string, string>();
  const counts = { modern: 0, legacy: 0 };
  const nameOf = (line: Groupable): string => {
    const system = isLegacy(line.catalogItemId) ? "legacy" : "modern";
    const key = `${system} ${line.billingCycle} ${line.currency}`;
    let name = names.get(key);
    if (name === undefined) {
      name = system === "legacy" ? `OMS-${counts.legacy}` : `${counts.modern}`;
      counts[system] += 1;
      names.set(key, name);
    }
    return name;
  };
  const groups: (string | undefined)[] = [];
  for (const [position, line] of lines.entries()) {
    const parent = parents[position];
    if (!line) groups.push(undefined);
    else groups.push(parent === undefined ? nameOf(line) : groups[parent]);
  }
  return groups;
}
