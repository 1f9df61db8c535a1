import { agreementTemplates, countryRules } from "@kontor/contract";
import { beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type TestServer, testServer } from "../../../../test/harness.ts";
import { businessRows, newCustomer, offerOf } from "../../../../test/shop.ts";
import { addMs, systemNow } from "../../../foundation/clock.ts";
import { randomId } from "../../../foundation/ids.ts";
import { limits } from "../../../foundation/limits.ts";
import { readLink, signLink } from "../../../foundation/signed-link.ts";
import { wantedCustomer, wantedReseller } from "../test-support/wanted.ts";
import { documentLinkPurpose, documentsPath } from "./document.ts";
import { languagesOf } from "./languages.ts";
import { loadAccepted } from "./store.ts";

const server = await testServer();
let foreignToken = "";
beforeAll(async () => {
  const other = await server.call("POST", "/_kontor/partners", { token: "none" });
  foreignToken = await server.signIn("user", other.body);
});

const confirmation = {
  primaryContact: { firstName: "Ada", lastName: "Coleman", email: "ada@fabrikam.example" },
  templateId: agreementTemplates.MicrosoftCustomerAgreement,
  dateAgreed: "2026-01-01",
  type: "MicrosoftCustomerAgreement",
};
const confirm = (id: string, body: unknown = confirmation, options: CallOptions = {}) =>
  server.call("POST", `/v1/customers/${id}/agreements`, { body, ...options });
const list = async (id: string, query: string) =>
  (await server.call("GET", `/v1/customers/${id}/agreements${query}`)).body.items;
const isAccepted = async (id: string) =>
  (await loadAccepted(server.database, server.partnerId, [id])).has(id);
const standing = (id: string, body: unknown) =>
  server.call("POST", `/_kontor/customers/${id}/standing`, { body });

describe("confirmations", () => {
  test("are made by a user, and listed by type", async () => {
    const id = await newCustomer(server);
    expect(await isAccepted(id)).toBe(false);
    const made = await confirm(id);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      primaryContact: confirmation.primaryContact,
      templateId: confirmation.templateId,
      type: "MicrosoftCustomerAgreement",
      userId: expect.stringMatching(/^[\da-f-]{36}$/),
    });
    expect(await isAccepted(id)).toBe(true);
    expect(await list(id, "")).toEqual([]);
    expect(await list(id, "?agreementType=MicrosoftCustomerAgreement")).toMatchObject([
      { dateAgreed: "2026-01-01T00:00:00", agreementLink: expect.any(String) },
    ]);
    expect(await list(id, "?agreementType=*")).toHaveLength(1);
  });

  test("of the older kind open no purchase, and are what a list without a type shows", async () => {
    const id = await newCustomer(server);
    const older = {
      ...confirmation,
      type: "MicrosoftCloudAgreement",
      templateId: agreementTemplates.MicrosoftCloudAgreement,
    };
    expect((await confirm(id, older)).status).toBe(201);
    expect(await isAccepted(id)).toBe(false);
    expect(await list(id, "")).toHaveLength(1);
  });

  test("by the same contact are made once, even at the same moment", async () => {
    const id = await newCustomer(server);
    const before = await businessRows(server);
    const answers = await Promise.all([confirm(id), confirm(id), confirm(id)]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 400, 400]);
    const after = await businessRows(server);
    expect(after.agreement).toBe((before.agreement ?? 0) + 1);
    expect(after.audit_record).toBe((before.audit_record ?? 0) + 1);
    const contact = { ...confirmation.primaryContact, phoneNumber: "1" };
    expect((await confirm(id, { ...confirmation, primaryContact: contact })).status).toBe(201);
  });

  test("that repeat are refused in the extended form of a fault", async () => {
    const id = await newCustomer(server);
    await confirm(id);
    const { status, body } = await confirm(id);
    expect(status).toBe(400);
    expect(body).toEqual({
      code: 600061,
      description: expect.stringContaining("ada@fabrikam.example"),
      data: [],
      source: "Kontor",
      message: expect.stringMatching(/./),
      errorName: "PartnerConfirmedAgreementAlreadyExists",
      isRetryable: false,
      parameters: {},
      errorMessageExtended: "InternalErrorCode=600061",
    });
  });

  test.each<[string, object, number]>([
    ["no contact", { ...confirmation, primaryContact: null }, 800002],
    ["a date that is none", { ...confirmation, dateAgreed: "soon" }, 800002],
    ["an unknown type", { ...confirmation, type: "Other" }, 900126],
    ["another template", { ...confirmation, templateId: randomId() }, 800002],
  ])("with %s are refused and leave nothing", async (_name, body, code) => {
    const id = await newCustomer(server);
    const before = await businessRows(server);
    const answer = await confirm(id, body);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
    expect(answer.body).not.toHaveProperty("errorName");
    expect(await businessRows(server)).toEqual(before);
  });

  test("need a user, and a customer of the partner", async () => {
    const id = await newCustomer(server);
    const before = await businessRows(server);
    expect((await confirm(id, confirmation, { token: "app" })).body.code).toBe(900329);
    expect((await confirm(id, confirmation, { token: foreignToken })).body.code).toBe(60003);
    expect((await confirm("x")).body.code).toBe(2000);
    expect(await businessRows(server)).toEqual(before);
  });
});

