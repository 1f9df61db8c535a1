/** The file is none of the layouts that can be read. Nothing of it was yielded. */
export class NotASheetError extends Error {
  override name = "NotASheetError";
}

/**
 * A sheet that cannot be read to its end: a quote never closed, JSON cut off or malformed, a
 * record beyond all measure. The rows before that place were yielded; an importer undoes them.
 */
export class DamagedSheetError extends Error {
  override name = "DamagedSheetError";
}

/** A value as a message quotes it: cut at 60 characters, so that a message stays a sentence. */
export function quoted(value: string): string {
  return value.length > 60 ? `"${value.slice(0, 57)}..."` : `"${value}"`;
}
