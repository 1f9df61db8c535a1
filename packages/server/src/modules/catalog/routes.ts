import { catalogOperations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../foundation/http/binding.ts";
import { catalogStamp } from "./io/stamp.ts";
import { addRestriction, listRestrictions, removeRestrictions } from "./restrictions/use-cases.ts";
import {
  getAvailability,
  getProduct,
  getSku,
  inCountry,
  listAvailabilities,
  listDownloadOptions,
  listProducts,
  listSkus,
  ofCustomer,
} from "./use-cases/discovery.ts";
import { getDownloadLink } from "./use-cases/downloads.ts";
import { checkInventory } from "./use-cases/inventory.ts";

const operations = catalogOperations;

/** Answers hold until the catalog or the time of some price changes. */
const kept = { stamp: catalogStamp };

const byCountry = {
  listProducts: bind(
    operations.listProducts,
    async (context, { query }) => listProducts(context, inCountry(context, query), query),
    kept,
  ),
  getProduct: bind(
    operations.getProduct,
    async (context, { params, query }) =>
      getProduct(context, inCountry(context, query), params, query),
    kept,
  ),
  listSkus: bind(
    operations.listSkus,
    async (context, { params, query }) =>
      listSkus(context, inCountry(context, query), params, query),
    kept,
  ),
  getSku: bind(
    operations.getSku,
    async (context, { params, query }) => getSku(context, inCountry(context, query), params, query),
    kept,
  ),
  listAvailabilities: bind(
    operations.listAvailabilities,
    async (context, { params, query }) =>
      listAvailabilities(context, inCountry(context, query), params, query),
    kept,
  ),
  getAvailability: bind(
    operations.getAvailability,
    async (context, { params, query }) =>
      getAvailability(context, inCountry(context, query), params),
    kept,
  ),
  listDownloadOptions: bind(
    operations.listDownloadOptions,
    async (context, { params, query }) =>
      listDownloadOptions(context, inCountry(context, query), params),
    kept,
  ),
  getDownloadLink: bind(operations.getDownloadLink, async (context, { params, query }) =>
    getDownloadLink(context, inCountry(context, query), params),
  ),
  checkInventory: bind(operations.checkInventory, async (context, { query, body }) =>
    checkInventory(context, inCountry(context, query), body),
  ),
};

const byCustomer = {
  listCustomerProducts: bind(operations.listCustomerProducts, async (context, { params, query }) =>
    listProducts(context, await ofCustomer(context, params), query),
  ),
  getCustomerProduct: bind(operations.getCustomerProduct, async (context, { params, query }) =>
    getProduct(context, await ofCustomer(context, params), params, query),
  ),
  listCustomerSkus: bind(operations.listCustomerSkus, async (context, { params, query }) =>
    listSkus(context, await ofCustomer(context, params), params, query),
  ),
  getCustomerSku: bind(operations.getCustomerSku, async (context, { params, query }) =>
    getSku(context, await ofCustomer(context, params), params, query),
  ),
  listCustomerAvailabilities: bind(
    operations.listCustomerAvailabilities,
    async (context, { params, query }) =>
      listAvailabilities(context, await ofCustomer(context, params), params, query),
  ),
  getCustomerAvailability: bind(operations.getCustomerAvailability, async (context, { params }) =>
    getAvailability(context, await ofCustomer(context, params), params),
  ),
  listCustomerDownloadOptions: bind(
    operations.listCustomerDownloadOptions,
    async (context, { params }) =>
      listDownloadOptions(context, await ofCustomer(context, params), params),
  ),
};

const control = {
  listRestrictions: bind(operations.listRestrictions, listRestrictions),
  addRestriction: bind(
    operations.addRestriction,
    (context, { body }) => addRestriction(context, body),
    { exclusive: true },
  ),
  clearRestrictions: bind(operations.clearRestrictions, (context) =>
    removeRestrictions(context, null),
  ),
  removeRestriction: bind(operations.removeRestriction, (context, { params }) =>
    removeRestrictions(context, params.restrictionId),
  ),
};

export const catalogRoutes: BindingsOf<typeof catalogOperations> = {
  ...byCountry,
  ...byCustomer,
  ...control,
};
