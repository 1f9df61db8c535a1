/** The part of bidi-js that the statement uses; its own types fit no CommonJS module. */
declare module "bidi-js" {
  export type Embedding = {
    /** One for each UTF-16 unit; odd where it runs from right to left. */
    readonly levels: Uint8Array;
    readonly paragraphs: readonly { readonly level: number }[];
  };

  export type Bidi = {
    getEmbeddingLevels(text: string, base: "ltr" | "rtl" | "auto"): Embedding;
    /** The places of the units from left to right. */
    getReorderedIndices(text: string, embedding: Embedding): number[];
    /** The units that are mirrored, by their places. */
    getMirroredCharactersMap(text: string, levels: Uint8Array): Map<number, string>;
  };

  export default function bidiFactory(): Bidi;
}
