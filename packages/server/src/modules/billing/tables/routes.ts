/** Binds what a sandbox may decide about money. */
import { accountingOperations as operations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../../foundation/http/binding.ts";
import { setRates } from "../rates/use-cases.ts";
import { setTaxExemption } from "../taxes/use-cases.ts";

export const accountingRoutes = {
  setExchangeRates: bind(operations.setExchangeRates, (context, { body }) =>
    setRates(context, body),
  ),

  setTaxExemption: bind(operations.setTaxExemption, (context, { params, body }) =>
    setTaxExemption(context, params.customerId, body),
  ),
} satisfies BindingsOf<typeof operations>;
