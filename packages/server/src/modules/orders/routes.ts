import { orderOperations } from "@kontor/contract";
import { bind } from "../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../foundation/http/links.ts";
import { updateOrder } from "./cancellation/use-cases.ts";
import { orderStamp } from "./io/stamp.ts";
import { type OrderRow, orderStatus, orderView } from "./order.ts";
import {
  createOrder,
  listOrders,
  provisioningStatus,
  requireOrder,
  requireOrderLine,
} from "./use-cases.ts";

function shown(order: OrderRow, now: Date, includePrice?: boolean) {
  return orderView(order, orderStatus(order, now), { includePrice });
}

export const orderRoutes = {
  createOrder: bind(orderOperations.createOrder, (context, { params, body }) =>
    createOrder(context, params.customerId, body),
  ),
  getOrder: bind(
    orderOperations.getOrder,
    async (context, { params, query }) => {
      const order = await requireOrder(context, params.customerId, params.orderId);
      return shown(order, context.now, query.include_price);
    },
    { stamp: orderStamp },
  ),
  updateOrder: bind(orderOperations.updateOrder, async (context, { params, body }) => {
    const order = await updateOrder(context, params.customerId, params.orderId, body);
    return shown(order, context.now);
  }),
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
  listOrderActivationLinks: bind(
    orderOperations.listOrderActivationLinks,
    async (context, { params: { customerId, orderId } }) => {
      await requireOrder(context, customerId, orderId);
      return collectionOf([], `/customers/${customerId}/orders/${orderId}/activationlinks`);
    },
  ),
};
