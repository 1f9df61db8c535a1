/**
 * The one registry of errors. `code` and `status` are the contract's; `meaning` is ours in plain
 * words, `next` says what the caller can do. The cause of one occurrence is added when it is
 * raised. Codes are never reused for another meaning.
 */
export interface ErrorSpec {
  status: number;
  code: number;
  meaning: string;
  next: string;
}

export const errors = {
  // Access
  TOKEN_INVALID: {
    status: 401,
    code: 400,
    meaning: "The caller is not allowed in",
    next: "Get a new token from /{tenant}/oauth2/token and send it as Authorization: Bearer.",
  },
  TOKEN_MISSING: {
    status: 401,
    code: 800001,
    meaning: "The request carries no partner token",
    next: "Get a token from /{tenant}/oauth2/token and send it as Authorization: Bearer.",
  },
  APP_ONLY_REFUSED: {
    status: 403,
    code: 900329,
    meaning: "This operation cannot be called with app-only credentials",
    next: "Sign in as a user (password or refresh-token grant) and repeat the call.",
  },
  ROLE_TOO_WEAK: {
    status: 403,
    code: 900150,
    meaning: "The caller's role does not permit this operation",
    next: "Give the user one of the roles named, or call as another user.",
  },
  NO_RELATIONSHIP: {
    status: 403,
    code: 20002,
    meaning: "The partner has no commerce relationship with the customer",
    next: "Check the customer id; GET /customers lists the partner's customers.",
  },
  TENANT_NOT_FOUND: {
    status: 404,
    code: 60003,
    meaning: "The customer tenant was not found",
    next: "Check the customer id; GET /customers lists the partner's customers.",
  },
  // Input
  INVALID_INPUT: {
    status: 400,
    code: 800002,
    meaning: "The request input is invalid",
    next: "Correct the fields named and send the request again.",
  },
  INVALID_PROPERTY: {
    status: 400,
    code: 3000,
    meaning: "A property has an invalid value",
    next: "Correct the value named and send the request again.",
  },
  MALFORMED_ARGUMENT: {
    status: 400,
    code: 2000,
    meaning: "An argument is malformed",
    next: "Correct the argument named and send the request again.",
  },
  CUSTOMER_ID_INVALID: {
    status: 400,
    code: 900118,
    meaning: "The customer id is not valid",
    next: "Use the GUID of the customer's tenant.",
  },
  ENUM_UNPARSABLE: {
    status: 400,
    code: 900126,
    meaning: "A text is not a member of its enumeration",
    next: "Use one of the values named.",
  },
  BODY_TOO_LARGE: {
    status: 400,
    code: 800002,
    meaning: "The request body is larger than the limit",
    next: "Send fewer or smaller items per request.",
  },
  NOT_FOUND: {
    status: 404,
    code: 1000,
    meaning: "Nothing was found at this address",
    next: "Check the path and its ids; /docs lists every operation.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    code: 900141,
    meaning: "The resource does not support this method",
    next: "Use one of the methods in the Allow header.",
  },
  // Customers and agreements
  DOMAIN_TAKEN: {
    status: 409,
    code: 1003,
    meaning: "The domain belongs to a customer already",
    next: "Choose another domain, or use the existing customer.",
  },
  AGREEMENT_MISSING: {
    status: 403,
    code: 13605,
    meaning: "The customer has not accepted the customer agreement",
    next: "Confirm it with POST /customers/{id}/agreements, then repeat the purchase.",
  },
  AGREEMENT_EXISTS: {
    status: 400,
    code: 600061,
    meaning: "The same agreement confirmation exists already",
    next: "Nothing is to be done: the confirmation stands.",
  },
  REGISTRATION_NUMBER_MISSING: {
    status: 400,
    code: 600049,
    meaning: "The organization registration number is mandatory in this country",
    next: "Send companyProfile.organizationRegistrationNumber.",
  },
  PHONE_NUMBER_MISSING: {
    status: 400,
    code: 600051,
    meaning: "The phone number is mandatory in this country",
    next: "Send billingProfile.defaultAddress.phoneNumber.",
  },
  // Subscriptions and registration
  SUBSCRIPTION_NOT_FOUND: {
    status: 404,
    code: 20003,
    meaning: "The subscription was not found",
    next: "GET /customers/{id}/subscriptions lists the customer's subscriptions.",
  },
  SUBSCRIPTION_NOT_AZURE: {
    status: 400,
    code: 800011,
    meaning: "The subscription is not an Azure subscription",
    next: "Use an Azure (MS-AZR-0145P) or Azure plan subscription.",
  },
  SUBSCRIPTION_NOT_ACTIVE: {
    status: 400,
    code: 800012,
    meaning: "The subscription is not active",
    next: "Activate the subscription, or use an active one.",
  },
  SUBSCRIPTION_NOT_REGISTERED: {
    status: 400,
    code: 800013,
    meaning: "The subscription is not enabled for buying reservations",
    next: "POST /customers/{id}/subscriptions/{id}/registrations, then wait for Registered.",
  },
  // Catalogue
  SEGMENT_NOT_ALLOWED: {
    status: 403,
    code: 400030,
    meaning: "The target segment is not allowed",
    next: "Use commercial, education, government or nonprofit, as the customer qualifies.",
  },
  VIEW_NOT_ALLOWED: {
    status: 403,
    code: 400036,
    meaning: "The target view is not allowed",
    next: "Use a documented target view, such as Azure or Software.",
  },
  PRODUCT_NOT_FOUND: {
    status: 404,
    code: 400013,
    meaning: "The product was not found",
    next: "GET /products?country=&targetView= lists the products sold in a country.",
  },
  SKU_NOT_FOUND: {
    status: 404,
    code: 400018,
    meaning: "The SKU was not found",
    next: "GET /products/{id}/skus?country= lists the SKUs of the product.",
  },
  AVAILABILITY_NOT_FOUND: {
    status: 404,
    code: 400019,
    meaning: "The availability was not found",
    next: "GET …/skus/{id}/availabilities?country= lists the current ones.",
  },
  INVENTORY_BODY_MISSING: {
    status: 400,
    code: 2001,
    meaning: "The inventory check needs a body",
    next: "Send targetItems and inventoryContext.",
  },
  INVENTORY_CONTEXT_MISSING: {
    status: 400,
    code: 400026,
    meaning: "A required value is missing from the inventory context",
    next: "Send every name of the SKU's inventoryVariables in inventoryContext.",
  },
  OFFER_INVALID: {
    status: 400,
    code: 800004,
    meaning: "The offer id is invalid",
    next: "Use the catalogItemId of a current availability.",
  },
  NOT_SOLD_IN_COUNTRY: {
    status: 400,
    code: 800070,
    meaning: "The offer is not sold in the country",
    next: "Choose an availability of the customer's country.",
  },
  NO_INVENTORY: {
    status: 400,
    code: 800010,
    meaning: "There is no inventory for the catalogue item",
    next: "Check the inventory, and choose another region or SKU.",
  },
  // Carts and orders
  CATALOG_ITEM_MISSING: {
    status: 400,
    code: 900142,
    meaning: "The catalogue item id is missing",
    next: "Give every line its catalogItemId: product:sku:availability.",
  },
  CART_NOT_FOUND: {
    status: 404,
    code: 800008,
    meaning: "The cart was not found",
    next: "Create a new cart; a cart lives seven days unless it was ordered.",
  },
  CART_LINES_IN_ERROR: {
    status: 400,
    code: 800009,
    meaning: "One or more cart lines are in error",
    next: "Read the cart, correct the lines that carry an error, update it and check out again.",
  },
  REQUEST_IN_PROGRESS: {
    status: 409,
    code: 800064,
    meaning: "The same request is still being processed",
    next: "Repeat it with the same MS-RequestId in a few seconds.",
  },
  CART_ORDERED: {
    status: 400,
    code: 800065,
    meaning: "The cart has been checked out already",
    next: "Create a new cart; GET …/orders lists what was ordered.",
  },
  LINE_NUMBERS_WRONG: {
    status: 400,
    code: 800071,
    meaning: "Line numbers must run from 0 to the number of lines less one",
    next: "Number the lines from 0 without gap, or leave the numbers out.",
  },
  QUANTITY_OUT_OF_RANGE: {
    status: 400,
    code: 2002,
    meaning: "The quantity is outside the SKU's minimum and maximum",
    next: "Choose a quantity between minimumQuantity and maximumQuantity.",
  },
  CREDIT_EXHAUSTED: {
    status: 403,
    code: 800023,
    meaning: "The credit line is below the amount of this purchase",
    next: "Pay open invoices or ask for a higher limit, then check out again.",
  },
  ORDER_NOT_FOUND: {
    status: 404,
    code: 20000,
    meaning: "The order was not found",
    next: "GET /customers/{id}/orders lists the customer's orders.",
  },
  // Failure
  UNEXPECTED: {
    status: 500,
    code: 800003,
    meaning: "The service failed unexpectedly",
    next: "Repeat the call with the same MS-RequestId; report it with the MS-CorrelationId.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    code: 900192,
    meaning: "The database cannot be reached at the moment",
    next: "Repeat the call with the same MS-RequestId in a moment.",
  },
} as const satisfies Record<string, ErrorSpec>;

