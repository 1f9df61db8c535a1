/**
 * Reads back what a statement's bytes say, for tests. It knows just the PDF that pdfkit writes:
 * plain objects, deflated streams, two-byte fonts that carry their characters.
 */

import { inflateSync } from "node:zlib";

/** The lines of text of each page, in the order in which they were drawn. */
export function readPdfTexts(pdf: Buffer): string[][] {
  const objects = readObjects(pdf);
  return pagesOf(objects).map((page) => {
    const resources = dictionary(objects, refAfter(page, "Resources"));
    const fonts = new Map<string, string[]>();
    for (const [, name = "", font = ""] of resources.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const toUnicode = refAfter(dictionary(objects, font), "ToUnicode");
      fonts.set(name, readCharacters(streamOf(objects, toUnicode)));
    }
    return readContent(streamOf(objects, refAfter(page, "Contents")), fonts);
  });
}

/** The replacement texts that stand in the pages for what the fonts cannot show. */
export function readActualTexts(pdf: Buffer): string[] {
  const objects = readObjects(pdf);
  return pagesOf(objects).flatMap((page) => {
    const content = streamOf(objects, refAfter(page, "Contents"));
    return [...content.matchAll(/\/ActualText \(þÿ((?:\\.|[^\\)])*)\)/gs)].map(([, bytes = ""]) =>
      Buffer.from(withoutEscapes(bytes), "latin1").swap16().toString("utf16le"),
    );
  });
}

const escapes = new Map([..."nrtbf"].map((name, index) => [name, "\n\r\t\b\f".charAt(index)]));

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gs, (_, name: string) => escapes.get(name) ?? name);
}

/** How often the pages show the box that stands for a sign that a font lacks. */
export function countMissingSigns(pdf: Buffer): number {
  const objects = readObjects(pdf);
  const contents = pagesOf(objects).map((page) => streamOf(objects, refAfter(page, "Contents")));
  const codes = contents.flatMap((content) => [...content.matchAll(/<((?:[0-9a-f]{4})+)>/g)]);
  return codes.flatMap(([, hex = ""]) => hex.match(/.{4}/g) ?? []).filter((each) => each === "0000")
    .length;
}

function pagesOf(objects: Map<string, string>): string[] {
  const all = [...objects.values()];
  const kids = /\/Kids \[([^\]]*)\]/.exec(all.find((each) => each.includes("/Kids [")) ?? "");
  return refsIn(kids?.[1] ?? "").map((id) => dictionary(objects, id));
}

function readObjects(pdf: Buffer): Map<string, string> {
  const objects = new Map<string, string>();
  const form = /(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g;
  for (const [, id = "", body = ""] of pdf.toString("latin1").matchAll(form)) {
    objects.set(id, body);
  }
  return objects;
}

function bodyOf(objects: Map<string, string>, id: string): string {
  const body = objects.get(id);
  if (body === undefined) {
    throw new Error(`the file has no object ${JSON.stringify(id)}`);
  }
  return body;
}

function dictionary(objects: Map<string, string>, id: string): string {
  return bodyOf(objects, id).split("\nstream\n", 1).join("");
}

function streamOf(objects: Map<string, string>, id: string): string {
  const body = bodyOf(objects, id);
  const start = body.indexOf("stream\n") + "stream\n".length;
  const length = Number(/\/Length (\d+)/.exec(body)?.[1]);
  return inflateSync(Buffer.from(body.slice(start, start + length), "latin1")).toString("latin1");
}

function refsIn(text: string): string[] {
  return [...text.matchAll(/(\d+) 0 R/g)].map(([, id = ""]) => id);
}

function refAfter(text: string, key: string): string {
  return new RegExp(`/${key} (\\d+) 0 R`).exec(text)?.[1] ?? "";
}

/** The characters of each glyph of a font, by its number in the file. */
function readCharacters(cmap: string): string[] {
  const characters: string[] = [];
  for (const [, start = "", list = ""] of cmap.matchAll(/<(\w+)> <\w+> \[([^\]]*)\]/g)) {
    const entries = [...list.matchAll(/<([\w ]*)>/g)];
    for (const [index, [, units = ""]] of entries.entries()) {
      const codes = units.split(" ").map((unit) => Number.parseInt(unit, 16));
      characters[Number.parseInt(start, 16) + index] = String.fromCharCode(...codes);
    }
  }
  return characters;
}

function readContent(content: string, fonts: Map<string, string[]>): string[] {
  return [...content.matchAll(/BT\n([\s\S]*?)\nET/g)].map(([, operators = ""]) => {
    const font = fonts.get(/\/(F\d+) [\d.]+ Tf/.exec(operators)?.[1] ?? "") ?? [];
    const codes = [...operators.matchAll(/<([0-9a-f]+)>/g)].flatMap(
      ([, hex = ""]) => hex.match(/.{4}/g) ?? [],
    );
    const text = codes.map((code) => font[Number.parseInt(code, 16)] ?? "").join("");
    return text.trimEnd();
  });
}
