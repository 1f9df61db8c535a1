import { profileOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import {
  getBilling,
  getLegalBusiness,
  getMpn,
  getOrganization,
  getSupport,
  updateBilling,
  updateLegalBusiness,
  updateOrganization,
  updateSupport,
} from "./use-cases.ts";

const o = profileOperations;

export const profileRoutes = {
  getOrganizationProfile: bind(o.getOrganizationProfile, (context) => getOrganization(context)),
  updateOrganizationProfile: bind(o.updateOrganizationProfile, (context, { body }) =>
    updateOrganization(context, body),
  ),
  getLegalBusinessProfile: bind(o.getLegalBusinessProfile, (context, { query }) =>
    getLegalBusiness(context, query.vettingVersion),
  ),
  updateLegalBusinessProfile: bind(o.updateLegalBusinessProfile, (context, { body }) =>
    updateLegalBusiness(context, body),
  ),
  getMpnProfile: bind(o.getMpnProfile, (context, { query }) => getMpn(context, query.mpnId)),
  getSupportProfile: bind(o.getSupportProfile, (context) => getSupport(context)),
  updateSupportProfile: bind(o.updateSupportProfile, (context, { body }) =>
    updateSupport(context, body),
  ),
  updateSupportProfileAsDocumented: bind(o.updateSupportProfileAsDocumented, (context, { body }) =>
    updateSupport(context, body),
  ),
  getBillingProfile: bind(o.getBillingProfile, (context) => getBilling(context)),
  updateBillingProfile: bind(o.updateBillingProfile, (context, { body }) =>
    updateBilling(context, body),
  ),
};
