/** Which family of fonts shows which writing. */

/** A package of one family, cut into files ("slices") of some characters each. */
export type Family = Readonly<{
  name: string;
  /** The one slice that holds its own script; undefined where numbered slices share it. */
  slice: string | undefined;
  /** The weight for bold text, 400 where the family has but one. */
  bold: 400 | 700;
}>;

const noto = (script: string): Family => ({
  name: `noto-sans-${script}`,
  slice: script,
  bold: 700,
});

const chinese: Family = { name: "noto-sans-sc", slice: undefined, bold: 700 };
const japanese: Family = { name: "kosugi", slice: undefined, bold: 400 };
const korean: Family = { name: "nanum-gothic", slice: undefined, bold: 700 };

const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

const byScript: readonly (readonly [letters: RegExp, family: Family])[] = [
  [/\p{Script_Extensions=Arabic}/u, noto("arabic")],
  [/\p{Script=Hebrew}/u, noto("hebrew")],
  [/\p{Script=Devanagari}/u, noto("devanagari")],
  [/\p{Script=Bengali}/u, noto("bengali")],
  [/\p{Script=Gurmukhi}/u, noto("gurmukhi")],
  [/\p{Script=Gujarati}/u, noto("gujarati")],
  [/\p{Script=Tamil}/u, noto("tamil")],
  [/\p{Script=Telugu}/u, noto("telugu")],
  [/\p{Script=Kannada}/u, noto("kannada")],
  [/\p{Script=Malayalam}/u, noto("malayalam")],
  [/\p{Script=Thai}/u, noto("thai")],
  [kana, japanese],
  [/\p{Script=Hangul}/u, korean],
];

const han = /\p{Script=Han}/u;

/** Chinese and Japanese share characters and differ in their forms: beside kana they are Japanese. */
export function isJapanese(text: string): boolean {
  return kana.test(text);
}

/** The families that may show a letter, best first, none for what the base font is best for. */
export function familiesFor(letter: string, japaneseForm: boolean): readonly Family[] {
  if (han.test(letter)) {
    return japaneseForm ? [japanese, chinese, korean] : [chinese, japanese, korean];
  }
  const own = byScript.find(([letters]) => letters.test(letter))?.[1];
  return own === undefined ? [] : [own];
}

/** The families to try for what the base font lacks: signs such as the wide ones of East Asia. */
export const lastFamilies: readonly Family[] = [japanese, chinese, korean];
