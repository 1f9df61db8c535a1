/** The part of fontkit that the statement uses; the package brings no types. */
declare module "fontkit" {
  export type ParsedFont = {
    /** Whether the font can show a character. */
    hasGlyphForCodePoint(codePoint: number): boolean;
    /** The measures and glyphs of a run of text, in font units. */
    layout(text: string): { advanceWidth: number };
  };

  /** Parses the table of contents of a font file; the tables are read when first needed. */
  export function create(data: Uint8Array): ParsedFont;
}
