/** The audit trail: who changed what, and when. Appended, never changed. */
export { appendAudit, appendAudits, type Doing, ownDoing } from "./store.ts";
