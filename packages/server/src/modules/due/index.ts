/** Work that makes new rows at a commerce time. */
export { type DueHandler, type DueHandlers, type DueWork, runDueWork } from "./use-cases.ts";
export { partnersWithDueWork, schedule } from "./store.ts";
