import { subscriptionOperations } from "@kontor/contract";
import { answer, bind } from "../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../foundation/http/links.ts";
import {
  type CancelSubscription,
  getProvisioningStatus,
  getRegistrationStatus,
  getSubscription,
  listSubscriptions,
  registerSubscription,
  updateSubscription,
} from "./use-cases.ts";

const o = subscriptionOperations;

/** `cancellation` does what the status `deleted` asks for. */
export const createSubscriptionRoutes = (cancellation: CancelSubscription) => ({
  listSubscriptions: bind(o.listSubscriptions, async (context, { params, query }) => {
    const views = await listSubscriptions(context, params.customerId, query);
    return collectionOf(views, uriWith(`/customers/${params.customerId}/subscriptions`, query));
  }),

  getSubscription: bind(o.getSubscription, (context, { params }) =>
    getSubscription(context, params.customerId, params.subscriptionId),
  ),

  updateSubscription: bind(o.updateSubscription, (context, { params, body }) =>
    updateSubscription(context, params.customerId, params.subscriptionId, body, cancellation),
  ),

  registerSubscription: bind(o.registerSubscription, async (context, { params }) => {
    const { customerId, subscriptionId } = params;
    await registerSubscription(context, customerId, subscriptionId);
    const path = `/customers/${customerId}/subscriptions/${subscriptionId}`;
    return answer(undefined, { Location: `${path}/registrationstatus` });
  }),

  getRegistrationStatus: bind(o.getRegistrationStatus, (context, { params }) =>
    getRegistrationStatus(context, params.customerId, params.subscriptionId),
  ),

  getSubscriptionProvisioningStatus: bind(
    o.getSubscriptionProvisioningStatus,
    (context, { params }) =>
      getProvisioningStatus(context, params.customerId, params.subscriptionId),
  ),

  listSubscriptionActivationLinks: bind(
    o.listSubscriptionActivationLinks,
    async (context, { params: { customerId, subscriptionId } }) => {
      await getSubscription(context, customerId, subscriptionId);
      const path = `/customers/${customerId}/subscriptions/${subscriptionId}`;
      return collectionOf([], `${path}/activationlinks`);
    },
  ),
});
