/** Reading pages of line items. */
import { setImmediate } from "node:timers/promises";
import { type LineItem, lineItemPageLimit } from "@kontor/contract";
import { systemNow } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { type Link, link } from "../../../foundation/http/links.ts";
import type { Context } from "../../../foundation/partner.ts";
import {
  type Continuation,
  lastIdOf,
  openContinuation,
  type Seal,
  sealContinuation,
} from "../continuation.ts";
import { lineItem } from "../line-item.ts";
import {
  hasLines,
  type LineParameters,
  type LineQuery,
  lineItemsUri,
  periodAt,
  readLineQuery,
} from "../line-query.ts";
import { type LinePage, loadLines, ownLinesOf } from "../store.ts";
import { requireInvoice } from "./invoices.ts";

/**
 * A page of the lines of an invoice, or of the unbilled ones. Further pages belong to the list as
 * it was when the first was read: lines recorded after that neither shift it nor appear. (Lines
 * that are being committed at that very moment may appear where they come later in the list.)
 */
export async function listLineItems(context: Context, given: LineParameters) {
  const { db, partner, installation } = context;
  const query = readLineQuery(given);
  const seal = {
    secret: installation.secret,
    partnerId: partner.partnerId,
    list: lineItemsUri({ ...query, size: undefined }),
  };
  const token = given["MS-ContinuationToken"];
  const continuation = readContinuation(seal, query, given.seekOperation, token);
  const self = pageLink(query, continuation && token);
  const month = await monthOfLines(context, query, continuation);
  if (month === undefined || !hasLines(query)) return page([], self);

  const size = continuation?.size ?? query.size ?? lineItemPageLimit;
  const lines = await loadLines(db, partner.partnerId, {
    ...month,
    after: continuation?.after,
    lastId: continuation && lastIdOf(continuation.readAt),
    // A walk that began before the invoice was made goes on to its end.
    onlyUnbilled: !("invoiceId" in query.of) && continuation === undefined,
    limit: size + 1,
  });
  const shown = lines.slice(0, size);
  const invoiceId = "invoiceId" in query.of ? query.of.invoiceId : undefined;
  const items = shown.map((row) => lineItem(row, partner, invoiceId));
  const after = shown.at(-1);
  if (after === undefined || lines.length === shown.length) return page(items, self);
  const readAt = continuation?.readAt ?? (await endOfThisMillisecond());
  const next = sealContinuation(seal, { size, month: month.period, after, readAt });
  return page(items, self, { token: next, link: pageLink({ ...query, size }, next) });
}

/**
 * Answers the machine's time when it is over. Ids of lines begin with the millisecond in which
 * they were made, so what is recorded after the answer is told from what the first page could see.
 * A counter would do the same, but its lock let purchases of one partner wait for each other: 240
 * transactions a second in place of 550, with 8 clients on 2 busy cores.
 */
export async function endOfThisMillisecond(): Promise<number> {
  const now = systemNow().getTime();
  while (systemNow().getTime() === now) await setImmediate();
  return now;
}

/** The token read; refuses with INVALID_INPUT one that was not given out for this query. */
function readContinuation(
  seal: Seal,
  { size }: LineQuery,
  seekOperation: "Next" | undefined,
  token: string | undefined,
): Continuation | undefined {
  if (token === undefined) {
    if (seekOperation === undefined) return undefined;
    return refuse("INVALID_INPUT", "seekOperation=Next needs the header MS-ContinuationToken");
  }
  const continuation = openContinuation(seal, token);
  if (!continuation || (size !== undefined && size !== continuation.size)) {
    return refuse("INVALID_INPUT", "the MS-ContinuationToken was not given out for this query");
  }
  return continuation;
}

/** Where the lines are to be found; undefined where the invoice is in another currency. */
async function monthOfLines(
  context: Context,
  { of }: LineQuery,
  continuation: Continuation | undefined,
): Promise<Pick<LinePage, "currency" | "period" | "amendment"> | undefined> {
  if ("month" in of) {
    const period = continuation?.month ?? periodAt(of.month, context.now);
    return { currency: of.currency, period, amendment: undefined };
  }
  const invoice = await requireInvoice(context, of.invoiceId);
  const { currency, period } = invoice;
  if ((of.currency ?? currency) !== currency) return undefined;
  return { currency, period, amendment: ownLinesOf(invoice) };
}

/** The link to a page; every page but the first needs its token as a header. */
function pageLink(query: LineQuery, token: string | undefined): Link {
  if (token === undefined) return link(lineItemsUri(query));
  const headers = [{ key: "MS-ContinuationToken", value: token }];
  return link(lineItemsUri(query, "Next"), "GET", headers);
}

/** Clients test the token in the body and then follow the link: a page has both or neither. */
function page(items: LineItem[], self: Link, next?: { token: string; link: Link }) {
  return {
    totalCount: items.length,
    items,
    ...(next && { continuationToken: next.token }),
    links: { self, ...(next && { next: next.link }) },
    attributes: { objectType: "Collection" },
  };
}
