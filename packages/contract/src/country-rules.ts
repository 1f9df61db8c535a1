/**
 * What countries ask of addresses and companies: forms of postal codes and telephone numbers,
 * lists of states, calling codes, numbers of companies. What is not known for sure is left out.
 */
import { culturesByCountry, registrationNumberCountries } from "./countries.ts";

export interface CountryRules {
  iso2Code: string;
  iso3Code: string;
  defaultCulture: string;
  /** The default first. */
  supportedCultures: readonly string[];
  /** Without regions, in the order of the cultures. */
  supportedLanguages: readonly string[];
  /** States by the code that the wire shows, with their names; empty: any text will do. */
  states: ReadonlyMap<string, string>;
  /** Absent: no postal codes, or none whose form is known. */
  postalCodeRegex: string | undefined;
  phoneNumberRegex: string | undefined;
  callingCodes: readonly string[];
  vatIdRegex: string | undefined;
  taxId: { format: string; sample: string } | undefined;
  isRegistrationNumberSupported: boolean;
  resellerAgreementRegion: string | undefined;
  geographicRegion: string | undefined;
}

/** ISO 3166 alpha-3 codes and calling codes: `US=USA/1`; several calling codes joined by `+`. */
const codes =
  "AD=AND/376 AE=ARE/971 AF=AFG/93 AG=ATG/1268 AI=AIA/1264 AL=ALB/355 AM=ARM/374 AN=ANT/599 " +
  "AO=AGO/244 AQ=ATA/672 AR=ARG/54 AS=ASM/1684 AT=AUT/43 AU=AUS/61 AW=ABW/297 AX=ALA/358 " +
  "AZ=AZE/994 BA=BIH/387 BB=BRB/1246 BD=BGD/880 BE=BEL/32 BF=BFA/226 BG=BGR/359 BH=BHR/973 " +
  "BI=BDI/257 BJ=BEN/229 BL=BLM/590 BM=BMU/1441 BN=BRN/673 BO=BOL/591 BQ=BES/599 BR=BRA/55 " +
  "BS=BHS/1242 BT=BTN/975 BV=BVT/47 BW=BWA/267 BY=BLR/375 BZ=BLZ/501 CA=CAN/1 CC=CCK/61 " +
  "CD=COD/243 CF=CAF/236 CG=COG/242 CH=CHE/41 CI=CIV/225 CK=COK/682 CL=CHL/56 CM=CMR/237 " +
  "CN=CHN/86 CO=COL/57 CR=CRI/506 CV=CPV/238 CW=CUW/599 CX=CXR/61 CY=CYP/357 CZ=CZE/420 " +
  "DE=DEU/49 DJ=DJI/253 DK=DNK/45 DM=DMA/1767 DO=DOM/1809+1829+1849 DZ=DZA/213 EC=ECU/593 " +
  "EE=EST/372 EG=EGY/20 ER=ERI/291 ES=ESP/34 ET=ETH/251 FI=FIN/358 FJ=FJI/679 FK=FLK/500 " +
  "FM=FSM/691 FO=FRO/298 FR=FRA/33 GA=GAB/241 GB=GBR/44 GD=GRD/1473 GE=GEO/995 GF=GUF/594 " +
  "GG=GGY/44 GH=GHA/233 GI=GIB/350 GL=GRL/299 GM=GMB/220 GN=GIN/224 GP=GLP/590 GQ=GNQ/240 " +
  "GR=GRC/30 GS=SGS/500 GT=GTM/502 GU=GUM/1671 GW=GNB/245 GY=GUY/592 HK=HKG/852 HM=HMD/672 " +
  "HN=HND/504 HR=HRV/385 HT=HTI/509 HU=HUN/36 ID=IDN/62 IE=IRL/353 IL=ISR/972 IM=IMN/44 " +
  "IN=IND/91 IO=IOT/246 IQ=IRQ/964 IS=ISL/354 IT=ITA/39 JE=JEY/44 JM=JAM/1876+1658 JO=JOR/962 " +
  "JP=JPN/81 KE=KEN/254 KG=KGZ/996 KH=KHM/855 KI=KIR/686 KM=COM/269 KN=KNA/1869 KR=KOR/82 " +
  "KW=KWT/965 KY=CYM/1345 KZ=KAZ/7 LA=LAO/856 LB=LBN/961 LC=LCA/1758 LI=LIE/423 LK=LKA/94 " +
  "LR=LBR/231 LS=LSO/266 LT=LTU/370 LU=LUX/352 LV=LVA/371 LY=LBY/218 MA=MAR/212 MC=MCO/377 " +
  "MD=MDA/373 ME=MNE/382 MF=MAF/590 MG=MDG/261 MH=MHL/692 MK=MKD/389 ML=MLI/223 MM=MMR/95 " +
  "MN=MNG/976 MO=MAC/853 MP=MNP/1670 MQ=MTQ/596 MR=MRT/222 MS=MSR/1664 MT=MLT/356 MU=MUS/230 " +
  "MV=MDV/960 MW=MWI/265 MX=MEX/52 MY=MYS/60 MZ=MOZ/258 NA=NAM/264 NC=NCL/687 NE=NER/227 " +
  "NF=NFK/672 NG=NGA/234 NI=NIC/505 NL=NLD/31 NO=NOR/47 NP=NPL/977 NR=NRU/674 NU=NIU/683 " +
  "NZ=NZL/64 OM=OMN/968 PA=PAN/507 PE=PER/51 PF=PYF/689 PG=PNG/675 PH=PHL/63 PK=PAK/92 " +
  "PL=POL/48 PM=SPM/508 PN=PCN/64 PR=PRI/1787+1939 PS=PSE/970 PT=PRT/351 PW=PLW/680 PY=PRY/595 " +
  "QA=QAT/974 RE=REU/262 RO=ROU/40 RS=SRB/381 RU=RUS/7 RW=RWA/250 SA=SAU/966 SB=SLB/677 " +
  "SC=SYC/248 SE=SWE/46 SG=SGP/65 SH=SHN/290 SI=SVN/386 SJ=SJM/47 SK=SVK/421 SL=SLE/232 " +
  "SM=SMR/378 SN=SEN/221 SO=SOM/252 SR=SUR/597 SS=SSD/211 ST=STP/239 SV=SLV/503 SX=SXM/1721 " +
  "SZ=SWZ/268 TC=TCA/1649 TD=TCD/235 TF=ATF/262 TG=TGO/228 TH=THA/66 TJ=TJK/992 TK=TKL/690 " +
  "TL=TLS/670 TM=TKM/993 TN=TUN/216 TO=TON/676 TR=TUR/90 TT=TTO/1868 TV=TUV/688 TW=TWN/886 " +
  "TZ=TZA/255 UA=UKR/380 UG=UGA/256 UM=UMI/1 US=USA/1 UY=URY/598 UZ=UZB/998 VA=VAT/39+379 " +
  "VC=VCT/1784 VE=VEN/58 VG=VGB/1284 VI=VIR/1340 VN=VNM/84 VU=VUT/678 WF=WLF/681 WS=WSM/685 " +
  "XE=XSE/599 XJ=XJA/47 XK=XKS/383 XS=XSA/599 YE=YEM/967 YT=MYT/262 ZA=ZAF/27 ZM=ZMB/260 " +
  "ZW=ZWE/263";

