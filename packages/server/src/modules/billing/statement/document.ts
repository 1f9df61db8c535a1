/** The PDF file around the pages: its fonts, its description of itself, its language. */

import PDFDocument from "pdfkit";
import type { Fonts } from "./fonts.ts";
import { plainLatin } from "./letters.ts";
import type { Statement } from "./model.ts";
import type { Measure, TextStyle } from "./page.ts";
import { type Run, visualRuns } from "./runs.ts";
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
  for (const [name, font] of fonts.all) {
    doc.registerFont(name, font as unknown as Uint8Array);
  }
  escapeMetadata(doc);
  return doc;
}

/** The runs of a line, from left to right, in the fonts of the document. */
export function runsOf(fonts: Fonts, text: string, style: TextStyle, rtl: boolean): Run[] {
  if (plainLatin.test(text)) {
    return text === "" ? [] : [{ text, font: style.bold ? "bold" : "regular", shown: true }];
  }
  return visualRuns(text, rtl, (letter) => fonts.choose(letter, style));
}

/** The widths of the very fonts that draw, kerning included. */
export function measureWith(doc: PDFKit.PDFDocument, fonts: Fonts): Measure {
  // The direction moves runs and changes no width.
  return (text, style) =>
    runsOf(fonts, text, style, false).reduce(
      (width, run) => width + doc.font(run.font, style.size).widthOfString(run.text),
      0,
    );
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
