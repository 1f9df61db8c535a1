import { validationOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { isOlderClient, requireGood, validateAddress } from "./address-check.ts";
import { countryView, requireCountry } from "./country-view.ts";
import { isPrefixFree, requireTaken } from "./use-cases.ts";

const o = validationOperations;

export const validationRoutes = {
  validateAddress: bind(o.validateAddress, async ({ header }, { body }) => {
    const validation = validateAddress(body);
    return isOlderClient(header("ms-partnercenter-client")) ? requireGood(validation) : validation;
  }),

  getCountryRules: bind(o.getCountryRules, async (_context, { params }) =>
    countryView(requireCountry(params.countryCode)),
  ),

  domainExists: bind(o.domainExists, (context, { params }) => requireTaken(context, params.domain)),

  checkDomainAvailability: bind(o.checkDomainAvailability, (context, { params }) =>
    isPrefixFree(context, params.prefix),
  ),
};
