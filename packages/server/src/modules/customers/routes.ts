import { customerOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../foundation/http/links.ts";
import { agreementMetaData, listedAgreementView, readAgreementType } from "./agreement.ts";
import { billingProfileView, companyProfileView, customerView } from "./customer.ts";
import {
  confirmAgreement,
  createCustomer,
  listAgreements,
  listCustomers,
  requireCustomer,
} from "./use-cases.ts";

const o = customerOperations;

export const customerRoutes = {
  listCustomers: bind(o.listCustomers, (context, { query }) => listCustomers(context, query)),

  createCustomer: bind(o.createCustomer, (context, { body }) => createCustomer(context, body)),

  getCustomer: bind(o.getCustomer, async (context, { params }) =>
    customerView(await requireCustomer(context, params.customerId)),
  ),

  getCustomerCompanyProfile: bind(o.getCustomerCompanyProfile, async (context, { params }) =>
    companyProfileView(await requireCustomer(context, params.customerId)),
  ),

  getCustomerBillingProfile: bind(o.getCustomerBillingProfile, async (context, { params }) =>
    billingProfileView(await requireCustomer(context, params.customerId)),
  ),

  listAgreementMetaData: bind(o.listAgreementMetaData, async (_context, { query }) =>
    collectionOf(
      agreementMetaData(readAgreementType(query.agreementType)),
      uriWith("/agreements", query),
    ),
  ),

  listCustomerAgreements: bind(o.listCustomerAgreements, async (context, { params, query }) => {
    const agreements = await listAgreements(context, params.customerId, query.agreementType);
    const path = `/customers/${params.customerId}/agreements`;
    return collectionOf(agreements.map(listedAgreementView), uriWith(path, query));
  }),

  confirmCustomerAgreement: bind(o.confirmCustomerAgreement, (context, { params, body }) =>
    confirmAgreement(context, params.customerId, body),
  ),
};
