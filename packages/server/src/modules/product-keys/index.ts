/** Keys of software: made with the order, stored sealed, opened for one answer alone. */
export { issueProductKeys, readProductKey } from "./use-cases.ts";
