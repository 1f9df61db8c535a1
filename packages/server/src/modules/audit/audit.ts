/** What an audit record may say. */

/** Resource types that every shipped client reads: one unknown value loses them the whole page. */
type ResourceType =
  | "customer"
  | "customer_user"
  | "order"
  | "subscription"
  | "license"
  | "transfer"
  | "application"
  | "partner_user"
  | "partner_relationship"
  | "software_key"
  | "software_download_link"
  | "invoice"
  | "agreement";

/** Operation types that every shipped client reads. */
type OperationType =
  | "add_customer"
  | "update_customer_billing_profile"
  | "delete_customer"
  | "update_customer_qualification"
  | "remove_partner_customer_relationship"
  | "create_partner_relationship"
  | "create_agreement"
  | "create_order"
  | "update_order"
  | "update_subscription"
  | "get_software_key"
  | "get_software_download_link"
  | "ready_invoice";

export interface AuditEntry {
  customerId?: string;
  resourceType: ResourceType;
  operationType: OperationType;
  resourceId: string;
  /** The resource after the change, as the wire shows it: a plain JSON value. */
  newValue?: unknown;
}

const secretName = /password|secret|credential|token|^(activation|product|private)?key$/i;

/** A copy without anything that is named like a secret, at any depth. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !secretName.test(name))
      .map(([name, member]) => [name, withoutSecrets(member)]),
  );
}
