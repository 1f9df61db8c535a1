/** A typed client of the Partner Center REST API: works against Kontor and the vendor's service. */
export { type Credentials, type SignIn, signIn, type Token } from "./auth.ts";
export {
  type Client,
  type ClientOptions,
  createClient,
  type Observed,
  type RequestOptions,
} from "./client.ts";
export { RequestFailed, ServiceFault } from "./errors.ts";
export { exportLines, type WantedLines } from "./exports.ts";
export { allItems, type Page } from "./paging.ts";
