/** The audit trail: who changed what, and when. Appended, never changed. */
export { appendAudit, ownDoing } from "./store.ts";
