/** Who is named as the reseller of a line, and whether the partner may name it. Pure. */
import { type ErrorKey, type LineErrorName, loose } from "@kontor/contract";

/** What the rule needs of the partner and of those it sells through. */
export interface Channel {
  /** The partner's own MPN id. */
  ownMpnId: string;
  /** The partner's resellers: a partner that has some is an indirect provider. */
  resellers: readonly { mpnId: string; name: string; signedAt: Date | null }[];
}

interface Named {
  participants?: readonly { key: string; value: string }[] | undefined;
  partnerIdOnRecord?: string | undefined;
}

type Refuse = (line: LineErrorName, fault: ErrorKey, text: string) => never;

/**
 * The MPN id of the reseller that a line names; undefined where it names none, which is fine.
 * `refuse` leaves with the reason why the one named cannot be on record.
 */
export function partnerOnRecord(named: Named, channel: Channel, refuse: Refuse) {
  const wanted = namedId(named, refuse);
  if (wanted === undefined) return undefined;
  const { ownMpnId, resellers } = channel;
  if (resellers.length === 0) {
    const text = "Only an indirect provider may name a reseller.";
    return refuse("ParticipantsIsNotSupportedForPartner", "INVALID_INPUT", text);
  }
  if (wanted === ownMpnId) {
    const text = `${wanted} is the MPN id of the provider itself.`;
    return refuse("InvalidInput", "PROVIDER_ON_RECORD", text);
  }
  const own = resellers.filter(({ mpnId }) => mpnId === wanted);
  if (own.length === 0) {
    const text = `No reseller of the partner has the MPN id ${wanted}.`;
    return refuse("InvalidInput", "RESELLER_NOT_FOUND", text);
  }
  if (own.every(({ signedAt }) => signedAt === null)) {
    const text = `The reseller ${own[0]?.name} has not signed the partner agreement.`;
    return refuse("InvalidInput", "RESELLER_AGREEMENT_MISSING", text);
  }
  return wanted;
}

/** True where a line names somebody, so that the partner's resellers have to be known. */
export function namesReseller({ participants = [], partnerIdOnRecord }: Named): boolean {
  return participants.length > 0 || partnerIdOnRecord !== undefined;
}

/** One reseller for each line; the initial `unknown` of the .NET client names nobody. */
function namedId({ participants = [], partnerIdOnRecord }: Named, refuse: Refuse) {
  const ids = new Set(partnerIdOnRecord === undefined ? [] : [partnerIdOnRecord.trim()]);
  for (const { key, value } of participants) {
    if (loose(key) === "unknown") continue;
    if (loose(key) !== "transactionreseller") {
      const text = `A participant must be the transaction_reseller, not ${key}.`;
      refuse("InvalidInput", "INVALID_INPUT", text);
    }
    ids.add(value.trim());
  }
  ids.delete("");
  if (ids.size > 1) refuse("InvalidInput", "INVALID_INPUT", "A line has one reseller.");
  const [id] = ids;
  return id;
}
