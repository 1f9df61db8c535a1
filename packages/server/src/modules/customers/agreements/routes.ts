import { agreementOperations } from "@kontor/contract";
import type { FastifyInstance } from "fastify";
import { systemNow } from "../../../foundation/clock.ts";
import { Refusal } from "../../../foundation/errors.ts";
import { bind } from "../../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../../foundation/http/links.ts";
import type { Installation } from "../../../foundation/partner.ts";
import { readLink } from "../../../foundation/signed-link.ts";
import { agreementMetaData, listedAgreementView, readAgreementType } from "./agreement.ts";
import {
  documentLinkPurpose,
  documentName,
  documentsPath,
  readTemplateRequest,
  templateDocument,
} from "./document.ts";
import {
  confirmAgreement,
  getAgreementDocument,
  getDirectSignStatus,
  listAgreements,
} from "./use-cases.ts";

const o = agreementOperations;

export const agreementRoutes = {
  listAgreementMetaData: bind(o.listAgreementMetaData, async (_context, { query }) =>
    collectionOf(
      agreementMetaData(readAgreementType(query.agreementType)),
      uriWith("/agreements", query),
    ),
  ),

  getAgreementDocument: bind(o.getAgreementDocument, (context, { params, query }) =>
    getAgreementDocument(context, params.templateId, query),
  ),

  listCustomerAgreements: bind(o.listCustomerAgreements, async (context, { params, query }) => {
    const agreements = await listAgreements(context, params.customerId, query.agreementType);
    const path = `/customers/${params.customerId}/agreements`;
    return collectionOf(agreements.map(listedAgreementView), uriWith(path, query));
  }),

  confirmCustomerAgreement: bind(o.confirmCustomerAgreement, (context, { params, body }) =>
    confirmAgreement(context, params.customerId, body),
  ),

  getDirectSignStatus: bind(o.getDirectSignStatus, (context, { params }) =>
    getDirectSignStatus(context, params.customerId),
  ),
};

interface AgreementDocumentParts {
  installation: Installation;
  /** The machine's time: links live as long for a partner whose clock stands still. */
  now?: () => Date;
}

/** Serves the documents behind links, without a token; NOT_FOUND for a forged or expired one. */
export function registerAgreementDocuments(
  app: FastifyInstance,
  { installation, now = systemNow }: AgreementDocumentParts,
): void {
  app.get<{ Params: { token: string } }>(`${documentsPath}/:token`, async (request, reply) => {
    const link = readLink(documentLinkPurpose, request.params.token, installation.secret, now());
    if (link === "expired") throw new Refusal("NOT_FOUND", "the link has expired");
    if (link === "forged") throw new Refusal("NOT_FOUND", "this is no link to a document");
    const [templateId = "", language = "", country = ""] = link.parts;
    const template = readTemplateRequest(templateId, { language, country });
    const content = await templateDocument(template);
    const disposition = request.url.includes("?download=") ? "attachment" : "inline";
    return reply
      .header("Content-Type", "application/pdf")
      .header("Content-Disposition", `${disposition}; filename="${documentName(template)}"`)
      .header("Content-Length", content.length)
      .header("Cache-Control", "private, no-store")
      .header("X-Content-Type-Options", "nosniff")
      .send(content);
  });
}
