/**
 * SQL as text with parameters. `sql` keeps values out of the text; a nested piece is spliced in.
 * Why not a query builder: the hot statements are set-based (`unnest`, `jsonb_to_recordset`) and
 * raw anyway, and what a builder costs per call is paid by the thread that also serves requests.
 */
import { createHash } from "node:crypto";

export interface Sql {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Runs statements: the pool, or one transaction. */
export interface Db {
  /** Rows of one statement. `Row` is the caller's word for its columns. */
  query<Row = Record<string, unknown>>(statement: Sql): Promise<Row[]>;
}

interface Piece {
  readonly strings: readonly string[];
  readonly parts: readonly unknown[];
}
const pieces = new WeakMap<object, Piece>();

export function sql(strings: TemplateStringsArray, ...parts: unknown[]): Sql {
  const values: unknown[] = [];
  const text = render({ strings, parts }, values);
  const statement = { text, values };
  pieces.set(statement, { strings, parts });
  return statement;
}

function render(piece: Piece, values: unknown[]): string {
  return piece.strings
    .map((literal, index) => {
      if (index >= piece.parts.length) return literal;
      const part = piece.parts[index];
      const nested = typeof part === "object" && part !== null ? pieces.get(part) : undefined;
      if (nested) return literal + render(nested, values);
      values.push(part);
      return `${literal}$${values.length}`;
    })
    .join("");
}

/**
 * Rows for `jsonb_to_recordset`. bigint has no JSON form of its own; PostgreSQL reads the text as
 * int8 exactly. Amounts stand at the top of a row, or in a list of parts of it.
 */
export function jsonRows(rows: readonly unknown[]): string {
  return JSON.stringify(rows.map(withoutBigints));
}

/** By hand for the members of rows and parts: a replacer is asked for every value at every depth. */
function withoutBigints(row: unknown): unknown {
  if (typeof row !== "object" || row === null) return row;
  let copy: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(row)) {
    const isList = Array.isArray(value) && value.length > 0;
    if (typeof value !== "bigint" && !isList) continue;
    copy ??= { ...row };
    copy[name] = isList ? value.map(withoutBigints) : `${value}`;
  }
  return copy ?? row;
}

const names = new Map<string, string>();

/** A name for the prepared statement: the same text is parsed and planned once a connection. */
export function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 24);
    names.set(text, name);
  }
  return name;
}
