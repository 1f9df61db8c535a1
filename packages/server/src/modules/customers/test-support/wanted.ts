/** What tests send to make a customer. */
import { randomId } from "../../../foundation/ids.ts";

/** A customer that is right in all its parts, at a domain of its own. */
export function wantedCustomer(
  companyName = "Fabrikam",
  domain = `d${randomId().slice(0, 13)}.example`,
) {
  return {
    companyProfile: { domain },
    billingProfile: {
      culture: "EN-US",
      language: "En",
      email: "ada@fabrikam.example",
      companyName,
      defaultAddress: {
        country: "US",
        city: "Seattle",
        state: "WA",
        addressLine1: "1 Pine Street",
        postalCode: "98101",
        firstName: "Ada",
        lastName: "Coleman",
      },
    },
  };
}

/** A reseller as the sandbox call takes it, at a domain of its own. */
export function wantedReseller(displayName = "Reseller", mpnId = "6363276") {
  return {
    mpnId,
    tenant: {
      domainPrefix: `r${randomId().slice(0, 13)}`,
      displayName,
      name: displayName,
      adminUserName: "admin",
      country: "FR",
      culture: "fr-FR",
    },
    legalBusinessProfile: {
      companyName: `${displayName} SA`,
      address: { country: "FR", city: "Lyon", addressLine1: "1 Rue", state: "" },
      culture: "fr-FR",
    },
    organizationProfileLanguage: "fr",
  };
}
