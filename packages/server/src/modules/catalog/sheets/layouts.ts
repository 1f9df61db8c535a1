/** Perpetual and term software; new commerce, license-based; reservations; retail prices. */
export type SheetLayout = "software" | "license" | "reservations" | "retail";

export interface Sheet {
  layout: SheetLayout;
  /** The place of a column in a record; undefined where the file has no such column. */
  column(name: string): number | undefined;
}

const priceSheet = [
  "ProductTitle",
  "ProductId",
  "SkuId",
  "SkuTitle",
  "TermDuration",
  "Market",
  "Currency",
  "UnitPrice",
  "EffectiveStartDate",
] as const;

const retailItem = [
  "type",
  "currencyCode",
  "retailPrice",
  "effectiveStartDate",
  "productId",
  "skuId",
  "productName",
] as const;

/** All that is read of a retail item; the others are left out where they do not apply. */
export const retailColumns = [
  ...retailItem,
  "tierMinimumUnits",
  "reservationTerm",
  "effectiveEndDate",
  "armRegionName",
  "location",
  "skuName",
  "serviceName",
  "armSkuName",
] as const;

interface LayoutRule {
  layout: SheetLayout;
  title: string;
  /** Columns that must be there. */
  all: readonly string[];
  /** Columns of which one must be there, where the list is not empty. */
  any: readonly string[];
}

/** The first that fits is taken. */
const rules: readonly LayoutRule[] = [
  { layout: "retail", title: "retail prices", all: retailItem, any: [] },
  {
    layout: "license",
    title: "license-based price sheet",
    all: [...priceSheet, "BillingPlan", "Segment"],
    any: ["ChangeIndicator", "PreviousValues"],
  },
  {
    layout: "software",
    title: "software price sheet",
    all: [...priceSheet, "BillingPlan", "Segment"],
    any: [],
  },
  {
    layout: "reservations",
    title: "Azure reservations price sheet",
    all: priceSheet,
    any: ["MeterType", "MeterIds"],
  },
];

/** Column names are matched without letter case, blanks and punctuation ("ERP Price"). */
function plainName(name: string): string {
  return name.replace(/[^0-9A-Za-z]/g, "").toLowerCase();
}

/** The sheet that has these columns, in whatever order and among others; null if none has. */
export function detectSheet(header: readonly string[]): Sheet | null {
  const places = new Map<string, number>();
  for (const [place, name] of header.entries()) {
    const plain = plainName(name);
    if (!places.has(plain)) places.set(plain, place);
  }
  const column = (name: string) => places.get(plainName(name));
  const has = (name: string) => column(name) !== undefined;
  const rule = rules.find(({ all, any }) => all.every(has) && (any.length === 0 || any.some(has)));
  return rule === undefined ? null : { layout: rule.layout, column };
}

/** The layouts with the columns that each needs, for messages. */
export function knownLayouts(): string {
  return rules
    .map(({ title, all, any }) => {
      const choice = any.length === 0 ? "" : ` and ${any.join(" or ")}`;
      return `${title} (${all.join(", ")}${choice})`;
    })
    .join("; ");
}