test("reads need a user, and those of a customer the partner's own", async () => {
  const id = await newCustomer(server);
  const template = agreementTemplates.MicrosoftCustomerAgreement;
  const paths = ["/agreements", `/agreementtemplates/${template}/document`];
  const own = ["agreements", "directSignedMicrosoftCustomerAgreementStatus"].map(
    (name) => `/customers/${id}/${name}`,
  );
  for (const path of [...paths, ...own]) {
    expect((await server.call("GET", path, { token: "app" })).body.code, path).toBe(900329);
  }
  for (const path of own) {
    const foreign = await server.call("GET", path, { token: foreignToken });
    expect([foreign.status, foreign.body.code], path).toEqual([404, 60003]);
  }
  expect((await server.call("GET", "/customers/x/agreements")).body.code).toBe(2000);
});

describe("templates", () => {
  const metaData = (query: string) => server.call("GET", `/v1/agreements${query}`);

  test.each([
    ["", ["998b88de-aa99-4388-a42c-1b3517d49490"]],
    ["?agreementType=microsoftCustomerAgreement", ["117a77b0-9360-443b-8795-c6dedc750cf9"]],
    [
      "?agreementType=*",
      ["998b88de-aa99-4388-a42c-1b3517d49490", "117a77b0-9360-443b-8795-c6dedc750cf9"],
    ],
  ])("of the query '%s' are listed with a link and a rank", async (query, ids) => {
    const { status, body } = await metaData(query);
    expect([status, body.totalCount]).toEqual([200, ids.length]);
    expect(body.items.map((item: { templateId: string }) => item.templateId)).toEqual(ids);
    expect(body.items[0]).toMatchObject({
      agreementLink: expect.stringMatching(/^https:/),
      versionRank: 0,
    });
  });

  test("of an unknown type are refused", async () => {
    const unknown = await metaData("?agreementType=x");
    expect([unknown.status, unknown.body.code]).toEqual([400, 900126]);
    const long = await metaData(`?agreementType=${"x".repeat(61)}`);
    expect([long.status, long.body.code]).toEqual([400, 800002]);
  });
});

