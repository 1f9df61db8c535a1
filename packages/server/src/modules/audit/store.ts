/** SQL of the audit trail. */
import { type Db, sql } from "../../foundation/database/sql.ts";
import { derivedId, newId } from "../../foundation/ids.ts";
import type { Caller, Context, Partner } from "../../foundation/partner.ts";
import { type AuditEntry, withoutSecrets } from "./audit.ts";

/** Who does what, and when. */
export type Doing = Pick<Context, "caller" | "partner" | "requestId" | "correlationId" | "now">;

/** What Kontor does by itself because its time has come: nobody calls. */
export function ownDoing(partner: Partner, now: Date): Doing {
  const { partnerId } = partner;
  const applicationId = derivedId("application", "kontor");
  const caller: Caller = {
    partnerId,
    kind: "app",
    objectId: applicationId,
    applicationId,
    userName: undefined,
    roles: [],
  };
  return { caller, partner, requestId: newId(), correlationId: newId(), now };
}

/** Appends the record of one effect, in the effect's own transaction. Secrets are dropped. */
export async function appendAudit(tx: Db, context: Doing, entry: AuditEntry): Promise<void> {
  await appendAudits(tx, context.partner, [{ context, entry }]);
}

/** The same for the effects of several doings of one partner, in one statement. */
export async function appendAudits(
  tx: Db,
  { partnerId }: Partner,
  records: readonly { context: Doing; entry: AuditEntry }[],
): Promise<void> {
  if (records.length === 0) return;
  const column = <T>(of: (context: Doing, entry: AuditEntry) => T): T[] =>
    records.map(({ context, entry }) => of(context, entry));
  await tx.query(sql`
    INSERT INTO audit_record (partner_id, audit_id, customer_id, resource_type, operation_type,
      resource_id, new_value, caller_kind, caller_name, application_id, request_id,
      correlation_id, occurred_at)
    SELECT ${partnerId}::uuid, *
    FROM unnest(
      ${column(newId)}::uuid[],
      ${column((_context, entry) => entry.customerId ?? null)}::uuid[],
      ${column((_context, entry) => entry.resourceType)}::text[],
      ${column((_context, entry) => entry.operationType)}::text[],
      ${column((_context, entry) => entry.resourceId)}::text[],
      ${column((_context, entry) => recordedValue(entry))}::jsonb[],
      ${column(({ caller }) => caller.kind)}::text[],
      ${column(({ caller }) => caller.userName ?? null)}::text[],
      ${column(({ caller }) => caller.applicationId)}::text[],
      ${column(({ requestId }) => requestId)}::text[],
      ${column(({ correlationId }) => correlationId)}::text[],
      ${column(({ now }) => now)}::timestamptz[])`);
}

function recordedValue({ newValue }: AuditEntry): string | null {
  return newValue === undefined ? null : JSON.stringify(withoutSecrets(newValue));
}