const allCodes = new Map(
  codes.split(" ").map((entry) => {
    const [iso2 = "", rest = ""] = entry.split("=");
    const [iso3 = "", calling = ""] = rest.split("/");
    return [iso2, { iso3, calling: calling.split("+") }];
  }),
);

/** Forms of postal codes, and the countries that share them. */
const postalCodes: readonly (readonly [form: string, countries: string])[] = [
  ["^\\d{3}$", "FO IS"],
  [
    "^\\d{4}$",
    "AF AL AM AT AU BD BE BG CC CH CX CY DK GE GL GW HU LI LU MD MK MZ NF NO NZ PH PY SI SJ TN ZA",
  ],
  ["^([A-Za-z]\\d{4}[A-Za-z]{3}|\\d{4})$", "AR"],
  ["^([Ll][Vv]-)?\\d{4}$", "LV"],
  [
    "^\\d{5}$",
    "AX BA BL BT CR DE DO DZ EE EG ES ET FI FR GF GP GT HN HR ID IQ IT JO KE KR KW LA LK MA MC " +
      "ME MF MM MN MQ MX MY NC NP PE PF PK PM RE RS SA SM SN TH TR UA UY VA WF XK YT ZM",
  ],
  ["^([Ll][Tt]-)?\\d{5}$", "LT"],
  ["^\\d{5}(\\d{2})?$", "IL"],
  ["^\\d{5}(-\\d{4})?$", "AS FM GU MH MP PR PW US VI"],
  ["^\\d{5,6}$", "KH VN"],
  ["^\\d{6}$", "BY CN CO EC KG KZ NG RO RU SG TJ TM UZ"],
  ["^\\d{3} ?\\d{3}$", "IN"],
  ["^\\d{5}-?\\d{3}$", "BR"],
  ["^\\d{3}-?\\d{4}$", "CL JP"],
  ["^\\d{3} ?\\d{2}$", "CZ GR SE SK"],
  ["^\\d{2}-\\d{3}$", "PL"],
  ["^\\d{4}-\\d{3}$", "PT"],
  ["^\\d{4} ?[A-Za-z]{2}$", "NL"],
  ["^\\d{3}(\\d{2,3})?$", "TW"],
  ["^[A-Za-z]\\d[A-Za-z][ -]?\\d[A-Za-z]\\d$", "CA"],
  ["^[A-Za-z]{1,2}\\d[A-Za-z\\d]? ?\\d[A-Za-z]{2}$", "GB GG IM JE"],
  ["^[A-Za-z]\\d[\\dWw] ?[A-Za-z\\d]{4}$", "IE"],
  ["^[A-Za-z]{3} ?\\d{4}$", "MT"],
  ["^[Aa][Dd]\\d{3}$", "AD"],
  ["^[Aa][Zz] ?\\d{4}$", "AZ"],
];

