import type { Context } from "../../foundation/partner.ts";
import { type KeyOwner, newProductKey, openKey, sealKey } from "./product-key.ts";
import { insertProductKeys, loadSealedKey } from "./store.ts";

type Line = Omit<KeyOwner, "partnerId">;

/**
 * Makes one key for each line. Called in the transaction that places the order: a line has its key
 * or does not exist, whatever races, and a repeated order makes no other.
 */
export async function issueProductKeys(context: Context, lines: readonly Line[]): Promise<void> {
  const { db, installation, partner } = context;
  const { partnerId } = partner;
  const keys = lines.map((line) => ({
    ...line,
    sealed: sealKey(newProductKey(), { partnerId, ...line }, installation.secret),
  }));
  await insertProductKeys(db, partnerId, keys);
}

/** The key of a line, in the clear; undefined where the line has none. */
export async function readProductKey(context: Context, line: Line): Promise<string | undefined> {
  const { db, installation, partner } = context;
  const { orderId, lineNumber } = line;
  const owner = { partnerId: partner.partnerId, orderId, lineNumber };
  const sealed = await loadSealedKey(db, owner.partnerId, orderId, lineNumber);
  return sealed && openKey(sealed, owner, installation.secret);
}
