/** Text taken apart: letters with their marks, and the pieces between which a line may end. */

/** Letters that every Latin font has, so that only other text is looked up. */
export const plainLatin = /^[\u0020-\u007e\u00a1-\u017f]*$/;

/** Writing without spaces between words. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });
const words = new Intl.Segmenter("en", { granularity: "word" });

/** Each letter with its marks: never half a surrogate pair, an accent alone or half a conjunct. */
export function lettersOf(text: string): string[] {
  if (plainLatin.test(text)) return Array.from(text);
  return Array.from(letters.segment(text), ({ segment }) => segment);
}

/** What stays together on a line, and whether a space stands before it. */
export type Piece = Readonly<{ text: string; spaced: boolean }>;

/** A cleaned text in pieces: words, in writing without spaces by the dictionary of the runtime. */
export function piecesOf(text: string): Piece[] {
  if (text === "") return [];
  return text.split(" ").flatMap((word, index) =>
    (unspaced.test(word) ? partsOf(word) : [word]).map((part, place) => ({
      text: part,
      spaced: index > 0 && place === 0,
    })),
  );
}

/** Signs stay with the word before them, opening ones with the word behind them. */
function partsOf(word: string): string[] {
  const parts: string[] = [];
  let open = "";
  for (const { segment, isWordLike } of words.segment(word)) {
    if (/^\p{Ps}$/u.test(segment)) {
      open += segment;
    } else if (isWordLike || parts.length === 0) {
      parts.push(open + segment);
      open = "";
    } else {
      parts.push(`${parts.pop() ?? ""}${open}${segment}`);
      open = "";
    }
  }
  return open === "" ? parts : [...parts, open];
}
