import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  allOperations,
  type BodyOf,
  type Operation,
  type OperationId,
  type Operations,
  type ParamsOf,
  type QueryOf,
  type ResultOf,
} from "@kontor/contract";
import type { SignIn } from "./auth.ts";
import { RequestFailed, ServiceFault } from "./errors.ts";

export interface ClientOptions {
  /** `http://127.0.0.1:7300`, or the vendor's host. */
  baseUrl: string;
  /** A source of bearer tokens, or one token. */
  token: SignIn | string;
  /** Milliseconds for one try; default 30 000. */
  timeoutMs?: number;
  /** Further tries after a network failure, 408, 429 or 5xx; default 2. */
  retries?: number;
  /** Called after each call with what was sent and answered. */
  onCall?: (observed: Observed) => void;
}

export interface Observed {
  operation: OperationId;
  method: string;
  path: string;
  status: number;
  ms: number;
}

export interface RequestOptions {
  /** The same id on a repeat has the effect of one call. Made by the client when absent. */
  requestId?: string;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Called with the headers of the answer, e.g. for its Location. */
  onHeaders?: (headers: Headers) => void;
}

/** A part of the input may be left out when every member of it may. */
type Part<Name extends string, T> = Partial<T> extends T ? { [K in Name]?: T } : { [K in Name]: T };
type BodyPart<O extends Operation> =
  undefined extends BodyOf<O> ? { body?: BodyOf<O> } : { body: BodyOf<O> };
type InputOf<O extends Operation> = Part<"params", ParamsOf<O>> &
  Part<"query", QueryOf<O>> &
  BodyPart<O>;
type Method<O extends Operation> =
  Partial<InputOf<O>> extends InputOf<O>
    ? (input?: InputOf<O>, options?: RequestOptions) => Promise<ResultOf<O>>
    : (input: InputOf<O>, options?: RequestOptions) => Promise<ResultOf<O>>;

/** One method for each operation of the contract, typed by its declaration. */
export type Client = { readonly [K in OperationId]: Method<Operations[K]> };

interface Input {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
}

export function createClient(options: ClientOptions): Client {
  const methods = allOperations.map((operation) => [
    operation.id,
    (input: Input = {}, request: RequestOptions = {}) => send(options, operation, input, request),
  ]);
  return Object.fromEntries(methods) as Client;
}

function pathOf(operation: Operation, input: Input): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = input.params?.[name];
    if (value === undefined) throw new TypeError(`${operation.id} needs the parameter ${name}`);
    return encodeURIComponent(String(value));
  });
  const query = Object.entries(input.query ?? {})
    .filter(([name, value]) => value !== undefined && name !== continuation)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  const base = operation.area === "sandbox" ? path : `/v1${path}`;
  return query.length === 0 ? base : `${base}?${query.join("&")}`;
}

const continuation = "MS-ContinuationToken";
const firstWaitMs = 500;
const longestWaitMs = 5_000;

async function send(
  options: ClientOptions,
  operation: Operation,
  input: Input,
  request: RequestOptions,
): Promise<unknown> {
  const path = pathOf(operation, input);
  const requestId = request.requestId ?? randomUUID();
  const token = input.query?.[continuation];
  const headers = {
    Accept: "application/json",
    "MS-RequestId": requestId,
    "MS-CorrelationId": randomUUID(),
    ...(token === undefined ? {} : { [continuation]: String(token) }),
    ...(input.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...request.headers,
  };
  const tries = 1 + (options.retries ?? 2);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once(options, operation, path, headers, input.body, request.signal).catch(
      (error: unknown) => {
        if (attempt >= tries || request.signal?.aborted)
          throw new RequestFailed(operation.id, error);
        return undefined;
      },
    );
    if (answer?.ok) {
      request.onHeaders?.(answer.headers);
      return resultOf(answer);
    }
    if (answer && (!isTransient(answer.status) || attempt >= tries)) {
      throw new ServiceFault(operation.id, answer.status, requestId, await bodyOf(answer));
    }
    // The same MS-RequestId goes out again, so that a write whose answer was lost happens once.
    await sleep(waitMs(attempt, answer?.headers.get("retry-after")));
  }
}

function isTransient(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function waitMs(attempt: number, retryAfter: string | null | undefined): number {
  const asked = Number(retryAfter);
  if (retryAfter && Number.isFinite(asked)) return asked * 1000;
  const backoff = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  return backoff * (0.75 + Math.random() / 2);
}

async function once(
  options: ClientOptions,
  operation: Operation,
  path: string,
  headers: Record<string, string>,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const bearer = typeof options.token === "string" ? options.token : await options.token();
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  const started = performance.now();
  const answer = await fetch(new URL(path, options.baseUrl), {
    method: operation.method,
    headers: { ...headers, Authorization: `Bearer ${bearer}` },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  options.onCall?.({
    operation: operation.id as OperationId,
    method: operation.method,
    path,
    status: answer.status,
    ms: performance.now() - started,
  });
  return answer;
}

async function resultOf(answer: Response): Promise<unknown> {
  const type = answer.headers.get("content-type") ?? "";
  if (type.startsWith("application/pdf")) return new Uint8Array(await answer.arrayBuffer());
  return bodyOf(answer);
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 1024) };
  }
}
