import type { BillingPlan, ReservationType, Segment, Term } from "./offer.ts";

/*
 * The tables of Kontor's own catalog. Products carry names that a reader knows; ids, prices and
 * wording are invented. Every row has a number of its own, from which its SKU id is made: rows
 * may be added and moved, numbers never change their meaning.
 */

/** Only markets that are sold to in one of these three currencies. */
export const currencies = {
  USD: { digits: 2, perUsd: "1" },
  EUR: { digits: 2, perUsd: "0.9273" },
  JPY: { digits: 0, perUsd: "149.37" },
} as const;

export const markets: readonly (readonly [market: string, currency: keyof typeof currencies])[] = [
  ["US", "USD"],
  ["DE", "EUR"],
  ["FR", "EUR"],
  ["NL", "EUR"],
  ["ES", "EUR"],
  ["IE", "EUR"],
  ["IT", "EUR"],
  ["AT", "EUR"],
  ["JP", "JPY"],
];

/** What a segment pays of the commercial price. */
export const segmentShare: Readonly<Record<Segment, string>> = {
  commercial: "1",
  education: "0.4",
  nonprofit: "0.6",
  government: "0.9",
};

/** ARM region -> its number, its name on titles, and what it costs against the first. */
export const regions = {
  eastus: { number: 1, name: "US East", factor: "1" },
  westus2: { number: 2, name: "US West 2", factor: "1.004" },
  northcentralus: { number: 3, name: "US North Central", factor: "1.031" },
  westeurope: { number: 4, name: "EU West", factor: "1.087" },
  northeurope: { number: 5, name: "EU North", factor: "1.052" },
  germanywestcentral: { number: 6, name: "DE West Central", factor: "1.119" },
  japaneast: { number: 7, name: "JA East", factor: "1.214" },
  koreasouth: { number: 8, name: "KR South", factor: "1.096" },
  canadaeast: { number: 9, name: "CA East", factor: "1.063" },
  brazilsouth: { number: 10, name: "BR South", factor: "1.547" },
} as const;

export type ArmRegion = keyof typeof regions;

export interface ReservationRow {
  product: string;
  type: ReservationType;
  title: string;
  description: string;
  category: string;
  regions: readonly ArmRegion[];
  terms: readonly Term[];
  /** One year in the first region, in USD. */
  sizes: readonly {
    number: number;
    arm: string;
    name: string;
    cores?: string;
    ram?: string;
    usd: string;
  }[];
}

const bothTerms = ["P1Y", "P3Y"] as const;
const mainRegions = ["eastus", "westeurope", "japaneast"] as const;
const vm = { type: "virtualmachines", terms: bothTerms, regions: mainRegions } as const;
const database = { terms: bothTerms, regions: mainRegions, category: "Database" } as const;

