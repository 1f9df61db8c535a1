import { addMs, systemNow } from "../../../foundation/clock.ts";
import { refuse } from "../../../foundation/errors.ts";
import { link } from "../../../foundation/http/links.ts";
import { limits } from "../../../foundation/limits.ts";
import type { Context } from "../../../foundation/partner.ts";
import { downloadsPath } from "../downloads/routes.ts";
import { signGrant } from "../downloads/signed-link.ts";
import { downloadsOf, type Place } from "./discovery.ts";

/**
 * An absolute link to one download, good for `limits.downloadLinkSeconds` of the machine's time
 * from its making. Refuses an unknown option key: NOT_FOUND.
 */
export async function getDownloadLink(
  context: Context,
  place: Place,
  ids: { productId: string; skuId: string; optionKey: string },
) {
  const options = await downloadsOf(context, place, ids);
  const option = options.find(({ optionKey }) => optionKey === ids.optionKey);
  if (!option) return refuse("NOT_FOUND", `there is no download option ${ids.optionKey}`);
  const { productId, skuId, optionKey } = option;
  const expiresAt = addMs(systemNow(), limits.downloadLinkSeconds * 1000);
  const grant = { productId, skuId, optionKey, expiresAt };
  const token = signGrant(grant, context.installation.secret);
  return link(`${context.origin}${downloadsPath}/${token}`);
}
