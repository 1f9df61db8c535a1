/** Every limit of the server. Limits of single fields stand in the contract's schemas. */
export const limits = {
  /** Bytes of a request body. */
  bodyBytes: 1_048_576,
  /** Characters of one path parameter, before it is read. */
  pathParameterLength: 500,
  /** Characters of an `MS-RequestId` or `MS-CorrelationId` that is taken over. */
  requestIdLength: 64,
  /** How long an answer is kept for its `MS-RequestId`. */
  replayMs: 24 * 3600 * 1000,
  /** Tries of a transaction that PostgreSQL aborts as a deadlock or serialization failure. */
  transactionTries: 4,
  /** Connections to PostgreSQL. */
  poolSize: 20,
  /** Milliseconds that a request may wait for a connection. */
  poolWaitMs: 10_000,
  /** Milliseconds that a request waits for a row that another one holds: a few seconds, then 409. */
  lockWaitMs: 5_000,
  /** Milliseconds that a stop waits for requests under way. */
  drainMs: 9_000,
  /** Customers per page: default and maximum. */
  customerPage: 500,
  /** UTF-8 bytes of a filter's value: it must fit a continuation token of 512 characters. */
  filterValueBytes: 300,
  /** Minutes that the registration of a subscription takes in all profiles but `instant`. */
  registrationMinutes: 15,
  /** Life of a cart from its creation. */
  cartLife: "P7D",
  /** Until a modern order is fulfilled in the realistic profile. */
  provisioningDelayMs: 2 * 60 * 1000,
  /** How long a new order is missing from lists in the realistic profile: documented. */
  orderListLagMs: 15 * 60 * 1000,
  /** Seconds of an access token. */
  tokenLifeSeconds: 3600,
  /** Days of a refresh token. */
  refreshTokenDays: 90,
  /** Seconds by which the clocks of two machines may differ when a token is checked. */
  tokenSkewSeconds: 30,
  /** Verified tokens that are remembered, at about 2 KiB each. */
  verifiedTokens: 2_000,
  /** Seconds of a download link. */
  downloadLinkSeconds: 900,
  /** How far one call may move a partner's clock. */
  clockAdvance: "P10Y",
  /** The latest time of a partner's clock: terms that begin there still end in a four-digit year. */
  clockLatest: "2999-12-31T23:59:59.999Z",
  /** Largest amount of one line in minor units: 15 digits fit a JSON number exactly. */
  lineMinor: 999_999_999_999_999n,
  /** Items of due work run by one call of the clock or one round of the worker. */
  dueWorkPerRound: 10_000,
  /** How often the worker looks for due work. */
  dueWorkEveryMs: 1_000,
  /** How often old replay answers are forgotten. */
  replaySweepMs: 3600 * 1000,
  /** Rejected rows that an import lists one by one; further ones are only counted. */
  importRejectsListed: 1_000,
  /** Bytes of a price sheet that are read at once: their rows are one batch. */
  sheetPieceBytes: 65_536,
  /** Characters of all fields of a CSV record. The longest seen has 2 000. */
  sheetRecordLength: 262_144,
  /** Bytes in which no row of a sheet ends: an endless item, or what stands around the items. */
  sheetBytesWithoutRow: 1_048_576,
  /** Characters of the title of a product or SKU, as the contract's representations hold. */
  titleLength: 256,
  /** Characters of the description of a product or SKU, likewise. */
  descriptionLength: 4_000,
  /** Lines that a statement prints, drawn in 0.3 s; further ones are summed up in one. */
  statementLines: 500,
  /** Breaches that the proof of the books lists for one rule. */
  findingsPerRule: 100,
} as const;
