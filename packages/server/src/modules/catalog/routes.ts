import { catalogOperations } from "@kontor/contract";
import { type BindingsOf, bind } from "../../foundation/http/binding.ts";
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

const byCountry = {
  listProducts: bind(operations.listProducts, async (context, { query }) =>
    listProducts(context, inCountry(query), query),
  ),
  getProduct: bind(operations.getProduct, async (context, { params, query }) =>
    getProduct(context, inCountry(query), params, query),
  ),
  listSkus: bind(operations.listSkus, async (context, { params, query }) =>
    listSkus(context, inCountry(query), params, query),
  ),
  getSku: bind(operations.getSku, async (context, { params, query }) =>
    getSku(context, inCountry(query), params, query),
  ),
  listAvailabilities: bind(operations.listAvailabilities, async (context, { params, query }) =>
    listAvailabilities(context, inCountry(query), params, query),
  ),
  getAvailability: bind(operations.getAvailability, async (context, { params, query }) =>
    getAvailability(context, inCountry(query), params),
  ),
  listDownloadOptions: bind(operations.listDownloadOptions, async (context, { params, query }) =>
    listDownloadOptions(context, inCountry(query), params),
  ),
  getDownloadLink: bind(operations.getDownloadLink, async (context, { params, query }) =>
    getDownloadLink(context, inCountry(query), params),
  ),
  checkInventory: bind(operations.checkInventory, async (context, { query, body }) =>
    checkInventory(context, inCountry(query), body),
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

export const catalogRoutes: BindingsOf<typeof catalogOperations> = { ...byCountry, ...byCustomer };
