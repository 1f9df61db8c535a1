/** Binds the payments of the control plane. */
import { paymentOperations as operations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../../foundation/http/binding.ts";
import { listPayments, recordPayment, reversePayment } from "./use-cases.ts";

export const paymentRoutes = {
  listPayments: bind(operations.listPayments, (context) => listPayments(context)),
  recordPayment: bind(operations.recordPayment, (context, { body }) =>
    recordPayment(context, body),
  ),
  reversePayment: bind(operations.reversePayment, (context, { params, body }) =>
    reversePayment(context, params.paymentId, body.reference),
  ),
} satisfies BindingsOf<typeof operations>;
