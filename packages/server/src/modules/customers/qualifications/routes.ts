import { qualificationOperations } from "@kontor/contract";
import { bind } from "../../../foundation/http/binding.ts";
import {
  getQualification,
  listCodes,
  listQualifications,
  requestQualification,
  setQualification,
  setStanding,
} from "./use-cases.ts";

const o = qualificationOperations;

export const qualificationRoutes = {
  listCustomerQualifications: bind(o.listCustomerQualifications, (context, { params }) =>
    listQualifications(context, params.customerId),
  ),

  requestCustomerQualification: bind(
    o.requestCustomerQualification,
    (context, { params, query, body }) =>
      requestQualification(context, params.customerId, body, query.code),
  ),

  getCustomerQualification: bind(o.getCustomerQualification, (context, { params }) =>
    getQualification(context, params.customerId),
  ),

  setCustomerQualification: bind(o.setCustomerQualification, (context, { params, query, body }) =>
    setQualification(context, params.customerId, body, query.code),
  ),

  listValidationCodes: bind(o.listValidationCodes, (context) => listCodes(context)),

  setCustomerStanding: bind(o.setCustomerStanding, (context, { params, body }) =>
    setStanding(context, params.customerId, body),
  ),
};
