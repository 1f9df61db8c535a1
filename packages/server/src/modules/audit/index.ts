/** The audit trail: who changed what, and when. Appended, never changed. */
export { type AuditEntry, appendAudit } from "./store.ts";
