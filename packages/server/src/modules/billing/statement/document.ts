/** The PDF file around the pages: its fonts, its description of itself, its language. */

import PDFDocument from "pdfkit";
import type { Fonts } from "./fonts.ts";
import type { Statement } from "./model.ts";
import type { Measure, TextStyle } from "./page.ts";
import { cleanText } from "./text.ts";
import { pageSize } from "./theme.ts";
import { documentName, productName } from "./wording.ts";

/** An open file with no page yet. Its date and identity come from the statement alone. */
export function openDocument(statement: Statement, fonts: Fonts): PDFKit.PDFDocument {
  const doc = new PDFDocument({
    pdfVersion: "1.7",
    size: [pageSize.width, pageSize.height],
    // The layout keeps the margins. One of pdfkit's own could only make it add pages.
    margin: 0,
    autoFirstPage: false,
    font: "",
    tagged: true,
    displayTitle: true,
    lang: "en",
    info: {
      Title: cleanText(documentName(statement)),
      Author: cleanText(statement.issuer.name),
      Subject: cleanText(`${documentName(statement)} for ${statement.billTo.name}`),
      Creator: productName,
      CreationDate: statement.invoiceDate,
      ModDate: statement.invoiceDate,
    },
  });
  // Since 0.20 pdfkit takes parsed fonts; the published types still ask for their bytes.
  doc.registerFont("regular", fonts.regular as unknown as Uint8Array);
  doc.registerFont("bold", fonts.bold as unknown as Uint8Array);
  escapeMetadata(doc);
  return doc;
}

/** Selects a style's font and size for what is drawn or measured next. */
export function selectStyle(doc: PDFKit.PDFDocument, style: TextStyle): void {
  doc.font(style.bold ? "bold" : "regular", style.size);
}

/** The widths of the very fonts that draw, kerning included. */
export function measureWith(doc: PDFKit.PDFDocument): Measure {
  return (text, style) => {
    selectStyle(doc, style);
    return doc.widthOfString(text);
  };
}

/**
 * pdfkit copies the description into XML as it is, so that "A & B" would give a broken document.
 * It does so last, after the plain form has been written, hence the switch in between.
 */
function escapeMetadata(doc: PDFKit.PDFDocument): void {
  const writeXml = doc.endMetadata.bind(doc);
  doc.endMetadata = () => {
    const { info } = doc;
    doc.info = {
      ...info,
      Title: escapeXml(info.Title ?? ""),
      Author: escapeXml(info.Author ?? ""),
      Subject: escapeXml(info.Subject ?? ""),
    };
    writeXml();
  };
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