export type ErrorKey = keyof typeof errors;

/** The body of every refusal. `data` is always an array: strict clients lose the fault otherwise. */
export interface Fault {
  code: number;
  description: string;
  data: unknown[];
  source: string;
}

/** Longest description that clients accept. */
const descriptionLimit = 1024;

/** Builds the wire body of a refusal: meaning, cause of this occurrence, next step. */
export function fault(key: ErrorKey, cause?: string, data: unknown[] = []): Fault {
  const spec = errors[key];
  const because = cause ? `: ${cause.replace(/\.$/, "")}` : "";
  const description = `${spec.meaning}${because}. ${spec.next}`;
  return {
    code: spec.code,
    description:
      description.length > descriptionLimit
        ? `${description.slice(0, descriptionLimit - 1)}…`
        : description,
    data,
    source: "Kontor",
  };
}

/**
 * Numeric errors of cart lines (`error.errorCode`); integers, since the Java SDK reads only
 * integers there. Names are the .NET SDK's.
 */
export const lineErrors = {
  CurrencyIsNotSupported: 10000,
  CatalogItemIdIsNotValid: 10001,
  QuotaNotAvailable: 10002,
  InventoryNotAvailable: 10003,
  ParticipantsIsNotSupportedForPartner: 10004,
  UnableToProcessCartLineItem: 10006,
  SubscriptionIsNotValid: 10007,
  InvalidInput: 10010,
  SubscriptionNotRegistered: 10011,
  BillingPlanNotSupported: 10013,
  InvalidCustomTermEndDateProduct: 10016,
} as const;
export type LineErrorName = keyof typeof lineErrors;
