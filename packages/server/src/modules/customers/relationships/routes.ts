import { relationshipOperations } from "@kontor/contract";
import { bind } from "../../../foundation/http/binding.ts";
import { collectionOf, uriWith } from "../../../foundation/http/links.ts";
import { relationshipView } from "./relationship.ts";
import {
  createReseller,
  getAgreementStatus,
  listCustomerRelationships,
  listRelationships,
  removeReseller,
} from "./use-cases.ts";

const o = relationshipOperations;
/** The number of resellers and of their customers must hold still. */
const alone = { exclusive: true };

/** Where the vendor lets a customer accept a partner. */
const invitation = "https://admin.microsoft.com/Adminportal/Home?invType=ResellerRelationship";

export const relationshipRoutes = {
  getRelationshipRequest: bind(o.getRelationshipRequest, async ({ partner }) => ({
    url: `${invitation}&partnerId=${partner.partnerId}&msppId=${partner.mpnId}`,
    attributes: { objectType: "RelationshipRequest" },
  })),

  listCustomerRelationships: bind(o.listCustomerRelationships, async (context, { params }) => {
    const resellers = await listCustomerRelationships(context, params.customerId);
    const self = `/customers/${params.customerId}/relationships`;
    return collectionOf(resellers.map(relationshipView), self);
  }),

  listRelationships: bind(o.listRelationships, async (context, { query }) => {
    const resellers = await listRelationships(context, query);
    return collectionOf(resellers.map(relationshipView), uriWith("/relationships", query));
  }),

  getAgreementStatus: bind(o.getAgreementStatus, (context, { query }) =>
    getAgreementStatus(context, query),
  ),

  createIndirectReseller: bind(
    o.createIndirectReseller,
    (context, { body }) => createReseller(context, body),
    alone,
  ),

  deleteIndirectReseller: bind(
    o.deleteIndirectReseller,
    (context, { params }) => removeReseller(context, params.resellerId),
    alone,
  ),
};
