/** Languages of the customer agreement's template by country, besides `en-US`. */
const table: readonly (readonly [string, string])[] = [
  ["ar-SA", "AE BH EG IQ JO KW LB LY MU OM QA YE"],
  ["bg-BG", "BG"],
  ["cs-CZ", "CZ"],
  ["da-DK", "DK"],
  ["de-DE", "AT DE LI"],
  ["el-GR", "GR"],
  ["es-ES", "AR BO BZ CL CO CR DO ES GT HN MX NI PA PE PY SV UY VE"],
  ["et-EE", "EE"],
  ["fi-FI", "FI"],
  ["fr-FR", "CA CH CI CM DZ FR GF LU MA MC RW SN ST TN"],
  ["he-IL", "IL"],
  ["hi-IN", "IN"],
  ["hr-HR", "HR"],
  ["hu-HU", "HU"],
  ["id-ID", "ID"],
  ["it-IT", "IT"],
  ["ja-JP", "JP"],
  ["kk-KZ", "KZ"],
  ["ko-KR", "KR"],
  ["lt-LT", "LT"],
  ["lv-LV", "LV"],
  ["ms-MY", "MY"],
  ["nb-NO", "NO"],
  ["nl-NL", "BE NL"],
  ["pl-PL", "PL"],
  ["pt-BR", "BR"],
  ["pt-PT", "AO CV PT"],
  ["ro-RO", "MD RO"],
  ["ru-RU", "BY KG RU UZ"],
  ["sk-SK", "SK"],
  ["sl-SI", "SI"],
  ["sr-Latn-RS", "RS"],
  ["sv-SE", "SE"],
  ["th-TH", "TH"],
  ["tr-TR", "TR"],
  ["uk-UA", "UA"],
  ["vi-VN", "VN"],
  ["zh-HK", "HK MO TW"],
  ["zh-SG", "SG"],
];

/** The languages that the template has in a country: `en-US` always, then its own. */
export function languagesOf(country: string): readonly string[] {
  const own = table.filter(([, countries]) => countries.split(" ").includes(country));
  return ["en-US", ...own.map(([language]) => language)];
}
