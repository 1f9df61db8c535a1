/** The lines of a blob: JSON objects with the columns of a reconciliation file. Pure. */
import { type AttributeSet, columnsOf, type LineItem } from "@kontor/contract";

/**
 * Writes line items as lines of JSON, each with its line break. Most columns say what they said on
 * the line before: their text is kept.
 */
export function lineWriter(attributeSet: AttributeSet): (item: LineItem) => string {
  const columns = columnsOf(attributeSet).map(({ name, of }, index) => {
    const key = `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`;
    const value: Value = undefined;
    return { of, key, last: { value: value as Value, text: key + jsonOf(value) } };
  });
  return (item) => {
    let line = "";
    for (const { of, key, last } of columns) {
      const value = item[of];
      if (value !== last.value) {
        last.value = value;
        last.text = key + jsonOf(value);
      }
      line += last.text;
    }
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