const postalCodeByCountry = new Map(
  postalCodes.flatMap(([form, countries]) =>
    countries.split(" ").map((country) => [country, form] as const),
  ),
);

/** Numbers of the member states' value added tax, as the union publishes their structure. */
const vatIds: Readonly<Record<string, string>> = {
  AT: "^ATU\\d{8}$",
  BE: "^BE[01]\\d{9}$",
  BG: "^BG\\d{9,10}$",
  CY: "^CY\\d{8}[A-Z]$",
  CZ: "^CZ\\d{8,10}$",
  DE: "^DE\\d{9}$",
  DK: "^DK\\d{8}$",
  EE: "^EE\\d{9}$",
  ES: "^ES[A-Z\\d]\\d{7}[A-Z\\d]$",
  FI: "^FI\\d{8}$",
  FR: "^FR[A-Z\\d]{2}\\d{9}$",
  GR: "^EL\\d{9}$",
  HR: "^HR\\d{11}$",
  HU: "^HU\\d{8}$",
  IE: "^IE[A-Z\\d]{8,9}$",
  IT: "^IT\\d{11}$",
  LT: "^LT(\\d{9}|\\d{12})$",
  LU: "^LU\\d{8}$",
  LV: "^LV\\d{11}$",
  MT: "^MT\\d{8}$",
  NL: "^NL\\d{9}B\\d{2}$",
  PL: "^PL\\d{10}$",
  PT: "^PT\\d{9}$",
  RO: "^RO\\d{2,10}$",
  SE: "^SE\\d{12}$",
  SI: "^SI\\d{8}$",
  SK: "^SK\\d{10}$",
};