describe("documents", () => {
  const template = agreementTemplates.MicrosoftCustomerAgreement;
  const ask = (query = "", id: string = template) =>
    server.call("GET", `/v1/agreementtemplates/${id}/document${query}`);
  const open = (uri: string) => {
    const { pathname, search } = new URL(uri);
    return server.call("GET", pathname + search, { token: "none" });
  };

  test("are a PDF to look at and one to download, without a token", async () => {
    const { status, body } = await ask("?language=de-de&country=DE");
    expect(status).toBe(200);
    expect(body).toEqual({
      displayUri: expect.stringMatching(/^http:/),
      downloadUri: expect.stringMatching(/^http:/),
      language: "de-DE",
      country: "DE",
    });
    const shown = await open(body.displayUri);
    expect([shown.status, shown.headers["content-type"]]).toEqual([200, "application/pdf"]);
    expect(shown.headers["content-disposition"]).toMatch(/^inline; filename="[\w-]+\.pdf"$/);
    expect(shown.raw.subarray(0, 5).toString()).toBe("%PDF-");
    expect(shown.headers["content-length"]).toBe(`${shown.raw.length}`);
    const saved = await open(body.downloadUri);
    expect(saved.headers["content-disposition"]).toMatch(/^attachment; filename="/);
  });

  test("have the defaults en-US and US", async () => {
    expect((await ask()).body).toMatchObject({ language: "en-US", country: "US" });
  });

  test.each([
    ["?country=FR&language=fr-FR", "fr-FR"],
    ["?country=FR&language=de-DE", "en-US"],
    ["?country=GB&language=fr-FR", "en-US"],
    ["?country=TW&language=zh-hk", "zh-HK"],
    ["?country=BE&language=nl-NL", "nl-NL"],
    ["?country=RS&language=sr-Latn-RS", "sr-Latn-RS"],
  ])("of %s are in %s", async (query, language) => {
    expect((await ask(query)).body.language).toBe(language);
  });

  test("have in every country en-US and at most one other language", () => {
    const pairs = [...countryRules.keys()].map((country) => languagesOf(country));
    expect(pairs.every(([first, ...others]) => first === "en-US" && others.length <= 1)).toBe(true);
    expect(pairs.filter((languages) => languages.length === 2)).toHaveLength(91);
  });

  test.each([
    ["an unknown template", "", randomId(), 404, 1000],
    ["a template in capital letters", "", template.toUpperCase(), 404, 1000],
    ["a country in small letters", "?country=us", template, 400, 3000],
    ["a country that is none", "?country=ZZ", template, 400, 3000],
    ["a language that is too long", `?language=${"x".repeat(21)}`, template, 400, 800002],
  ])("of %s are refused", async (_case, query, id, status, code) => {
    const answer = await ask(query, id);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test("have new links on each call, good for five minutes and for nothing else", async () => {
    const { secret } = server.installation;
    const [first, second] = [(await ask()).body.displayUri, (await ask()).body.displayUri];
    expect(first).not.toBe(second);
    const token = new URL(first).pathname.split("/").at(-1) ?? "";
    const link = readLink(documentLinkPurpose, token, secret, systemNow());
    const left = typeof link === "string" ? 0 : link.expiresAt.getTime() - systemNow().getTime();
    expect(left).toBeGreaterThan(290_000);
    expect(left).toBeLessThanOrEqual(limits.agreementLinkSeconds * 1000);
    const parts = [template, "en-US", "US", "nonce"];
    const forged = [
      signLink(documentLinkPurpose, parts, addMs(systemNow(), -1000), secret),
      signLink("download", parts, addMs(systemNow(), 60_000), secret),
      `${token}x`,
      `x${token}`,
    ];
    for (const bad of forged) {
      const answer = await open(`http://localhost${documentsPath}/${bad}`);
      expect([answer.status, answer.body.code], bad).toEqual([404, 1000]);
    }
  });
});

describe("a direct signature", () => {
  const status = (id: string) =>
    server.call("GET", `/v1/customers/${id}/directSignedMicrosoftCustomerAgreementStatus`);

  test("is the customer's own, and opens purchases like a confirmation", async () => {
    const id = await newCustomer(server);
    expect((await status(id)).body).toEqual({ isSigned: false });
    await confirm(id);
    expect((await status(id)).body).toEqual({ isSigned: false });
    const other = await newCustomer(server);
    expect((await standing(other, { directSignature: true })).body.directSignature).toBe(true);
    expect((await status(other)).body).toEqual({ isSigned: true });
    expect(await isAccepted(other)).toBe(true);
    await standing(other, { directSignature: false });
    expect((await status(other)).body).toEqual({ isSigned: false });
    expect(await isAccepted(other)).toBe(false);
  });
});

describe("purchases", () => {
  const { catalogItemId } = offerOf("perpetual_software");

  /** What order and checkout of a customer that accepted the agreement answer. */
  async function buy(on: TestServer, id: string) {
    await on.call("POST", `/v1/customers/${id}/agreements`, { body: confirmation });
    const cart = await on.call("POST", `/v1/customers/${id}/carts`, {
      body: { lineItems: [{ catalogItemId, quantity: 1 }] },
    });
    expect(cart.status).toBe(201);
    const before = await businessRows(server);
    const answers = [
      await on.call("POST", `/v1/customers/${id}/carts/${cart.body.id}/checkout`),
      await on.call("POST", `/v1/customers/${id}/orders`, {
        body: { lineItems: [{ offerId: catalogItemId, quantity: 1 }] },
      }),
    ];
    return { answers, before };
  }

  test("need the partner's own agreement, neither order nor cart without it", async () => {
    const made = await server.call("POST", "/_kontor/partners", {
      token: "none",
      body: { partnerAgreement: false },
    });
    const token = await server.signIn("user", made.body);
    const other: TestServer = {
      ...server,
      call: (method, path, options = {}) => server.call(method, path, { token, ...options }),
    };
    const { answers, before } = await buy(other, await newCustomer(other));
    for (const { status, body } of answers) expect([status, body.code]).toEqual([403, 900124]);
    expect(await businessRows(server)).toEqual(before);
  });

  test.each([true, false])(
    "through an indirect reseller need its agreement: signed %s",
    async (isAgreementSigned) => {
      const reseller = await server.call("POST", "/v1/sandboxIndirectReseller", {
        body: { ...wantedReseller(), isAgreementSigned },
      });
      const customer = await server.call("POST", "/v1/customers", {
        body: { ...wantedCustomer(), associatedPartnerId: reseller.body.accountId },
      });
      expect(customer.status).toBe(201);
      const { answers, before } = await buy(server, customer.body.id);
      if (isAgreementSigned) {
        expect(answers.map(({ status }) => status)).toEqual([201, 201]);
        return;
      }
      for (const { status, body } of answers) expect([status, body.code]).toEqual([403, 900123]);
      expect(await businessRows(server)).toEqual(before);
    },
  );
});
