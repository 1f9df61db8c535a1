/** Finding something to buy, as a partner's program would: view → product → SKU → availability. */
import type { Client } from "@kontor/client";
import type { BodyOf, operations } from "@kontor/contract";

export type CartLine = BodyOf<typeof operations.createCart>["lineItems"][number];

export interface Goods {
  title: string;
  line: CartLine;
}

/** The kinds of goods of a one-time purchase, by the views that list them, best first. */
const kinds = [
  { views: ["AzureReservationsVM", "AzureReservations"], quantity: 2 },
  { views: ["SoftwarePerpetual"], quantity: 5 },
  { views: ["SoftwareSubscriptions"], quantity: 3 },
] as const;
/** Bought only where a catalog has none of the above. */
const otherwise = { views: ["OnlineServices"], quantity: 4 } as const;

export interface Buyer {
  customerId: string;
  subscriptionId: string;
  country: string;
}

/** One item of each kind that the catalog sells in the buyer's country. */
export async function chooseGoods(client: Client, buyer: Buyer): Promise<Goods[]> {
  const goods: Goods[] = [];
  for (const kind of kinds) {
    const found = await firstOfKind(client, buyer, kind);
    if (found) goods.push(found);
  }
  if (goods.length > 0) return goods;
  const service = await firstOfKind(client, buyer, otherwise);
  return service ? [service] : [];
}

async function firstOfKind(
  client: Client,
  buyer: Buyer,
  { views, quantity }: { views: readonly string[]; quantity: number },
): Promise<Goods | undefined> {
  for (const view of views) {
    const found = await firstOf(client, buyer, view, quantity);
    if (found) return found;
  }
  return undefined;
}

async function firstOf(
  client: Client,
  buyer: Buyer,
  targetView: string,
  quantity: number,
): Promise<Goods | undefined> {
  const { country } = buyer;
  const query = { country, targetSegment: "commercial" };
  const products = await client.listProducts({ query: { ...query, targetView } });
  for (const product of products.items) {
    const skus = await client.listSkus({ params: { productId: product.id }, query });
    for (const sku of skus.items) {
      if (sku.isTrial || !(await canBeBought(client, buyer, sku))) continue;
      const ids = { productId: product.id, skuId: sku.id };
      const { items } = await client.listAvailabilities({ params: ids, query });
      const availability = items.find((item) => item.isPurchasable);
      if (!availability) continue;
      const term = availability.terms[0]?.duration;
      return {
        title: sku.title,
        line: {
          catalogItemId: availability.catalogItemId,
          quantity: Math.min(quantity, sku.maximumQuantity),
          ...(term ? { termDuration: term } : {}),
          ...(sku.provisioningVariables.length > 0
            ? { provisioningContext: { subscriptionId: buyer.subscriptionId, scope: "shared" } }
            : {}),
        },
      };
    }
  }
  return undefined;
}

type Sku = Awaited<ReturnType<Client["listSkus"]>>["items"][number];

/** Asks for the inventory where the SKU says so. */
async function canBeBought(client: Client, buyer: Buyer, sku: Sku): Promise<boolean> {
  if (!sku.purchasePrerequisites.includes("InventoryCheck")) return true;
  const answers = await client.checkInventory({
    query: { country: buyer.country },
    body: {
      targetItems: [{ productId: sku.productId, skuId: sku.id }],
      inventoryContext: {
        customerId: buyer.customerId,
        azureSubscriptionId: buyer.subscriptionId,
        armRegionName: sku.dynamicAttributes.armRegionName ?? "",
      },
    },
  });
  return answers.every((answer) => !answer.isRestricted);
}
