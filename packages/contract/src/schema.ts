/**
 * Building blocks of the wire schemas. A schema is a JSON Schema made with TypeBox; a few extra
 * keywords, all prefixed `x-`, tell the generic reader how liberal it may be.
 */
import Type, { type Static, type TObject, type TProperties, type TSchema } from "typebox";
import type { ErrorKey } from "./errors.ts";

/** Keywords of ours on a schema; JSON Schema tools ignore them. */
export interface ReaderHints {
  /** The error answered when this field is missing or bad, in place of the operation's own. */
  "x-error"?: ErrorKey;
  /** Other names under which clients send this property. */
  "x-aliases"?: readonly string[];
  /** Texts that mean "not given", compared like enum texts (`unknown` for a billing cycle). */
  "x-absent"?: readonly string[];
  /** Members of the vendor's enumeration by their number, for clients that send integers. */
  "x-members"?: readonly string[];
  /** Accept one bare value where an array stands in the schema, or the reverse (`renewsTo`). */
  "x-single"?: boolean;
}

/** Longest text that any field accepts unless its schema says less. */
export const textLimit = 1024;

export function text(options: { max?: number; min?: number; pattern?: string } & ReaderHints = {}) {
  const { max = textLimit, min, ...rest } = options;
  return Type.String({ maxLength: max, ...(min === undefined ? {} : { minLength: min }), ...rest });
}

/** A GUID in any case; read as lower case. */
export function guid(hints: ReaderHints = {}) {
  return Type.String({ format: "uuid", maxLength: 38, ...hints });
}

/** An instant on the wire, `yyyy-MM-ddTHH:mm:ss.fffffffZ`; read with 0 to 9 fraction digits. */
export function instant(hints: ReaderHints = {}) {
  return Type.String({ format: "date-time", maxLength: 40, ...hints });
}

/** A closed set of texts, emitted exactly as given and read in every documented spelling. */
export function oneOf<const T extends readonly [string, ...string[]]>(
  values: T,
  hints: ReaderHints = {},
) {
  return Type.Unsafe<T[number]>({ type: "string", enum: values, ...hints });
}

/** A flat map from text to text, e.g. `provisioningContext`. */
export function textMap(hints: ReaderHints = {}) {
  return Type.Unsafe<Record<string, string>>({
    type: "object",
    additionalProperties: { type: "string" },
    ...hints,
  });
}

/** A whole number of 32 bits, unless its bounds say otherwise. */
export function integer(options: { min?: number; max?: number } & ReaderHints = {}) {
  const { min = -2_147_483_648, max = 2_147_483_647, ...rest } = options;
  return Type.Integer({ minimum: min, maximum: max, ...rest });
}

/** A JSON number that carries money, a price or a rate; made from exact decimals. */
export function decimal() {
  return Type.Number();
}

export function flag(hints: ReaderHints = {}) {
  return Type.Boolean({ ...hints });
}

export function list<T extends TSchema>(items: T, options: ListOptions = {}) {
  const { min, max, ...rest } = options;
  return Type.Array(items, {
    ...(min === undefined ? {} : { minItems: min }),
    ...(max === undefined ? {} : { maxItems: max }),
    ...rest,
  });
}
type ListOptions = { min?: number; max?: number } & ReaderHints;

export function record<P extends TProperties>(properties: P) {
  return Type.Object(properties);
}

export const optional = Type.Optional;

/** Any JSON value, or none: accepted and not looked at (`"success"`, `null`, an empty body). */
export const anyJson = Type.Unknown({ description: "Any JSON value or none; not looked at" });

export const Link = record({
  uri: text(),
  method: text(),
  headers: list(record({ key: text(), value: text() })),
});

export const SelfLinks = record({ self: Link });

/** `attributes` holds these two members only: a strict client fails on others. */
export const Attributes = record({ etag: optional(text()), objectType: text() });

const PagedLinks = record({
  self: optional(Link),
  next: optional(Link),
  previous: optional(Link),
});

/** The collection envelope. `totalCount` is the number of items in this answer. */
export function collection<T extends TSchema>(items: T) {
  return record({
    totalCount: Type.Integer(),
    items: list(items),
    continuationToken: optional(text()),
    links: optional(PagedLinks),
    attributes: Attributes,
  });
}

export type { Static, TObject, TProperties, TSchema };
