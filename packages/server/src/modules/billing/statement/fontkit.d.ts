/** The part of fontkit that the statement uses; the package brings no types. */
declare module "fontkit" {
  export type ParsedFont = {
    /** Font units to the em. */
    readonly unitsPerEm: number;
    /** How far letters reach above the baseline, in font units. */
    readonly ascent: number;
    /** Whether the font can show a character. */
    hasGlyphForCodePoint(codePoint: number): boolean;
    /** The measures and glyphs of a run of text, in font units; glyph 0 stands for none. */
    layout(text: string): { advanceWidth: number; glyphs: readonly { id: number }[] };
    /** What places marks; no engine in a font without tables for it. Internal to fontkit. */
    readonly _layoutEngine: { engine?: { GPOSProcessor?: MarkProcessor | null } | null };
  };

  export type MarkProcessor = {
    applyAnchor(mark: unknown, anchor: unknown, place: number): void;
    /** Whether the rule applied. */
    applyLookup(type: number, table: unknown): boolean;
  };

  /** Parses the table of contents of a font file; the tables are read when first needed. */
  export function create(data: Uint8Array): ParsedFont;
}
