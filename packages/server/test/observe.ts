/**
 * Notes what the calls of tests showed of each operation: statuses, refusals and the forms of the
 * requests. A whole run of the tests leaves the notes in the folder that KONTOR_OBSERVED names;
 * scripts/coverage.ts makes docs/reference/coverage.md of them.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { allOperations, type Operation } from "@kontor/contract";
import { expect } from "vitest";

export interface ObservedCall {
  method: string;
  /** As sent, with query. */
  path: string;
  headers?: Record<string, string | undefined>;
  payload?: string | Uint8Array | undefined;
}

interface ObservedAnswer {
  status: number;
  /** Code of the fault, if it was one. */
  code?: unknown;
  replayed?: boolean;
}

const folder = process.env.KONTOR_OBSERVED;

/** Tests whose calls differ from run to run, or are skipped where the data is not at hand. */
const variable = /fuzz|random|burst|shared-|wire-examples/;

const notes = new Set<string>();
/** Leaves the notes of a test file in the folder. */
export function keepObservations(): void {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const lines = [...notes].sort().map((line) => `${line}\n`);
  appendFileSync(join(folder, `${process.pid}.jsonl`), lines.join(""));
  notes.clear();
}

export function observe(call: ObservedCall, answer: ObservedAnswer): void {
  if (folder === undefined || variable.test(expect.getState().testPath ?? "")) return;
  const operation = operationOf(call.method, call.path);
  if (!operation) return;
  const { status } = answer;
  const code = typeof answer.code === "number" ? { code: answer.code } : {};
  notes.add(JSON.stringify({ operation: operation.id, status, ...code }));
  // A form is shown to work by an answer that is a success.
  if (status >= 300) return;
  const forms = [...formsOf(operation, call), ...(answer.replayed ? ["replay"] : [])];
  for (const form of forms) notes.add(JSON.stringify({ operation: operation.id, status, form }));
}

interface Route {
  operation: Operation;
  form: RegExp;
  /** Parameters in the path: of two that match, the one with fewer is meant. */
  parameters: number;
}

const routes: readonly Route[] = allOperations.map((operation) => {
  const pattern = operation.path.replace(/\{\w+\}/g, "[^/]+");
  const parameters = operation.path.split("{").length - 1;
  return { operation, form: new RegExp(`^${pattern}$`, "i"), parameters };
});

/** The operation that a request is for, in whatever spelling; undefined outside the contract. */
export function operationOf(method: string, path: string): Operation | undefined {
  const plain = (path.split("?")[0] ?? "").replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
  const bare = plain.replace(/^\/v1(?:\.0)?(?=\/)/i, "");
  const found = routes
    .filter(({ operation, form }) => {
      if (operation.method !== method.toUpperCase()) return false;
      return form.test(operation.area === "sandbox" ? plain : bare);
    })
    .sort((a, b) => a.parameters - b.parameters);
  return found[0]?.operation;
}

/** In which of the forms that clients use a request was sent. */
export function formsOf(operation: Operation, call: ObservedCall): string[] {
  const [path = "", query = ""] = call.path.split(/\?(.*)/s);
  return [
    ...pathForms(operation, path),
    ...queryForms(operation, query),
    ...(operation.body ? bodyForms(call) : []),
    ...(header(call, "ms-continuationtoken") ? ["token in header"] : []),
  ];
}

function pathForms(operation: Operation, path: string): string[] {
  const forms: string[] = [];
  if (operation.area !== "sandbox" && !/^\/+v1(?:\.0)?\//i.test(path)) forms.push("without /v1");
  if (path.includes("//")) forms.push("doubled slash");
  if (path.length > 1 && path.endsWith("/")) forms.push("trailing slash");
  const sent = path.replace(/\/{2,}/g, "/").replace(/^\/v1(?:\.0)?(?=\/)/i, "");
  const exact = new RegExp(`^${operation.path.replace(/\{\w+\}/g, "[^/]+")}/?$`);
  if (!exact.test(sent) || path.startsWith("/V1")) forms.push("path in another case");
  return forms;
}

function queryForms(operation: Operation, query: string): string[] {
  if (query === "") return [];
  const forms: string[] = [];
  const declared = new Set(Object.keys(operation.query.properties));
  const lower = new Set([...declared].map((name) => name.toLowerCase()));
  const names = [...new URLSearchParams(query).keys()];
  if (names.some((name) => !declared.has(name) && lower.has(name.toLowerCase()))) {
    forms.push("query name in another case");
  }
  if (query.includes("+")) forms.push("+ for a space");
  if (/[{"]/.test(query)) forms.push("raw JSON in the query");
  return forms;
}

function bodyForms(call: ObservedCall): string[] {
  const sent = call.payload ?? "";
  const text = typeof sent === "string" ? sent : new TextDecoder().decode(sent);
  const forms: string[] = [];
  const raw = typeof sent === "string" ? sent.charCodeAt(0) === 0xfeff : sent[0] === 0xef;
  if (raw) forms.push("byte order mark");
  if (text.trim() === "") return ["no body"];
  const type = header(call, "content-type");
  if (type === undefined || type === "") forms.push("no content type");
  else if (type !== "application/json") forms.push("another content type");
  const value = parsed(text.replace(/^\uFEFF/, ""));
  if (value === undefined) return [...forms, "sloppy JSON"];
  if (value === null) return [...forms, "null"];
  if (typeof value === "string") return [...forms, "bare text"];
  if (typeof value !== "object") return forms;
  if (Object.keys(value).some((name) => /^[A-Z]/.test(name))) forms.push("PascalCase");
  if (/:\s*null\b/.test(text)) forms.push("explicit nulls");
  return forms;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function header({ headers = {} }: ObservedCall, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}
