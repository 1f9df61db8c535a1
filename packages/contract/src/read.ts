/**
 * The generic reader: turns what a client sent into the value that a schema describes. Names,
 * enum spellings and literals are matched without regard to case; `null` is absent; unknown names
 * are ignored. It checks while it walks, so that a value is looked at once.
 */
import type { ErrorKey } from "./errors.ts";
import { type ReaderHints, type Static, type TSchema, textLimit } from "./schema.ts";

export interface Problem {
  /** Where: `lineItems[0].quantity`. */
  path: string;
  /** What is wrong, as the end of a sentence that begins with the path. */
  message: string;
  /** Set where this field or this kind of mistake has an error of its own. */
  error?: ErrorKey;
}

export type Reading<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

type Schema = ReaderHints & {
  type?: string;
  enum?: readonly string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: readonly string[];
  additionalProperties?: Schema | boolean;
};

const problemLimit = 20;
const absent = Symbol("absent");
type Found = unknown | typeof absent;

/** Reads `raw` as `schema`. Problems are collected, not thrown: the caller picks the error. */
export function read<S extends TSchema>(schema: S, raw: unknown, path = ""): Reading<Static<S>> {
  const problems: Problem[] = [];
  const value = readValue(schema as Schema, raw, path, problems);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: (value === absent ? undefined : value) as Static<S> };
}

/** Compares texts as the clients spell them: `one_time` = `OneTime` = `onetime` = `ONE-TIME`. */
export function loose(spelling: string): string {
  return spelling.toLowerCase().replace(/[_\-\s]/g, "");
}

function readValue(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  if (raw === null || raw === undefined) return absent;
  if (schema.enum) return readEnum(schema, raw, path, problems);
  switch (schema.type) {
    case "object":
      return readObject(schema, raw, path, problems);
    case "array":
      return readArray(schema, raw, path, problems);
    case "string":
      return readText(schema, raw, path, problems);
    case "integer":
    case "number":
      return readNumber(schema, raw, path, problems);
    case "boolean":
      return readFlag(schema, raw, path, problems);
    default:
      return raw;
  }
}

function complain(schema: Schema, path: string, message: string, problems: Problem[]) {
  const error = schema["x-error"];
  if (problems.length < problemLimit) {
    problems.push({ path, message, ...(error ? { error } : {}) });
  }
  return absent;
}

/** Property names of an object schema by lower case, aliases included. Built once per schema. */
const namesBySchema = new WeakMap<object, Map<string, string>>();
function namesOf(schema: Schema): Map<string, string> {
  const known = namesBySchema.get(schema);
  if (known) return known;
  const names = new Map<string, string>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    names.set(name.toLowerCase(), name);
    for (const alias of property["x-aliases"] ?? []) names.set(alias.toLowerCase(), name);
  }
  namesBySchema.set(schema, names);
  return names;
}

function readObject(schema: Schema, input: unknown, path: string, problems: Problem[]): Found {
  const raw = Array.isArray(input) && schema["x-single"] ? input[0] : input;
  if (raw === undefined) return absent;
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return complain(schema, path, "must be an object", problems);
  }
  if (!schema.properties) return readMap(schema, raw, path, problems);
  const names = namesOf(schema);
  const given = new Map<string, unknown>();
  for (const [key, value] of Object.entries(raw)) {
    const name = names.get(key.toLowerCase());
    // The last duplicate wins, but a null never hides a value sent under an alias.
    if (name !== undefined && value !== null && value !== undefined) given.set(name, value);
  }
  const result: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const at = path === "" ? name : `${path}.${name}`;
    const before = problems.length;
    const value = readValue(property, given.get(name), at, problems);
    if (value !== absent) result[name] = value;
    else if (schema.required?.includes(name) && problems.length === before) {
      complain(property, at, "is required", problems);
    }
  }
  return result;
}

const mapLimit = 64;

function readMap(schema: Schema, raw: object, path: string, problems: Problem[]): Found {
  const entries = Object.entries(raw).filter(([, value]) => value !== null);
  if (entries.length > mapLimit) {
    return complain(schema, path, `may hold at most ${mapLimit} entries`, problems);
  }
  const result: Record<string, string> = Object.create(null);
  for (const [key, value] of entries) {
    const at = `${path}.${key}`;
    const texted = typeof value === "object" ? JSON.stringify(value) : String(value);
    const bad = textFault(texted, textLimit) ?? textFault(key, textLimit);
    if (bad) complain(schema, at, bad, problems);
    else result[key] = texted;
  }
  return result;
}

