/** Reads a list of line items to its end, as a client does: with the token of each page. */
import type { Context } from "../../../foundation/partner.ts";
import type { LineParameters } from "../line-query.ts";
import { listLineItems } from "../use-cases/line-items.ts";

type Page = Awaited<ReturnType<typeof listLineItems>>;

export const purchases = { provider: "onetime", invoiceLineItemType: "billinglineitems" } as const;

/** All pages; `between` is called after each page that another one follows. */
export async function walk(
  context: Context,
  parameters: LineParameters,
  between: () => Promise<Context | undefined> = async () => undefined,
): Promise<Page[]> {
  const pages = [await listLineItems(context, parameters)];
  let current = context;
  for (;;) {
    const token = pages.at(-1)?.continuationToken;
    if (token === undefined) return pages;
    current = (await between()) ?? current;
    const next = { ...parameters, seekOperation: "Next", "MS-ContinuationToken": token } as const;
    pages.push(await listLineItems(current, next));
  }
}

export async function allLines(context: Context, parameters: LineParameters) {
  return (await walk(context, parameters)).flatMap((page) => page.items);
}