export const reservations: readonly ReservationRow[] = [
  {
    ...vm,
    product: "DZH318Z0KT01",
    title: "Virtual Machines BS Series",
    description: "Small burstable machines, reserved for a year. Meant for trying things out.",
    category: "General purpose",
    regions: ["koreasouth", "eastus", "westus2", "northcentralus", "canadaeast"],
    terms: ["P1Y"],
    sizes: [{ number: 1, arm: "Standard_B1s", name: "B1s", cores: "1", ram: "1", usd: "53.37" }],
  },
  {
    ...vm,
    product: "DZH318Z0KT02",
    title: "Virtual Machines Dsv5 Series",
    description: "Balanced machines for most work.",
    category: "General purpose",
    regions: [...mainRegions, "germanywestcentral", "brazilsouth"],
    sizes: [
      { number: 1, arm: "Standard_D2s_v5", name: "D2s v5", cores: "2", ram: "8", usd: "497.83" },
      { number: 2, arm: "Standard_D4s_v5", name: "D4s v5", cores: "4", ram: "16", usd: "995.71" },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT03",
    title: "Virtual Machines Dpsv5 Series",
    description: "Balanced machines on Arm processors.",
    category: "General purpose",
    sizes: [
      { number: 1, arm: "Standard_D2ps_v5", name: "D2ps v5", cores: "2", ram: "8", usd: "398.29" },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT04",
    title: "Virtual Machines Easv5 Series",
    description: "Machines with much memory for each core.",
    category: "Memory optimized",
    sizes: [
      {
        number: 1,
        arm: "Standard_E4as_v5",
        name: "E4as v5",
        cores: "4",
        ram: "32",
        usd: "1163.47",
      },
      {
        number: 2,
        arm: "Standard_E8as_v5",
        name: "E8as v5",
        cores: "8",
        ram: "64",
        usd: "2326.97",
      },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT05",
    title: "Virtual Machines Fsv2 Series",
    description: "Machines with fast cores and little memory.",
    category: "Compute optimized",
    sizes: [
      { number: 1, arm: "Standard_F4s_v2", name: "F4s v2", cores: "4", ram: "8", usd: "873.11" },
      { number: 2, arm: "Standard_F8s_v2", name: "F8s v2", cores: "8", ram: "16", usd: "1746.23" },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT06",
    title: "Virtual Machines Lsv3 Series",
    description: "Machines with large local disks.",
    category: "Storage optimized",
    sizes: [
      { number: 1, arm: "Standard_L8s_v3", name: "L8s v3", cores: "8", ram: "64", usd: "3221.59" },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT07",
    title: "Virtual Machines NCasT4 v3 Series",
    description: "Machines with a graphics processor for inference.",
    category: "GPU",
    regions: [...mainRegions, "northeurope"],
    sizes: [
      {
        number: 1,
        arm: "Standard_NC4as_T4_v3",
        name: "NC4as T4 v3",
        cores: "4",
        ram: "28",
        usd: "2717.33",
      },
    ],
  },
  {
    ...vm,
    product: "DZH318Z0KT08",
    title: "Virtual Machines Msv2 Series",
    description: "Machines for very large databases in memory.",
    category: "Memory optimized",
    regions: ["eastus", "westeurope"],
    sizes: [
      { number: 1, arm: "Standard_M32ms", name: "M32ms", cores: "32", ram: "875", usd: "38519.07" },
    ],
  },
  {
    ...database,
    type: "sqldatabases",
    product: "DZH318Z0KT21",
    title: "SQL Database General Purpose",
    description: "Compute of single databases and pools, by the core.",
    sizes: [{ number: 1, arm: "SQLDB_GP_Gen5", name: "vCore", cores: "1", usd: "1032.19" }],
  },
  {
    ...database,
    type: "sqldatabases",
    product: "DZH318Z0KT22",
    title: "SQL Database Business Critical",
    description: "Compute of databases with local replicas, by the core.",
    sizes: [{ number: 1, arm: "SQLDB_BC_Gen5", name: "vCore", cores: "1", usd: "2779.61" }],
  },
  {
    ...database,
    type: "sqldatabases",
    product: "DZH318Z0KT23",
    title: "SQL Managed Instance General Purpose",
    description: "Compute of managed instances, by the core.",
    sizes: [{ number: 1, arm: "SQLMI_GP_Gen5", name: "vCore", cores: "1", usd: "1107.53" }],
  },
  {
    ...database,
    type: "cosmosdb",
    product: "DZH318Z0KT31",
    title: "Azure Cosmos DB Throughput",
    description: "Request units of all accounts, reserved in blocks.",
    sizes: [
      { number: 1, arm: "CosmosDB_100RUs", name: "100 RU/s", usd: "56.0649" },
      { number: 2, arm: "CosmosDB_5000RUs", name: "5 000 RU/s", usd: "2803.24" },
    ],
  },
  {
    ...database,
    type: "cosmosdb",
    product: "DZH318Z0KT32",
    title: "Azure Cosmos DB Throughput, Multiple Write Regions",
    description: "Request units of accounts that are written to in several regions.",
    sizes: [{ number: 1, arm: "CosmosDB_MW_100RUs", name: "100 RU/s", usd: "91.1058" }],
  },
  {
    ...vm,
    type: "other",
    product: "DZH318Z0KT41",
    title: "App Service Premium Plan",
    description: "Instances that run web applications.",
    category: "Compute",
    sizes: [{ number: 1, arm: "AppService_P1", name: "P1", cores: "2", ram: "8", usd: "1019.77" }],
  },
];

export interface SoftwareRow {
  product: string;
  title: string;
  description: string;
  publisher?: string;
  isSuse?: true;
  skus: readonly {
    number: number;
    title: string;
    isTrial?: true;
    /** Sold to: commercial and education unless told otherwise. */
    segments?: readonly Segment[];
    prices: readonly SoftwarePrice[];
  }[];
}

/** What a partner pays for the whole term in USD; null is perpetual. */
type SoftwarePrice = readonly [term: Term | null, plan: BillingPlan, usd: string];

const once = (usd: string): readonly SoftwarePrice[] => [[null, "one_time", usd]];
const year = (usd: string): readonly SoftwarePrice[] => [["P1Y", "one_time", usd]];
const threeYears = (usd: string): readonly SoftwarePrice[] => [["P3Y", "one_time", usd]];

export const perpetualSoftware: readonly SoftwareRow[] = [
  {
    product: "DG7GMGF0KT01",
    title: "Windows Server Standard 2025",
    description: "Server licence by physical cores, with two virtual instances.",
    skus: [
      { number: 1, title: "Windows Server Standard 2025, 16 Cores", prices: once("958.37") },
      { number: 2, title: "Windows Server Standard 2025, 2 Cores", prices: once("119.83") },
    ],
  },
  {
    product: "DG7GMGF0KT02",
    title: "Windows Server Datacenter 2025",
    description: "Server licence by physical cores, with any number of virtual instances.",
    skus: [
      { number: 1, title: "Windows Server Datacenter 2025, 16 Cores", prices: once("5512.69") },
    ],
  },
  {
    product: "DG7GMGF0KT03",
    title: "Windows Server CAL 2025",
    description: "Right of one user or one device to use the server.",
    skus: [
      { number: 1, title: "Windows Server 2025, User CAL", prices: once("43.7185") },
      { number: 2, title: "Windows Server 2025, Device CAL", prices: once("33.8945") },
    ],
  },
  {
    product: "DG7GMGF0KT04",
    title: "Windows Server Remote Desktop Services CAL 2025",
    description: "Right of one user to work on the server's desktop.",
    skus: [
      { number: 1, title: "Remote Desktop Services 2025, User CAL", prices: once("147.2375") },
    ],
  },
  {
    product: "DG7GMGF0KT05",
    title: "SQL Server Standard 2022",
    description: "Database server, by the server or by pairs of cores.",
    skus: [
      { number: 1, title: "SQL Server Standard 2022, Server", prices: once("886.51") },
      { number: 2, title: "SQL Server Standard 2022, 2 Cores", prices: once("3533.09") },
    ],
  },
  {
    product: "DG7GMGF0KT06",
    title: "SQL Server CAL 2022",
    description: "Right of one user to use the database server.",
    skus: [{ number: 1, title: "SQL Server 2022, User CAL", prices: once("206.1835") }],
  },
  {
    product: "DG7GMGF0KT07",
    title: "Exchange Server Standard 2019",
    description: "Mail server for up to five databases.",
    skus: [{ number: 1, title: "Exchange Server Standard 2019", prices: once("699.97") }],
  },
  {
    product: "DG7GMGF0KT08",
    title: "Office LTSC Professional Plus 2024",
    description: "Desktop applications for one device, without new features later.",
    skus: [{ number: 1, title: "Office LTSC Professional Plus 2024", prices: once("503.89") }],
  },
  {
    product: "DG7GMGF0KT09",
    title: "Visio Standard 2024",
    description: "Diagrams on one device.",
    skus: [{ number: 1, title: "Visio Standard 2024", prices: once("271.93") }],
  },
  {
    product: "DG7GMGF0KT10",
    title: "Project Standard 2024",
    description: "Plans and schedules on one device.",
    skus: [{ number: 1, title: "Project Standard 2024", prices: once("598.49") }],
  },
  {
    product: "DG7GMGF0KT11",
    title: "Windows 11 Pro Upgrade",
    description: "From the home edition to the one for work.",
    skus: [{ number: 1, title: "Windows 11 Pro Upgrade", prices: once("173.47") }],
  },
  {
    product: "DG7GMGF0KT12",
    title: "Visual Studio Professional 2022",
    description: "Development environment for one person.",
    skus: [{ number: 1, title: "Visual Studio Professional 2022", prices: once("441.13") }],
  },
];

export const termSoftware: readonly SoftwareRow[] = [
  {
    product: "DG7GMGF0KT41",
    title: "Windows Server Standard Subscription",
    description: "Server licence by physical cores, for a time.",
    skus: [
      { number: 1, title: "Windows Server Standard, 8 Cores, 1 Year", prices: year("219.47") },
      {
        number: 2,
        title: "Windows Server Standard, 8 Cores, 3 Years",
        prices: threeYears("569.93"),
      },
    ],
  },
  {
    product: "DG7GMGF0KT42",
    title: "Windows Server CAL Subscription",
    description: "Right of one user or one device to use the server, for a time.",
    skus: [
      { number: 1, title: "Windows Server, User CAL, 1 Year", prices: year("17.9335") },
      { number: 2, title: "Windows Server, User CAL, 3 Years", prices: threeYears("44.8349") },
    ],
  },
  {
    product: "DG7GMGF0KT43",
    title: "Windows Server Remote Desktop Services CAL Subscription",
    description: "Right of one user to work on the server's desktop, for a time.",
    skus: [
      { number: 1, title: "Remote Desktop Services, User CAL, 1 Year", prices: year("68.77") },
      {
        number: 2,
        title: "Remote Desktop Services, User CAL, 3 Years, Paid Yearly",
        prices: [["P3Y", "annual", "183.61"]],
      },
    ],
  },
  {
    product: "DG7GMGF0KT44",
    title: "SQL Server Standard Subscription",
    description: "Database server by pairs of cores, for a time.",
    skus: [
      { number: 1, title: "SQL Server Standard, 2 Cores, 1 Year", prices: year("1297.63") },
      { number: 2, title: "SQL Server Standard, 2 Cores, 3 Years", prices: threeYears("3373.81") },
    ],
  },
  {
    product: "DG7GMGF0KT45",
    title: "Windows 10 Extended Security Updates",
    description: "Security updates for one device after the end of support.",
    skus: [{ number: 1, title: "Windows 10 Security Updates, 1 Year", prices: year("60.97") }],
  },
  {
    product: "DG7GMGF0KT61",
    title: "SUSE Linux Enterprise Server",
    description: "Support and updates for virtual machines of up to four cores.",
    publisher: "SUSE",
    isSuse: true,
    skus: [
      {
        number: 1,
        title: "SUSE Linux Enterprise Server, 1-4 Cores, 1 Year",
        prices: year("612.79"),
      },
      {
        number: 2,
        title: "SUSE Linux Enterprise Server, 1-4 Cores, 3 Years",
        prices: threeYears("1654.53"),
      },
    ],
  },
  {
    product: "DG7GMGF0KT62",
    title: "SUSE Linux Enterprise Server for SAP Applications",
    description: "Support and updates for machines that run SAP.",
    publisher: "SUSE",
    isSuse: true,
    skus: [
      { number: 1, title: "SUSE Linux for SAP, 1-2 Cores, 1 Year", prices: year("833.11") },
      { number: 2, title: "SUSE Linux for SAP, 1-2 Cores, 3 Years", prices: threeYears("2249.39") },
    ],
  },
];

const threeSegments = ["commercial", "education", "nonprofit"] as const;

export const onlineServices: readonly SoftwareRow[] = [
  {
    product: "CFQ7TTC0KT01",
    title: "Microsoft 365 Business Standard",
    description: "Mail, meetings and desktop applications for one person.",
    skus: [
      {
        number: 1,
        title: "Microsoft 365 Business Standard",
        segments: threeSegments,
        prices: [
          ["P1M", "monthly", "12.97"],
          ["P1Y", "monthly", "129.71"],
          ["P1Y", "annual", "125.83"],
        ],
      },
      {
        number: 2,
        title: "Microsoft 365 Business Standard Trial",
        isTrial: true,
        segments: ["commercial"],
        prices: [["P1M", "none", "0"]],
      },
    ],
  },
  {
    product: "CFQ7TTC0KT02",
    title: "Visio Plan 2",
    description: "Diagrams on every device of one person.",
    skus: [
      {
        number: 1,
        title: "Visio Plan 2",
        segments: threeSegments,
        prices: [
          ["P1M", "monthly", "15.61"],
          ["P1Y", "annual", "156.13"],
          ["P3Y", "annual", "442.97"],
        ],
      },
    ],
  },
];

/** Regions where capacity is not open to everybody: product -> region. */
export const closedRegions: readonly (readonly [product: string, region: ArmRegion])[] = [
  ["DZH318Z0KT02", "brazilsouth"],
];

export interface DownloadRow {
  product: string;
  sku: number;
  title: string;
  /** `[CPU and file type, bytes in the first language]` */
  files: readonly (readonly [cpuAndFileType: string, bytes: number])[];
}

/** Code, name, and how many bytes a file has beyond that of the first language. */
export const languages: readonly (readonly [code: string, name: string, bytes: number])[] = [
  ["en-US", "English (United States)", 0],
  ["de-DE", "German (Germany)", 18_874_368],
  ["fr-FR", "French (France)", 17_301_504],
  ["es-ES", "Spanish (Spain)", 16_252_928],
  ["ja-JP", "Japanese (Japan)", 41_943_040],
];

export const downloads: readonly DownloadRow[] = [
  {
    product: "DG7GMGF0KT01",
    sku: 1,
    title: "Windows Server 2025",
    files: [["64 Bit, ISO", 5_947_817_984]],
  },
  {
    product: "DG7GMGF0KT08",
    sku: 1,
    title: "Office LTSC Professional Plus 2024",
    files: [
      ["64 Bit, IMG", 4_731_174_912],
      ["32 Bit, IMG", 4_412_407_808],
    ],
  },
  {
    product: "DG7GMGF0KT09",
    sku: 1,
    title: "Visio Standard 2024",
    files: [
      ["64 Bit, ISO", 2_617_245_696],
      ["32 Bit, ISO", 2_395_996_160],
    ],
  },
];
