/** The taxes of countries as people give them. Pure. */
import { markets } from "@kontor/contract";
import { isPart } from "../../../foundation/money.ts";
import { readTable, refuseRepeats, TableError } from "../tables/table-file.ts";
import type { Tax } from "./tax.ts";

/** A tax of a country, from an instant on; a rate of 0 ends it. */
export interface CountryTax extends Tax {
  country: string;
  validFrom: Date;
}

const columns = ["country", "name", "rate", "included", "from"] as const;

/** The taxes of a file. @throws TableError at the first row that is none, with its place */
export function readTaxes(text: string): CountryTax[] {
  const rows = readTable(text, columns, ["included"]);
  refuseRepeats(rows, ({ cells }) => `${cells.country?.toUpperCase()} ${cells.name} ${cells.from}`);
  return rows.map(({ place, cells }) => {
    const tax = taxOfCells(cells);
    if (typeof tax === "string") throw new TableError(place, tax);
    return tax;
  });
}

function taxOfCells(cells: Readonly<Record<string, string>>): CountryTax | string {
  const { country = "", name = "", rate = "", included = "", from = "" } = cells;
  if (!markets.has(country.toUpperCase())) return `${country} is not a known ISO 3166 code`;
  if (name.length > 60) return "the name has more than 60 characters";
  if (!isPart(rate)) return `the rate must be 0 to 1, six digits at most, not ${rate}`;
  if (!/^(?:true|false|)$/i.test(included)) return `included must be true or false`;
  const validFrom = new Date(`${from}T00:00:00.000Z`);
  if (Number.isNaN(validFrom.getTime()) || validFrom.toISOString().slice(0, 10) !== from) {
    return `from must be YYYY-MM-DD, not ${from}`;
  }
  const isIncluded = included.toLowerCase() === "true";
  return { country: country.toUpperCase(), name, rate, included: isIncluded, validFrom };
}
