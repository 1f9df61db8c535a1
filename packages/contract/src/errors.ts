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
  /** Name of an error of the newer services, whose body says more: the extended fault. */
  errorName?: string;
}

export const errors = {
  // Access
  TOKEN_INVALID: {
    status: 401,
    code: 400,
    meaning: "The caller is not allowed in",
    next: "Get a new token where this server's tokens are issued; a sandbox: /{tenant}/oauth2/token.",
  },
  AUDIENCE_RETIRED: {
    status: 401,
    code: 900420,
    meaning: "The token's audience is no longer supported",
    next: "Ask for a token whose resource is https://api.partnercenter.microsoft.com.",
  },
  MFA_MISSING: {
    status: 401,
    code: 900421,
    meaning: "The token lacks proof of a multi-factor sign-in",
    next: "Sign in as a user with a second factor: the token's amr must contain mfa.",
  },
  ISSUER_UNREACHABLE: {
    status: 503,
    code: 900192,
    meaning: "The keys of the token's issuer cannot be read at the moment",
    next: "Repeat the call in a moment; if it stays so, check the issuer's address.",
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
  FOREIGN_PAGE: {
    status: 403,
    code: 2032,
    meaning: "Access is denied: a web page of somebody else may be calling",
    next: "Call the control plane from a program, under localhost, an address or an allowed host.",
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
  CHANGE_NOT_SUPPORTED: {
    status: 400,
    code: 900141,
    meaning: "The change is not supported",
    next: "Send only the change that the operation names.",
  },
  SANDBOX_ONLY: {
    status: 400,
    code: 900127,
    meaning: "The operation is not available in this environment",
    next: "Call it on a sandbox database; in a live one end the relationship instead.",
  },
  ETAG_STALE: {
    status: 400,
    code: 2055,
    meaning: "The etag is out of date: the resource was changed meanwhile",
    next: "Read the resource again, make the change anew and send its new etag.",
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
    meaning: "The domain is taken already",
    next: "Choose another domain, or use the tenant that has it.",
  },
  AGREEMENT_MISSING: {
    status: 403,
    code: 13605,
    meaning: "The customer has not accepted the customer agreement",
    next: "Confirm it with POST /customers/{id}/agreements, then repeat the purchase.",
  },
  PARTNER_AGREEMENT_MISSING: {
    status: 403,
    code: 900124,
    meaning: "The partner has not accepted the Microsoft Partner Agreement",
    next: "Let a global administrator of the partner sign it in the partner's account settings.",
  },
  RESELLER_AGREEMENT_MISSING: {
    status: 403,
    code: 900123,
    meaning: "The customer's indirect reseller has not accepted the Microsoft Partner Agreement",
    next: "Let the reseller sign the agreement, then repeat the purchase.",
  },
  MPN_PROFILE_NOT_FOUND: {
    status: 404,
    code: 3000,
    meaning: "No partner has this MPN id",
    next: "GET /profiles/mpn without mpnId answers the caller's own.",
  },
  AGREEMENT_EXISTS: {
    status: 400,
    code: 600061,
    meaning: "The same agreement confirmation exists already",
    next: "Nothing is to be done: the confirmation stands.",
    errorName: "PartnerConfirmedAgreementAlreadyExists",
  },
  CUSTOMER_LIMIT_REACHED: {
    status: 400,
    code: 800018,
    meaning: "The sandbox's limit of customers is reached",
    next: "Delete customers that are no longer needed, or use the instant profile.",
  },
  SANDBOX_LIMIT_REACHED: {
    status: 400,
    code: 800018,
    meaning: "A limit of the sandbox is reached",
    next: "Cancel what is not needed, use another customer, or run with KONTOR_PROFILE=instant.",
  },
  SANDBOX_SUBSCRIPTIONS_EXCEEDED: {
    status: 403,
    code: 800066,
    meaning: "The customer has as many subscriptions as the sandbox allows",
    next: "Use another customer, or run with KONTOR_PROFILE=instant.",
  },
  SANDBOX_SEATS_EXCEEDED: {
    status: 403,
    code: 800067,
    meaning: "The subscription would have more seats than the sandbox allows",
    next: "Ask for fewer seats, or run with KONTOR_PROFILE=instant.",
  },
  CUSTOMER_HAS_ORDERS: {
    status: 400,
    code: 800061,
    meaning: "The customer has reservation or software orders that are not cancelled",
    next: "Cancel the orders named, then repeat the call.",
  },
  REGISTRATION_NUMBER_INVALID: {
    status: 400,
    code: 600050,
    meaning: "The organization registration number has not the country's form",
    next: "Send companyProfile.organizationRegistrationNumber in the form named.",
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
  // Indirect resellers
  NOT_SANDBOX_PROVIDER: {
    status: 401,
    code: 6002,
    meaning: "The account is not a sandbox provider",
    next: "Call it on a sandbox database.",
  },
  RESELLER_HAS_CUSTOMERS: {
    status: 403,
    code: 6003,
    meaning: "The indirect reseller may not be deleted",
    next: "Delete the reseller's customers first.",
  },
  RESELLER_LIMIT_REACHED: {
    status: 403,
    code: 6004,
    meaning: "A further indirect reseller may not be created",
    next: "Delete a reseller that is no longer needed, or use the instant profile.",
  },
  AGREEMENT_STATUS_OF_NOBODY: {
    status: 400,
    code: 2001,
    meaning: "Neither an MPN id nor a tenant id is given",
    next: "Send mpnId or tenantId.",
  },
  MPN_ID_UNKNOWN: {
    status: 400,
    code: 2200,
    meaning: "The MPN id is not known",
    next: "GET /relationships lists the indirect resellers with their MPN ids.",
  },
  MPN_ID_UNSIGNED: {
    status: 400,
    code: 2203,
    meaning: "The MPN id has not signed the partner agreement",
    next: "Let the reseller sign the agreement.",
  },
  TENANT_WITHOUT_ACCOUNT: {
    status: 400,
    code: 2205,
    meaning: "There is no partner account for the tenant id",
    next: "GET /relationships lists the indirect resellers with their tenant ids.",
  },
  TENANT_UNSIGNED: {
    status: 400,
    code: 2206,
    meaning: "The tenant's account has not signed the partner agreement",
    next: "Let the reseller sign the agreement.",
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
  SUBSCRIPTION_DELETED: {
    status: 400,
    code: 2011,
    meaning: "The subscription is deleted and cannot be updated",
    next: "Buy the item again.",
  },
  SUBSCRIPTION_SUSPENDED: {
    status: 400,
    code: 800091,
    meaning: "A suspended subscription cannot be changed",
    next: "Activate it with the status active first, then repeat the change.",
  },
  BILLING_CYCLE_FIXED: {
    status: 400,
    code: 2054,
    meaning: "The billing cycle is not changed through the subscription",
    next: "Send the subscription with the billing cycle that it has.",
  },
  SEATS_NOT_ADDED: {
    status: 400,
    code: 800092,
    meaning: "Seats cannot be added to the subscription",
    next: "Buy the additional quantity as another subscription.",
  },
  QUANTITY_FIXED: {
    status: 400,
    code: 800095,
    meaning: "The quantity of the subscription cannot change",
    next: "Send the subscription with the quantity that it has.",
  },
  NOT_RENEWABLE: {
    status: 400,
    code: 800093,
    meaning: "The subscription is not eligible for automatic renewal",
    next: "Send autoRenewEnabled as false, or leave it out.",
  },
  STATUS_FIXED: {
    status: 400,
    code: 800096,
    meaning: "The status of the subscription cannot change so",
    next: "Suspend and activate Azure subscriptions; licences run until they end or are deleted.",
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
  COUNTRY_NOT_ALLOWED: {
    status: 403,
    code: 2030,
    meaning: "The partner is not onboarded to sell in this country",
    next: "Choose a country that is a market and that the partner sells in.",
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
  NOT_ELIGIBLE: {
    status: 403,
    code: 800020,
    meaning: "The catalogue item is not eligible for purchase",
    next: "Choose an availability whose isPurchasable is true.",
  },
  CUSTOMER_NOT_QUALIFIED: {
    status: 400,
    code: 800086,
    meaning: "The customer lacks the qualification that the offer needs",
    next: "POST /customers/{id}/qualifications, wait for Approved, then repeat the purchase.",
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
  QUANTITY_NOT_AVAILABLE: {
    status: 400,
    code: 800017,
    meaning: "The catalogue item is not available in that quantity",
    next: "Ask for what is left, or wait until carts expire that hold the rest.",
  },
  // Carts and orders
  RESELLER_NOT_FOUND: {
    status: 404,
    code: 800015,
    meaning: "The MPN id was not found",
    next: "GET /relationships lists the MPN ids of the partner's indirect resellers.",
  },
  PROVIDER_ON_RECORD: {
    status: 404,
    code: 2072,
    meaning: "The MPN id of an indirect provider cannot be the partner on record",
    next: "Name the MPN id of the reseller, or leave it out.",
  },
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
  ORDER_CHANGE_NOT_SUPPORTED: {
    status: 400,
    code: 800042,
    meaning: "The operation is not supported for this order",
    next: 'Send "status": "cancelled", with the lines to cancel or without any for all of them.',
  },
  ORDER_NOT_CANCELLABLE: {
    status: 400,
    code: 800063,
    meaning: "The order cannot be cancelled: it runs through its subscriptions",
    next: "Suspend the subscriptions of the order instead.",
  },
  RESERVATION_NOT_CANCELLABLE: {
    status: 403,
    code: 800019,
    meaning: "Outside a sandbox only software can be cancelled",
    next: "Leave the line of the reservation out and cancel the lines of software.",
  },
  SERVICE_NOT_CANCELLABLE: {
    status: 403,
    code: 800077,
    meaning: "A seat-based service is not cancelled through its order",
    next: "PATCH its subscription to the status deleted, and leave the line out here.",
  },
  CANCELLATION_WINDOW_CLOSED: {
    status: 400,
    code: 900117,
    meaning: "The days in which the order could be cancelled have passed",
    next: "Keep the goods, or cancel sooner after the next purchase.",
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

/** The fault of the newer services: a superset, which every client reads as a fault. */
export interface ExtendedFault extends Fault {
  message: string;
  errorName: string;
  isRetryable: boolean;
  parameters: Record<string, string>;
  errorMessageExtended: string;
}

/** Longest description that clients accept. */
const descriptionLimit = 1024;

/**
 * Builds the wire body of a refusal: meaning, cause of this occurrence, next step. An error that
 * has a name in the registry gets the extended form.
 */
export function fault(key: ErrorKey, cause?: string, data: unknown[] = []): Fault | ExtendedFault {
  const spec: ErrorSpec = errors[key];
  const because = cause ? `: ${cause.replace(/\.$/, "")}` : "";
  const description = `${spec.meaning}${because}. ${spec.next}`;
  const plain: Fault = {
    code: spec.code,
    description:
      description.length > descriptionLimit
        ? `${description.slice(0, descriptionLimit - 1)}…`
        : description,
    data,
    source: "Kontor",
  };
  if (spec.errorName === undefined) return plain;
  return {
    ...plain,
    message: spec.meaning,
    errorName: spec.errorName,
    // What is refused as 4xx stays refused.
    isRetryable: spec.status >= 500,
    parameters: {},
    errorMessageExtended: `InternalErrorCode=${spec.code}`,
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
  SandboxLimitExceeded: 10009,
  InvalidInput: 10010,
  SubscriptionNotRegistered: 10011,
  BillingPlanNotSupported: 10013,
  InvalidCustomTermEndDateProduct: 10016,
} as const;
export type LineErrorName = keyof typeof lineErrors;
