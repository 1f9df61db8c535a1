/** The document of an agreement template: which one a request means, and the PDF itself. */
import { agreementTemplates, agreementTypes, culturesByCountry } from "@kontor/contract";
import PDFDocument from "pdfkit";
import { refuse } from "../../../foundation/errors.ts";
import { type AgreementType, agreementLink } from "./agreement.ts";
import { languagesOf } from "./languages.ts";

/** What is signed into a link to a document, besides its parts: template, language, country. */
export const documentLinkPurpose = "agreement-document";

/** Where links to documents lead: not part of the contract. */
export const documentsPath = "/_kontor/agreements";

interface TemplateRequest {
  templateId: string;
  type: AgreementType;
  /** One that the template has in the country. */
  language: string;
  country: string;
}

/**
 * Reads what document is asked for. The template's id and the country count with their case, as
 * documented; a language that the country lacks becomes `en-US`.
 *
 * @throws Refusal NOT_FOUND for no such template, INVALID_PROPERTY for no such country
 */
export function readTemplateRequest(
  templateId: string,
  given: { language?: string; country?: string },
): TemplateRequest {
  const type = agreementTypes.find((candidate) => agreementTemplates[candidate] === templateId);
  if (type === undefined)
    return refuse("NOT_FOUND", `there is no agreement template ${templateId}`);
  const country = given.country ?? "US";
  if (!culturesByCountry.has(country)) {
    refuse("INVALID_PROPERTY", `country ${country} is no ISO 3166 code in capital letters`);
  }
  const wanted = given.language?.trim().toLowerCase();
  const language = languagesOf(country).find((known) => known.toLowerCase() === wanted);
  return { templateId, type, language: language ?? "en-US", country };
}

const pageWidth = 595;
const margin = 72;

/** A PDF of one page that says what it stands for: Kontor has none of the vendor's texts. */
export function templateDocument(request: TemplateRequest): Promise<Buffer> {
  const { templateId, type, language, country } = request;
  const doc = new PDFDocument({
    size: "A4",
    margin,
    info: { Title: `Stand-in for the ${type}`, Creator: "Kontor" },
  });
  const pieces: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on("data", (piece: Buffer) => pieces.push(piece));
    doc.on("end", () => resolve(Buffer.concat(pieces)));
    doc.on("error", reject);
  });
  const width = pageWidth - 2 * margin;
  doc.font("Helvetica-Bold").fontSize(18).text("Stand-in for an agreement", { width });
  doc.moveDown();
  doc.font("Helvetica").fontSize(11);
  doc.text(
    "Kontor made this page in place of an agreement template. It holds no terms, binds nobody, " +
      "and is not to be signed.",
    { width },
  );
  doc.moveDown();
  for (const [name, value] of [
    ["Agreement", type],
    ["Template", templateId],
    ["Country", country],
    ["Language", language],
  ]) {
    doc.text(`${name}: ${value}`, { width });
  }
  doc.moveDown();
  doc.text(`The vendor publishes the text that counts at ${agreementLink}`, { width });
  doc.end();
  return done;
}

export function documentName({ type, country, language }: TemplateRequest): string {
  return `${type}-${country}-${language}.pdf`;
}
