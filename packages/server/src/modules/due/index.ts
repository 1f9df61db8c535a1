/** Work that makes new rows at a commerce time. */

export { dropWork, partnersWithDueWork, schedule } from "./store.ts";
export { type DueHandler, type DueHandlers, type DueWork, runDueWork } from "./use-cases.ts";
