/** The audit trail: who changed what, and when. Appended, never changed. */
export { appendAudit, appendAudits, ownDoing } from "./store.ts";
