import { orderOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../foundation/http/links.ts";
import { orderStamp } from "./io/stamp.ts";
import {
  createOrder,
  getOrder,
  listOrders,
  provisioningStatus,
  requireOrderLine,
} from "./use-cases.ts";

export const orderRoutes = {
  createOrder: bind(orderOperations.createOrder, (context, { params, body }) =>
    createOrder(context, params.customerId, body),
  ),
  getOrder: bind(
    orderOperations.getOrder,
    (context, { params, query }) =>
      getOrder(context, params.customerId, params.orderId, query.include_price),
    { stamp: orderStamp },
  ),
  listOrders: bind(orderOperations.listOrders, async (context, { params, query }) => {
    const orders = await listOrders(context, params.customerId, query);
    const path = `/customers/${params.customerId}/orders`;
    return collectionOf(orders, uriWith(path, { billingType: query.billingType }));
  }),
  getOrderProvisioningStatus: bind(
    orderOperations.getOrderProvisioningStatus,
    async (context, { params: { customerId, orderId } }) =>
      collectionOf(
        await provisioningStatus(context, customerId, orderId),
        `/customers/${customerId}/orders/${orderId}/provisioningstatus`,
      ),
  ),
  listOrderLineActivationLinks: bind(
    orderOperations.listOrderLineActivationLinks,
    async (context, { params: { customerId, orderId, lineItemNumber } }) => {
      await requireOrderLine(context, customerId, orderId, lineItemNumber);
      const path = `/customers/${customerId}/orders/${orderId}/lineitems/${lineItemNumber}`;
      return collectionOf([], `${path}/activationlinks`);
    },
  ),
};