function readArray(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  if (!Array.isArray(raw)) return complain(schema, path, "must be an array", problems);
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, items = {} } = schema;
  if (raw.length < minItems) {
    return complain(schema, path, `must hold at least ${minItems} item(s)`, problems);
  }
  if (raw.length > maxItems) {
    return complain(schema, path, `may hold at most ${maxItems} items`, problems);
  }
  return raw.map((item, index) => {
    const at = `${path}[${index}]`;
    const before = problems.length;
    const value = readValue(items, item, at, problems);
    if (value === absent && problems.length === before) {
      complain(items, at, "must not be null", problems);
    }
    return value;
  });
}

/** A text that PostgreSQL and every client can hold, or what is wrong with it. */
function textFault(value: string, maxLength: number): string | undefined {
  if (value.length > maxLength) return `may have at most ${maxLength} characters`;
  if (value.includes("\u0000")) return "must not contain a NUL character";
  if (!value.isWellFormed()) return "must be well-formed Unicode";
  return undefined;
}

function readText(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  if (typeof raw === "object") return complain(schema, path, "must be a text", problems);
  const value = String(raw);
  const bad = textFault(value, schema.maxLength ?? textLimit);
  if (bad) return complain(schema, path, bad, problems);
  if (schema.minLength && value.trim().length < schema.minLength) {
    return complain(schema, path, "is required and must not be empty", problems);
  }
  if (schema.pattern && !new RegExp(schema.pattern).test(value)) {
    return complain(schema, path, `has not the form ${schema.pattern}`, problems);
  }
  if (schema.format === "uuid") return readGuid(schema, value, path, problems);
  if (schema.format === "date-time") return readInstant(schema, value, path, problems);
  return value;
}

const guidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** True for a GUID with hyphens and without braces, in any case. */
export function isGuid(text: string): boolean {
  return guidForm.test(text);
}

function readGuid(schema: Schema, value: string, path: string, problems: Problem[]): Found {
  // The PowerShell cmdlets let braces through.
  const bare = value
    .trim()
    .replace(/^\{(.*)\}$/, "$1")
    .toLowerCase();
  return isGuid(bare) ? bare : complain(schema, path, "must be a GUID", problems);
}

const instantForm =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?\s*(Z|[+\- ]\d{2}:?\d{2})?)?$/i;

function readInstant(schema: Schema, value: string, path: string, problems: Problem[]): Found {
  const parts = instantForm.exec(value.trim());
  if (parts) {
    const [, day, time = "00:00:00", fraction = "", zone = "Z"] = parts;
    const offset = /^z$/i.test(zone) ? "Z" : zone.replace(" ", "+");
    const parsed = new Date(`${day}T${time}${fraction.slice(0, 4)}${offset}`);
    if (!Number.isNaN(parsed.getTime())) return parsed.toISOString();
  }
  return complain(schema, path, "must be an ISO 8601 date or date-time", problems);
}

function readNumber(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  const texted = typeof raw === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(raw);
  const value = texted ? Number(raw) : raw;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    return complain(schema, path, "must be a number", problems);
  }
  if (schema.type === "integer" && !Number.isInteger(value)) {
    return complain(schema, path, "must be a whole number", problems);
  }
  if (schema.minimum !== undefined && value < schema.minimum) {
    return complain(schema, path, `must be at least ${schema.minimum}`, problems);
  }
  if (schema.maximum !== undefined && value > schema.maximum) {
    return complain(schema, path, `must be at most ${schema.maximum}`, problems);
  }
  return value;
}

function readFlag(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  if (typeof raw === "boolean") return raw;
  // An object is no flag, and may not even be a text: `{"toString": null}`.
  const spelling = typeof raw === "object" ? "" : String(raw).trim().toLowerCase();
  if (spelling === "true" || spelling === "1") return true;
  if (spelling === "false" || spelling === "0") return false;
  return complain(schema, path, "must be true or false", problems);
}

function readEnum(schema: Schema, raw: unknown, path: string, problems: Problem[]): Found {
  const values = schema.enum ?? [];
  const isNumber = typeof raw === "number" || (typeof raw === "string" && /^\d{1,2}$/.test(raw));
  const member = isNumber ? schema["x-members"]?.[Number(raw)] : undefined;
  const spelling = loose(member ?? (typeof raw === "object" ? "" : String(raw)));
  if (schema["x-absent"]?.some((text) => loose(text) === spelling)) return absent;
  const found = values.find((value) => loose(value) === spelling);
  if (found !== undefined) return found;
  const message = `must be one of ${values.join(", ")}`;
  if (schema["x-error"]) return complain(schema, path, message, problems);
  if (problems.length < problemLimit) problems.push({ path, message, error: "ENUM_UNPARSABLE" });
  return absent;
}

/** Reads a query string's pairs as an object schema: an empty text counts as absent. */
export function readQuery<S extends TSchema>(
  schema: S,
  pairs: Iterable<[string, string]>,
): Reading<Static<S>> {
  const given: Record<string, string> = Object.create(null);
  for (const [name, value] of pairs) if (value !== "") given[name] = value;
  return read(schema, given);
}
