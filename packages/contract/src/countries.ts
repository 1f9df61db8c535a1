/**
 * Countries and the cultures that a billing profile may name in each, besides `en-US`, which every
 * country but MZ and SR accepts. Joined by `+`.
 */
const table =
  "AD:ca-ES AE:ar-AE AF:ps-AF AG AI AL:sq-AL AM:hy-AM AN AO:pt-PT AQ AR:es-AR AS AT:de-AT " +
  "AU:en-AU AW:nl-NL AX:sv-SE AZ:az-Latn-AZ BA:bs-Latn-BA BB:en-GB BD:bn-BD BE:fr-BE+nl-BE " +
  "BF:fr-FR BG:bg-BG BH:ar-BH BI:fr-FR BJ:fr-FR BL:fr-FR BM:en-GB BN:ms-BN BO:es-BO " +
  "BQ:nl-NL BR:pt-BR BS:en-GB BT BV:nb-NO BW:en-GB BY:be-BY BZ:en-BZ CA:fr-CA CC CD:fr-FR " +
  "CF:fr-FR CG:fr-FR CH:de-CH+fr-CH+it-CH CI:fr-FR CK CL:es-CL CM:fr-FR CN:zh-CN CO:es-CO " +
  "CR:es-CR CV:pt-CV CW:nl-NL CX CY:el-GR CZ:cs-CZ DE:de-DE DJ:fr-FR DK:da-DK DM DO:es-DO " +
  "DZ:ar-DZ EC:es-EC EE:et-EE EG:ar-EG ER:ar-SA ES:es-ES+ca-ES+eu-ES+gl-ES ET:am-ET " +
  "FI:fi-FI+sv-FI FJ:en-GB FK FM FO:fo-FO FR:fr-FR GA:fr-FR GB:en-GB GD GE:ka-GE GF:fr-FR " +
  "GG GH:en-GB GI GL:da-DK GM GN:fr-FR GP:fr-FR GQ:es-ES GR:el-GR GS GT:es-GT GU GW:pt-PT " +
  "GY HK:zh-HK HM HN:es-HN HR:hr-HR HT:fr-FR HU:hu-HU ID:id-ID IE:en-IE IL:he-IL IM " +
  "IN:en-IN+hi-IN IO IQ:ar-IQ IS:is-IS IT:it-IT JE JM:en-JM JO:ar-JO JP:ja-JP KE:sw-KE " +
  "KG:ky-KG KH:km-KH KI KM:fr-FR KN:en-GB KR:ko-KR KW:ar-KW KY:en-GB KZ:kk-KZ LA:lo-LA " +
  "LB:ar-LB LC LI:de-LI LK:si-LK LR LS LT:lt-LT LU:de-LU+fr-LU LV:lv-LV LY:ar-LY MA:ar-MA " +
  "MC:fr-MC MD:ro-RO ME:sr-Latn-ME MF:fr-FR MG:fr-FR MH MK:mk-MK ML:fr-FR MM MN:mn-MN " +
  "MO:zh-MO MP MQ:fr-FR MR:ar-SA MS MT:mt-MT MU:en-GB MV:dv-MV MW MX:es-MX MY:en-MY " +
  "MZ:pt-PT NA:en-GB NC:fr-FR NE:fr-FR NF NG:ha-Latn-NG NI:es-NI NL:nl-NL NO:nb-NO " +
  "NP:ne-NP NR NU NZ:en-NZ OM:ar-OM PA:es-PA PE:es-PE PF:fr-FR PG PH:en-PH PK:ur-PK " +
  "PL:pl-PL PM:fr-FR PN PR:es-PR PS:ar-SA PT:pt-PT PW PY:es-PY QA:ar-QA RE:fr-FR RO:ro-RO " +
  "RS:sr-Latn-RS+sr-Cyrl-RS RU:ru-RU RW:rw-RW SA:ar-SA SB SC SE:sv-SE SG:en-SG+zh-SG SH " +
  "SI:sl-SI SJ:nb-NO SK:sk-SK SL SM:it-IT SN:wo-SN SO:ar-SA SR:nl-NL SS ST:pt-PT SV:es-SV " +
  "SX SZ TC TD:fr-FR TF:fr-FR TG:fr-FR TH:th-TH TJ:tg-Cyrl-TJ TK TL:pt-PT TM:tk-TM " +
  "TN:ar-TN TO TR:tr-TR TT:en-TT TV TW:zh-TW TZ:en-GB UA:uk-UA UG:en-GB UM US:es-US " +
  "UY:es-UY UZ:uz-Latn-UZ VA:it-IT VC VE:es-VE VG VI VN:vi-VN VU WF:fr-FR WS XE:nl-NL " +
  "XJ:nb-NO XK XS:nl-NL YE:ar-YE YT:fr-FR ZA:en-ZA ZM:en-GB ZW:en-ZW";

const withoutEnglish = new Set(["MZ", "SR"]);

/** Cultures by ISO 3166 alpha-2 code, in their canonical case. */
export const culturesByCountry: ReadonlyMap<string, readonly string[]> = new Map(
  table.split(" ").map((entry) => {
    const [country = "", cultures = ""] = entry.split(":");
    const own = cultures === "" ? [] : cultures.split("+");
    return [country, withoutEnglish.has(country) ? own : [...own, "en-US"]];
  }),
);

const canonical = new Map(
  [...culturesByCountry.values()].flat().map((culture) => [culture.toLowerCase(), culture]),
);

/** The canonical case of a culture (`EN-US` gives `en-US`), or undefined when it is unknown. */
export function canonicalCulture(culture: string): string | undefined {
  return canonical.get(culture.toLowerCase());
}

/** Countries where a registration number and a phone number are mandatory. */
export const registrationNumberCountries: ReadonlySet<string> = new Set(
  "AM AZ BY HU IN KZ KG MD RU TJ UZ UA".split(" "),
);
