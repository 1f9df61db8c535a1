/** A started Kontor with one of everything, and the answers that the examples are held against. */
import { join } from "node:path";
import { type KontorProcess, startKontor, temporaryFolder } from "../kontor-process.ts";
import { exchange, type RawAnswer, type RawRequest } from "./raw-http.ts";

export interface World {
  kontor: KontorProcess;
  token: string;
  /** A customer of the seed, with agreement and a registered subscription. */
  customerId: string;
  subscriptionId: string;
  /** Catalog items that the customer can buy. */
  software: string;
  term: string;
  reservation: string;
  send(request: RawRequest): Promise<RawAnswer>;
  /** A call with the user's token and JSON; fails unless it succeeds. */
  call(method: string, path: string, body?: unknown): Promise<RawAnswer["json"]>;
}

export async function startWorld(): Promise<World> {
  const kontor = await startKontor(join(await temporaryFolder(), "data"));
  const { url, partner, app, user } = kontor.ready;
  const form = new URLSearchParams({
    grant_type: "password",
    client_id: app.clientId,
    client_secret: app.clientSecret,
    username: user.name,
    password: user.password,
    resource: "https://api.partnercenter.microsoft.com",
  });
  const signedIn = await fetch(`${url}/${partner.domain}/oauth2/token`, {
    method: "POST",
    body: form,
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const send = (request: RawRequest) =>
    exchange(url, {
      ...request,
      headers: { Authorization: `Bearer ${token}`, ...request.headers },
    });
  const call = async (method: string, path: string, body?: unknown) => {
    const json = body === undefined ? {} : { "Content-Type": "application/json" };
    const answer = await send({
      method,
      target: path,
      headers: json,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.json;
  };
  const customers = await call("GET", "/v1/customers");
  const customerId = customers.items.find(
    (one: { companyProfile: { companyName: string } }) =>
      one.companyProfile.companyName === "Fabrikam",
  ).id;
  const subscriptions = await call("GET", `/v1/customers/${customerId}/subscriptions`);
  const subscriptionId = subscriptions.items.find(
    (one: { offerId: string }) => one.offerId === "MS-AZR-0145P",
  ).id;
  const own = `/v1/customers/${customerId}/subscriptions/${subscriptionId}`;
  await call("POST", `${own}/registrations`);
  const itemOf = async (view: string) => {
    const products = await call("GET", `/v1/products?country=US&targetView=${view}`);
    const product = `/v1/products/${products.items[0].id}`;
    const skus = await call("GET", `${product}/skus?country=US`);
    const path = `${product}/skus/${skus.items[0].id}/availabilities?country=US`;
    return (await call("GET", path)).items[0].catalogItemId as string;
  };
  return {
    kontor,
    token,
    customerId,
    subscriptionId,
    software: await itemOf("SoftwarePerpetual"),
    term: await itemOf("SoftwareSubscriptions"),
    reservation: await itemOf("AzureReservationsVM"),
    send,
    call,
  };
}