/** Numbers of the North American plan: its area code may stand in brackets. */
const northAmericanPhone =
  "^(1[\\-\\/\\.]?)?(\\((\\d{3})\\)|(\\d{3}))[\\-\\/\\.]?(\\d{3})[\\-\\/\\.]?(\\d{4})$";

/** `AL Alabama|AK Alaska`: a code and a name. */
function stateList(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("|").map((entry) => {
      const at = entry.indexOf(" ");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

/** Countries whose states are checked; the wire's codes are those of ISO 3166-2. */
const states: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  US: stateList(
    "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|" +
      "DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|" +
      "IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|" +
      "MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|" +
      "NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|" +
      "NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|" +
      "RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|" +
      "VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming",
  ),
  CA: stateList(
    "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|" +
      "NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|" +
      "QC Quebec|SK Saskatchewan|YT Yukon",
  ),
  CN: stateList(
    "AH Anhui|BJ Beijing|CQ Chongqing|FJ Fujian|GS Gansu|GD Guangdong|GX Guangxi|GZ Guizhou|" +
      "HI Hainan|HE Hebei|HL Heilongjiang|HA Henan|HB Hubei|HN Hunan|NM Inner Mongolia|" +
      "JS Jiangsu|JX Jiangxi|JL Jilin|LN Liaoning|NX Ningxia|QH Qinghai|SN Shaanxi|SD Shandong|" +
      "SH Shanghai|SX Shanxi|SC Sichuan|TJ Tianjin|XZ Tibet|XJ Xinjiang|YN Yunnan|ZJ Zhejiang",
  ),
  MX: stateList(
    "AGU Aguascalientes|BCN Baja California|BCS Baja California Sur|CAM Campeche|CHP Chiapas|" +
      "CHH Chihuahua|CMX Ciudad de Mexico|COA Coahuila|COL Colima|DUR Durango|GUA Guanajuato|" +
      "GRO Guerrero|HID Hidalgo|JAL Jalisco|MEX Mexico|MIC Michoacan|MOR Morelos|NAY Nayarit|" +
      "NLE Nuevo Leon|OAX Oaxaca|PUE Puebla|QUE Queretaro|ROO Quintana Roo|SLP San Luis Potosi|" +
      "SIN Sinaloa|SON Sonora|TAB Tabasco|TAM Tamaulipas|TLA Tlaxcala|VER Veracruz|YUC Yucatan|" +
      "ZAC Zacatecas",
  ),
};

/** Where the first culture of the list is not that of most people. */
const englishFirst = new Set(["US", "CA"]);

function rulesOf(iso2Code: string, listed: readonly string[]): CountryRules {
  const { iso3 = "", calling = [] } = allCodes.get(iso2Code) ?? {};
  const cultures = englishFirst.has(iso2Code)
    ? ["en-US", ...listed.filter((culture) => culture !== "en-US")]
    : listed;
  const isUs = iso2Code === "US";
  const isNorthAmerican = calling.some((code) => /^1(\d{3})?$/.test(code));
  return {
    iso2Code,
    iso3Code: iso3,
    defaultCulture: cultures[0] ?? "en-US",
    supportedCultures: cultures,
    supportedLanguages: [...new Set(cultures.map((culture) => culture.split("-")[0] ?? culture))],
    states: states[iso2Code] ?? new Map(),
    postalCodeRegex: postalCodeByCountry.get(iso2Code),
    phoneNumberRegex: isNorthAmerican ? northAmericanPhone : undefined,
    callingCodes: calling,
    vatIdRegex: vatIds[iso2Code],
    taxId: isUs ? { format: "US######", sample: "US999965" } : undefined,
    isRegistrationNumberSupported: registrationNumberCountries.has(iso2Code),
    resellerAgreementRegion: isUs ? "AOC" : undefined,
    geographicRegion: isUs ? "NorthAndLatinAmerica" : undefined,
  };
}

/** The rules of every country of the contract by ISO 3166 alpha-2 code. */
export const countryRules: ReadonlyMap<string, CountryRules> = new Map(
  [...culturesByCountry].map(([country, cultures]) => [country, rulesOf(country, cultures)]),
);
