/**
 * What a statement says, as plain data. Every amount is in whole minor units of the one billing
 * currency; the renderer formats, and adds up nothing but the lines of a table.
 */

export type Statement = Readonly<{
  /** The invoice number as the partner knows it, e.g. "G000024135". */
  number: string;
  documentType: DocumentType;
  /** Also the creation date inside the file, so that one invoice always gives the same bytes. */
  invoiceDate: Date;
  /** First and last day of the billing period, both included, read as UTC days. */
  billingPeriod: Readonly<{ first: Date; last: Date }>;
  /** Days from the invoice date to the due date, e.g. 60 for "Net 60 days". */
  paymentTermDays: number;
  purchaseOrderNumber?: string | undefined;
  /** For a replacement: the number of the document that it replaces. */
  amends?: string | undefined;
  /** For a voided document: the number of the document that replaces it. */
  replacedBy?: string | undefined;
  /** Why the document was made, in the words of who asked for it. */
  reason?: string | undefined;
  /** For a receipt of tax: the number of its invoice. */
  receiptOf?: string | undefined;
  /** The provider that issues the document. */
  issuer: StatementParty;
  billTo: StatementParty;
  /** The service recipient (sold-to). */
  soldTo: StatementParty;
  currency: StatementCurrency;
  summary: StatementSummary;
  lines: readonly StatementLine[];
  /** Rates into the billing currency. A rate from the billing currency itself is not shown. */
  exchangeRates: readonly StatementRate[];
  /** True for sandbox documents: every page then says that nobody should pay. */
  notPayable: boolean;
}>;

export type DocumentType =
  | "invoice"
  | "credit_note"
  | "adjustment_note"
  | "void_note"
  | "tax_receipt";

/** Minor units of the billing currency; negative for a credit. */
export type Amount = Readonly<{ minor: bigint }>;

/** An ISO 4217 code and its number of decimals: 0 for JPY, 2 for USD, 3 for KWD. */
export type StatementCurrency = Readonly<{ code: string; exponent: number }>;

export type StatementParty = Readonly<{
  name: string;
  addressLines: readonly string[];
  /** Who is asked about the document, e.g. a name, then an address of mail. */
  contactLines?: readonly string[] | undefined;
  taxId?: string | undefined;
}>;

export type StatementSummary = Readonly<{
  charges: Amount;
  credits: Amount;
  subtotal: Amount;
  tax: Amount;
  /** The tax at each rate; none where the rates are not told. */
  taxes?: readonly StatementTax[] | undefined;
  total: Amount;
}>;

/** What is taxed at one rate, e.g. ("VAT", "0.19"), and the tax on it. */
export type StatementTax = Readonly<{ name: string; rate: string; base: Amount; tax: Amount }>;

export type StatementLine = Readonly<{
  date: Date;
  product: string;
  publisher: string;
  /** What else the reader must know, e.g. "Refund of order 7d3a…"; beneath the publisher. */
  note?: string | undefined;
  customer: string;
  /** Whether it is charged again for each period of a subscription; once where left out. */
  recurring?: boolean | undefined;
  /** A whole number; stays positive on a credit line. */
  quantity: number;
  unitPrice: UnitPrice;
  pretax: Amount;
  tax: Amount;
  total: Amount;
}>;

/** A price may have more digits than its currency, and its currency may not be the billed one. */
export type UnitPrice = Readonly<{
  /** Plain decimal digits, e.g. "14.4" or "0.03825"; no exponent. */
  decimal: string;
  currency: StatementCurrency;
}>;

export type StatementRate = Readonly<{
  pricingCurrency: string;
  /** Billing currency per one unit of the pricing currency, plain decimal digits. */
  rate: string;
  date: Date;
}>;
