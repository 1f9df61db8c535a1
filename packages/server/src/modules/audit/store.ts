/** SQL of the audit trail. */
import { type Db, sql } from "../../foundation/database/sql.ts";
import { derivedId, newId } from "../../foundation/ids.ts";
import type { Caller, Context, Partner } from "../../foundation/partner.ts";
import { type AuditEntry, withoutSecrets } from "./audit.ts";

/** Who does what, and when. */
type Doing = Pick<Context, "caller" | "partner" | "requestId" | "correlationId" | "now">;

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
  const { caller, partner } = context;
  const newValue =
    entry.newValue === undefined ? null : JSON.stringify(withoutSecrets(entry.newValue));
  await tx.query(sql`
    INSERT INTO audit_record (partner_id, audit_id, customer_id, resource_type, operation_type,
      resource_id, new_value, caller_kind, caller_name, application_id, request_id,
      correlation_id, occurred_at)
    VALUES (${partner.partnerId}, ${newId()}, ${entry.customerId ?? null}, ${entry.resourceType},
      ${entry.operationType}, ${entry.resourceId}, ${newValue}, ${caller.kind},
      ${caller.userName ?? null}, ${caller.applicationId}, ${context.requestId},
      ${context.correlationId}, ${context.now})`);
}
