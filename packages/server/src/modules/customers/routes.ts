import { customerOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import {
  billingProfileView,
  companyProfileView,
  customerView,
  validationStatusView,
} from "./customer.ts";
import { deleteCustomer, endRelationship } from "./removal/use-cases.ts";
import {
  changeBillingProfile,
  createCustomer,
  listCustomers,
  requireCustomer,
} from "./use-cases.ts";

const o = customerOperations;
/** No purchase may be under way for a customer who is being removed. */
const alone = { exclusive: true };

export const customerRoutes = {
  listCustomers: bind(o.listCustomers, (context, { query }) => listCustomers(context, query)),

  createCustomer: bind(o.createCustomer, (context, { body }) => createCustomer(context, body)),

  getCustomer: bind(o.getCustomer, async (context, { params }) =>
    customerView(await requireCustomer(context, params.customerId)),
  ),

  deleteCustomer: bind(
    o.deleteCustomer,
    (context, { params }) => deleteCustomer(context, params.customerId),
    alone,
  ),

  updateCustomer: bind(
    o.updateCustomer,
    (context, { params, body }) => endRelationship(context, params.customerId, body),
    alone,
  ),

  getCustomerCompanyProfile: bind(o.getCustomerCompanyProfile, async (context, { params }) =>
    companyProfileView(await requireCustomer(context, params.customerId)),
  ),

  getCustomerBillingProfile: bind(o.getCustomerBillingProfile, async (context, { params }) =>
    billingProfileView(await requireCustomer(context, params.customerId)),
  ),

  updateCustomerBillingProfile: bind(o.updateCustomerBillingProfile, (context, { params, body }) =>
    changeBillingProfile(context, params.customerId, body),
  ),

  getCustomerValidationStatus: bind(o.getCustomerValidationStatus, async (context, { params }) =>
    validationStatusView(await requireCustomer(context, params.customerId)),
  ),
};
