/** What one page of the list of customers is asked for. */
import type { Filter } from "./filter.ts";

export const filterFields = [
  "CompanyName",
  "Domain",
  "IndirectReseller",
  "IndirectCloudSolutionProvider",
] as const;
export const filterOperators = ["starts_with", "equals"] as const;

/**
 * One condition on the customers, without case. `IndirectReseller` is the tenant id of the
 * reseller through whom the partner sells to the customer. `IndirectCloudSolutionProvider` is the
 * provider through whom the partner itself sells: it has none, so nobody meets the condition.
 */
export type CustomerFilter = Filter<
  (typeof filterFields)[number],
  (typeof filterOperators)[number]
>;

/** A place in the list. */
export interface Position {
  /** The beginning of the name, folded: by it and then by id the list is sorted. */
  sortName: string;
  customerId: string;
}

/** One page to read. */
export interface PageRequest {
  filter: CustomerFilter | undefined;
  /** 1 to the largest page. */
  size: number;
  /** The place after which the page begins. */
  after: Position | undefined;
}
