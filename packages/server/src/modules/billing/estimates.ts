/** The links to the estimate of the next invoice: unbilled lines of this month and the last. */
import { type billingOperations, lineItemPageLimit, type ResultOf } from "@kontor/contract";
import { link } from "../../foundation/http/links.ts";
import { type LineItemType, lineItemsUri } from "./line-query.ts";

type EstimateLinks = ResultOf<typeof billingOperations.listEstimateLinks>;

const kinds: readonly { type: string; lines: LineItemType; title: string; description: string }[] =
  [
    {
      type: "daily_rated_usage",
      lines: "usagelineitems",
      title: "Daily rated usage",
      description: "Rated usage of the month that is not invoiced yet, day by day",
    },
    {
      type: "non_consumption",
      lines: "billinglineitems",
      title: "Purchases",
      description: "Purchases of the month that are not invoiced yet, before tax",
    },
  ];

const months = [
  { period: "Current", month: "current" },
  { period: "Previous", month: "previous" },
] as const;

export function estimateLinks(currency: string): EstimateLinks {
  const items = kinds.flatMap(({ type, lines, title, description }) =>
    months.map(({ period, month }) => {
      const of = { currency, month };
      const size = lineItemPageLimit;
      const uri = lineItemsUri({ of, provider: "onetime", type: lines, size });
      return { type, title, description, period, link: link(uri) };
    }),
  );
  return { totalCount: items.length, items, attributes: { objectType: "Collection" } };
}
