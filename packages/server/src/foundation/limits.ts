/** Every limit of the server. Limits of single fields stand in the contract's schemas. */
export const limits = {
  /** Bytes of a request body. */
  bodyBytes: 1_048_576,
  /** Memory of the answers that are kept for equal reads. */
  keptAnswerBytes: 64 * 1_048_576,
  /** Bytes from which an answer is worth compressing. */
  gzipBytes: 1_024,
  /** Characters of one path parameter, before it is read. */
  pathParameterLength: 500,
  /** Characters of an `MS-RequestId` or `MS-CorrelationId` that is taken over. */
  requestIdLength: 64,
  /** How long an answer is kept for its `MS-RequestId`. */
  replayMs: 24 * 3600 * 1000,
  /** Tries of a transaction that PostgreSQL aborts as a deadlock or serialization failure. */
  transactionTries: 4,
  /** Calls that share one transaction where an operation runs them together. */
  callsTogether: 128,
  /** Such transactions of one partner and operation at once: one computes, one is in PostgreSQL. */
  batchesAtOnce: 2,
  /** Connections to PostgreSQL. */
  poolSize: 20,
  /** Further connections, for COPY and migrations. */
  copyPoolSize: 4,
  /** Milliseconds that a request may wait for a connection. */
  poolWaitMs: 10_000,
  /** Milliseconds that a request waits for a row that another one holds: a few seconds, then 409. */
  lockWaitMs: 5_000,
  /** Milliseconds that a stop waits for requests under way. */
  drainMs: 9_000,
  /** Customers per page: default and maximum. */
  customerPage: 500,
  /** UTF-8 bytes of a filter's value: it must fit a continuation token. */
  filterValueBytes: 300,
  /** How long the registration of a subscription takes in all profiles but `instant`. */
  registrationMs: 15 * 60 * 1000,
  /** How long a customer's qualification is in review in all profiles but `instant`. */
  vettingMs: 15 * 60 * 1000,
  /** Requests of one window of a throttled resource: documented for customer, order, subscription. */
  throttledRequests: 500,
  /** The window in which requests are counted. */
  throttleWindowMs: 60_000,
  /** Windows that are remembered at once; the oldest is forgotten first. */
  throttleWindows: 10_000,
  /** Quotas of the vendor's sandbox, per partner and per customer. */
  sandboxCustomers: 75,
  sandboxResellers: 5,
  /** Orders that a refusal names; further ones are counted. */
  ordersNamed: 5,
  sandboxSubscriptionsPerCustomer: 5,
  sandboxSeatsPerSubscription: 25,
  sandboxReservationsPerCustomer: 2,
  /** Life of a cart from its creation, unless the configuration says otherwise. */
  cartLife: "P7D",
  /** How long after the purchase anything is cancelled in a sandbox: documented. */
  sandboxCancellation: "P60D",
  /** How long the seats of a service can be given back. */
  serviceCancellation: "P7D",
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
  /** The same for the tokens of other issuers, unless their entry says otherwise: documented. */
  issuerSkewSeconds: 300,
  /** Seconds between two readings of an issuer's keys for the sake of unknown key ids. */
  issuerRefetchSeconds: 30,
  /** How long an issuer's keys are used before they are read again. */
  issuerKeysMs: 3600 * 1000,
  /** How long an issuer may take to answer with its keys. */
  issuerWaitMs: 5_000,
  /** How long another issuer's token counts as verified: a key that is withdrawn ends with it. */
  issuerTokenMs: 300 * 1000,
  /** Seconds of an authorization code. */
  authorizationCodeSeconds: 300,
  /** Seconds of a device code, and between two polls for it. */
  deviceCodeSeconds: 900,
  devicePollSeconds: 5,
  /** Seconds that a client's assertion may be valid for, counted from now. */
  assertionSeconds: 24 * 3600,
  /** How long an idle connection of a client stays open. */
  keepAliveMs: 72_000,
  /** Days of the local authority and of the certificate it signs; when that one is renewed. */
  tlsAuthorityDays: 3650,
  tlsCertificateDays: 90,
  tlsRenewalDays: 30,
  /** How often a running server looks whether its certificate has been renewed. */
  tlsLookMs: 12 * 3600 * 1000,
  /** Verified tokens that are remembered, at about 2 KiB each. */
  verifiedTokens: 2_000,
  /** Inventory restrictions that a partner may add in its sandbox. */
  restrictionsPerPartner: 100,
  /** Lines of one blob of an export: 70 MiB of text, 3 MiB compressed, made in seconds. */
  exportBlobLines: 50_000,
  /** How long an export waits to be made, and then takes, in all profiles but `instant`. */
  exportWaitMs: 5_000,
  exportRunMs: 30_000,
  /** Exports of a partner that are kept; one more takes the place of the oldest. */
  exportsKept: 50,
  /** How long an export is kept. */
  exportLifeMs: 24 * 3600 * 1000,
  /** Seconds of the token that a manifest gives out for its blobs. */
  exportLinkSeconds: 3600,
  /** Seconds of a download link. */
  downloadLinkSeconds: 900,
  /** Seconds of a link to an agreement template's document: documented. */
  agreementLinkSeconds: 300,
  /** How far one call may move a partner's clock. */
  clockAdvance: "P10Y",
  /** The latest time of a partner's clock: terms that begin there still end in a four-digit year. */
  clockLatest: "2999-12-31T23:59:59.999Z",
  /** Largest amount of one line in minor units: 15 digits fit a JSON number exactly. */
  lineMinor: 999_999_999_999_999n,
  /** Days after an invoice until the receipt of its tax is there: documented as two weeks. */
  receiptDays: 14,
  /** Payments that a list shows, newest first. */
  paymentsListed: 1_000,
  /** How old a payment may be that is recorded now. */
  paymentAge: "P10Y",
  /** Lines of an invoice that are amended by one statement. */
  amendedLinesPerStep: 2_000,
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
  findingsPerRule: 20,
} as const;
