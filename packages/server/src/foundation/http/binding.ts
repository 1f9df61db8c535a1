/** Binds operations of the contract to use cases. */
import type {
  BodyOf,
  Operation,
  OperationId,
  Operations,
  ParamsOf,
  QueryOf,
  ResultOf,
} from "@kontor/contract";
import type { Db, Sql } from "../database/sql.ts";
import { Refusal } from "../errors.ts";
import type { Context, Partner } from "../partner.ts";

export interface Input<O extends Operation> {
  params: ParamsOf<O>;
  query: QueryOf<O>;
  body: BodyOf<O>;
}

/** An answer with headers of its own; a plain value answers the first declared status. */
export interface Answer<T> {
  readonly body: T;
  readonly headers: Readonly<Record<string, string>>;
}

export type Handler<O extends Operation> = (
  context: Context,
  input: Input<O>,
) => Promise<ResultOf<O> | Answer<ResultOf<O>>>;

/**
 * What an answer depends on besides the request, as a text at an instant of the partner's: while
 * it stays the same, so does the answer. Undefined where the answer must not be kept.
 */
export type Stamp = (now: Date, partner: Partner) => string | undefined;

/**
 * Where stamps come from. The requests that wait at the same moment ask the database once, in the
 * statement that reads their partner.
 */
export interface StampSource {
  /** What the stamp belongs to; undefined where the answer must not be kept. */
  keyOf(params: Readonly<Record<string, string | undefined>>): string | undefined;
  /** An expression of type text that tells the state of what `keys` name. */
  select(partnerId: string, keys: readonly string[]): Sql;
  /** The stamps of `keys`, in their order, from that text. */
  read(db: Db, text: string, keys: readonly string[]): Promise<readonly Stamp[]>;
}

/** One of the calls that run together. */
export interface TogetherCall<O extends Operation> {
  context: Context;
  input: Input<O>;
}

/** What calls that run together answer, and when what they write is written. */
export interface TogetherResults<Result> {
  /** Of each call in its place; a refusal is a value, and must have written nothing. */
  results: readonly (Result | Refusal)[];
  /** Settled when all is written. Every statement has been asked for: the commit may follow. */
  saved: Promise<unknown>;
}

/** How calls of one partner share a transaction: their contexts have one `db`, `now`, `partner`. */
export interface Together<O extends Operation, Begun = unknown> {
  /**
   * Locks and loads what the inputs name. Sent behind the claims of the calls and the lock of the
   * partner without waiting for either, so it also meets calls that were answered before.
   */
  begin(db: Db, partnerId: string, inputs: readonly Input<O>[]): Promise<Begun>;
  run(calls: readonly TogetherCall<O>[], begun: Begun): Promise<TogetherResults<ResultOf<O>>>;
}

export interface Binding {
  readonly operation: Operation;
  readonly handler: (context: Context, input: Input<Operation>) => Promise<unknown>;
  /** True where the operation moves the partner's clock and must be alone with the partner. */
  readonly exclusive: boolean;
  /** Present where answers are kept for equal requests. */
  readonly stamp: StampSource | undefined;
  /** Present where calls that wait at the same moment share a transaction. */
  readonly together: Together<Operation> | undefined;
}

/** A binding for each operation: one that is missing or undeclared does not compile. */
export type Bindings = { readonly [K in OperationId]: Binding };
export type BindingsOf<T extends Partial<Operations>> = { readonly [K in keyof T]: Binding };

export function bind<O extends Operation>(
  operation: O,
  handler: Handler<O>,
  options: { exclusive?: boolean; stamp?: StampSource } = {},
): Binding {
  return {
    operation,
    // The reader made the input from this operation's own schemas.
    handler: (context, input) => handler(context, input as unknown as Input<O>),
    exclusive: options.exclusive ?? false,
    stamp: options.stamp,
    together: undefined,
  };
}

/** Binds a write whose calls share a load, a save and a commit where several wait. */
export function bindTogether<O extends Operation, Begun>(
  operation: O,
  together: Together<O, Begun>,
): Binding {
  const alone: Handler<O> = async (context, input) => {
    const begun = await together.begin(context.db, context.partner.partnerId, [input]);
    const { results, saved } = await together.run([{ context, input }], begun);
    await saved;
    const [result] = results;
    if (result instanceof Refusal) throw result;
    return result as ResultOf<O>;
  };
  return { ...bind(operation, alone), together: together as unknown as Binding["together"] };
}

const answers = new WeakSet<object>();

export function answer<T>(body: T, headers: Record<string, string>): Answer<T> {
  const made = { body, headers };
  answers.add(made);
  return made;
}

export function isAnswer(value: unknown): value is Answer<unknown> {
  return typeof value === "object" && value !== null && answers.has(value);
}
