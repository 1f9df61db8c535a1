-- The ground: partners and sign-in, customers, catalog, carts, orders, billing.
-- Rules: partner_id first in every business key; amounts are bigint minor units; prices and rates
-- are numeric; instants are timestamptz; facts (charge, posting, audit_record) are only appended.

CREATE TABLE installation (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  mode text NOT NULL CHECK (mode IN ('sandbox', 'live')),
  server_id text NOT NULL,
  -- Signs what must not be forged, such as download links.
  secret bytea NOT NULL,
  created_at timestamptz NOT NULL
);

-- Identity ------------------------------------------------------------------------------------

CREATE TABLE partner (
  partner_id uuid PRIMARY KEY,
  name text NOT NULL,
  domain text NOT NULL,
  country text NOT NULL,
  billing_currency text NOT NULL,
  -- What invoices are in: the currency of the price, or the billing currency at a monthly rate.
  invoice_currency text NOT NULL DEFAULT 'price' CHECK (invoice_currency IN ('price', 'partner')),
  mpn_id text NOT NULL,
  -- One rate for all charges, e.g. 0.1, or none at 0; null: the taxes of the partner's country.
  tax_rate numeric CHECK (tax_rate >= 0),
  credit_limit_minor bigint,
  -- Whether the partner signed its own agreement with the vendor.
  agreement_signed boolean NOT NULL DEFAULT true,
  -- Countries that the partner is onboarded to sell in, upper case; null: every market.
  sells_in text[],
  -- Perpetual software is sold by qualified partners only.
  perpetual_software boolean NOT NULL DEFAULT true,
  -- Which of the documented forms entitlements have; that of 2018 has product keys.
  entitlement_shape text NOT NULL DEFAULT '2021-07'
    CHECK (entitlement_shape IN ('2018-06', '2021-07')),
  clock_offset_ms bigint NOT NULL DEFAULT 0,
  clock_frozen_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX partner_domain ON partner (lower(domain));

CREATE TABLE app (
  partner_id uuid NOT NULL REFERENCES partner,
  client_id uuid NOT NULL,
  name text NOT NULL,
  secret_hash text NOT NULL,
  -- Where a sign-in may send its answer, besides this machine itself.
  redirect_uris text[] NOT NULL DEFAULT '{}',
  -- PEM: an assertion signed with the key of one stands for the secret.
  certificates text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, client_id)
);
-- Sign-in at the common endpoint knows the client only.
CREATE INDEX app_by_client ON app (client_id);

CREATE TABLE app_user (
  partner_id uuid NOT NULL REFERENCES partner,
  user_id uuid NOT NULL,
  name text NOT NULL,
  display_name text NOT NULL,
  password_hash text NOT NULL,
  roles text[] NOT NULL,
  mfa boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, user_id)
);
CREATE UNIQUE INDEX app_user_name ON app_user (partner_id, lower(name));

CREATE TABLE refresh_token (
  partner_id uuid NOT NULL,
  token_hash text NOT NULL,
  user_id uuid NOT NULL,
  client_id uuid NOT NULL,
  -- The client proved its secret to get the token, so it must prove it to use it.
  with_secret boolean NOT NULL,
  issued_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, token_hash),
  FOREIGN KEY (partner_id, user_id) REFERENCES app_user
);
CREATE INDEX refresh_token_age ON refresh_token (partner_id, expires_at);

-- What a user's sign-in at the authorization endpoint gave to an app.
CREATE TABLE authorization_code (
  partner_id uuid NOT NULL,
  code_hash text NOT NULL,
  client_id uuid NOT NULL,
  user_id uuid NOT NULL,
  redirect_uri text NOT NULL,
  -- PKCE, RFC 7636: both or neither.
  challenge text,
  challenge_method text CHECK (challenge_method IN ('S256', 'plain')),
  nonce text,
  audience text NOT NULL,
  expires_at timestamptz NOT NULL,
  redeemed_at timestamptz,
  PRIMARY KEY (partner_id, code_hash),
  FOREIGN KEY (partner_id, user_id) REFERENCES app_user
);
CREATE INDEX authorization_code_age ON authorization_code (partner_id, expires_at);

-- A device that waits for its user, RFC 8628.
CREATE TABLE device_code (
  partner_id uuid NOT NULL,
  code_hash text NOT NULL,
  -- Typed by the user at a page that knows no partner yet.
  user_code text NOT NULL,
  client_id uuid NOT NULL,
  audience text NOT NULL,
  user_id uuid,
  polled_at timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, code_hash),
  FOREIGN KEY (partner_id, user_id) REFERENCES app_user
);
CREATE INDEX device_code_by_user_code ON device_code (user_code);
CREATE INDEX device_code_age ON device_code (partner_id, expires_at);

-- What a partner changed of its own profiles; a profile without a row is derived from the partner.
CREATE TABLE partner_profile (
  partner_id uuid NOT NULL REFERENCES partner,
  kind text NOT NULL CHECK (kind IN ('organization', 'legalbusiness', 'support', 'billing')),
  content jsonb NOT NULL,
  -- The content that was vetted before this one; only of the legal business profile.
  vetted_content jsonb,
  version integer NOT NULL,
  changed_at timestamptz,
  PRIMARY KEY (partner_id, kind)
);

-- What a profile said from when on: a document names the partner as of its own date. Appended.
CREATE TABLE partner_profile_version (
  partner_id uuid NOT NULL REFERENCES partner,
  kind text NOT NULL,
  version integer NOT NULL,
  content jsonb NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, kind, version)
);

-- The key that signs tokens; reference data of the installation, without a partner.
CREATE TABLE signing_key (
  kid text PRIMARY KEY,
  private_jwk jsonb NOT NULL,
  created_at timestamptz NOT NULL
);

-- The answers of writes, kept for their MS-RequestId.
CREATE TABLE replay (
  partner_id uuid NOT NULL,
  request_id text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  body_hash text NOT NULL,
  status integer,
  headers jsonb,
  body bytea,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, request_id, method, path)
);
CREATE INDEX replay_age ON replay (partner_id, stored_at);

CREATE TABLE audit_record (
  partner_id uuid NOT NULL,
  audit_id uuid NOT NULL,
  customer_id uuid,
  resource_type text NOT NULL,
  operation_type text NOT NULL,
  resource_id text NOT NULL,
  new_value jsonb,
  caller_kind text NOT NULL,
  caller_name text,
  application_id text,
  request_id text,
  correlation_id text NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, audit_id)
);

-- Work that makes new rows at a commerce time: closing a period, charging a billing cycle.
CREATE TABLE due_work (
  partner_id uuid NOT NULL REFERENCES partner,
  kind text NOT NULL,
  subject text NOT NULL,
  due_at timestamptz NOT NULL,
  done_at timestamptz,
  PRIMARY KEY (partner_id, kind, subject)
);
CREATE INDEX due_work_open ON due_work (partner_id, due_at) WHERE done_at IS NULL;

-- Customers -----------------------------------------------------------------------------------

CREATE TABLE customer (
  partner_id uuid NOT NULL REFERENCES partner,
  customer_id uuid NOT NULL,
  commerce_id uuid NOT NULL,
  domain text NOT NULL,
  company_name text NOT NULL,
  -- The name folded for comparison and order, by the application: lower() knows ASCII alone in a
  -- database of C collation.
  name_key text NOT NULL,
  registration_number text,
  email text NOT NULL,
  first_name text NOT NULL,
  last_name text NOT NULL,
  culture text NOT NULL,
  language text NOT NULL,
  country text NOT NULL,
  address jsonb NOT NULL,
  associated_partner_id uuid,
  billing_profile_id uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  -- The customer itself signed the customer agreement, without its partner.
  directly_signed_at timestamptz,
  -- From then on the customer is unknown; the row stays for what was invoiced.
  removed_at timestamptz,
  PRIMARY KEY (partner_id, customer_id)
);
CREATE UNIQUE INDEX customer_domain ON customer (partner_id, lower(domain))
  WHERE removed_at IS NULL;
CREATE INDEX customer_by_name ON customer (partner_id, left(name_key, 40), customer_id)
  WHERE removed_at IS NULL;
CREATE INDEX customer_of_reseller ON customer (partner_id, associated_partner_id)
  WHERE removed_at IS NULL AND associated_partner_id IS NOT NULL;

-- Resellers through whom the partner sells, as their provider.
CREATE TABLE indirect_reseller (
  partner_id uuid NOT NULL REFERENCES partner,
  reseller_tenant_id uuid NOT NULL,
  domain text NOT NULL,
  name text NOT NULL,
  mpn_id text NOT NULL,
  -- ISO 3166 alpha-2, upper case.
  location text NOT NULL,
  -- When it signed the partner agreement; null: it has not.
  signed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, reseller_tenant_id)
);
CREATE UNIQUE INDEX indirect_reseller_domain ON indirect_reseller (partner_id, lower(domain));

CREATE TABLE agreement (
  partner_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  agreement_id uuid NOT NULL,
  template_id uuid NOT NULL,
  type text NOT NULL,
  first_name text NOT NULL,
  last_name text NOT NULL,
  email text NOT NULL,
  phone_number text,
  date_agreed timestamptz NOT NULL,
  user_id uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, customer_id, agreement_id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);
-- The same contact confirms a template once, whatever races.
CREATE UNIQUE INDEX agreement_contact ON agreement (partner_id, customer_id, template_id,
  lower(email), first_name, last_name, coalesce(phone_number, ''));

-- Its state is derived: in review until the time is over, then approved or denied.
CREATE TABLE qualification (
  partner_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  qualification text NOT NULL CHECK (qualification IN (
    'Education', 'Nonprofit', 'GovernmentCommunityCloud', 'StateOwnedEntity'
  )),
  -- Grows with each request: which of two at the same instant of a standing clock is the later.
  request_id uuid NOT NULL,
  requested_at timestamptz NOT NULL,
  is_immediate boolean NOT NULL,
  denial text,
  validation_id text,
  PRIMARY KEY (partner_id, customer_id, qualification),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);

-- The codes themselves are derived from the partner; a code without a row is unused.
CREATE TABLE validation_code_use (
  partner_id uuid NOT NULL REFERENCES partner,
  validation_id text NOT NULL,
  used integer NOT NULL,
  last_used_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, validation_id)
);

-- Catalog: reference data without a partner ----------------------------------------------------

-- Ids are stored in upper case and compared so.
CREATE TABLE product (
  product_id text PRIMARY KEY CHECK (product_id = upper(product_id)),
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  kind text NOT NULL
    CHECK (kind IN (
      'reservation', 'perpetual_software', 'term_software', 'online_service', 'azure_plan'
    )),
  -- virtualmachines, sqldatabases, cosmosdb, other; only for reservations
  reservation_type text,
  is_suse boolean NOT NULL DEFAULT false,
  publisher_name text NOT NULL,
  -- {"de-DE": {"title", "description"}}: what a locale shows in place of title and description.
  translations jsonb NOT NULL DEFAULT '{}'
);
-- The target views.
CREATE INDEX product_by_kind ON product (kind, reservation_type, is_suse);

CREATE TABLE sku (
  product_id text NOT NULL REFERENCES product,
  sku_id text NOT NULL CHECK (sku_id = upper(sku_id)),
  title text NOT NULL,
  description text NOT NULL DEFAULT '',
  minimum_quantity integer NOT NULL CHECK (minimum_quantity >= 1),
  maximum_quantity integer NOT NULL,
  -- Opaque to us: shown to clients as they are.
  dynamic_attributes jsonb NOT NULL DEFAULT '{}',
  translations jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (product_id, sku_id)
);

-- Without a foreign key, like price: only the import writes them, parents first and in one
-- transaction, and nothing deletes. Checked row by row, 1 000 000 of each take 24 s in place of 14.
CREATE TABLE availability (
  product_id text NOT NULL,
  sku_id text NOT NULL,
  availability_id text NOT NULL,
  market text NOT NULL,
  currency text NOT NULL,
  segment text NOT NULL,
  -- P1M, P1Y, P3Y; null for goods without a term
  term text,
  billing_plan text NOT NULL CHECK (billing_plan IN ('one_time', 'monthly', 'annual', 'none')),
  -- Azure, AzurePlan; null when usable with both kinds of subscription
  reservation_scope text,
  is_purchasable boolean NOT NULL DEFAULT true,
  -- The SKU last: else the planner takes this index for a SKU in a market as well, and reads all
  -- of the SKU's markets. 50 SKUs of 1 000 rows each then take 24 ms in place of 1.
  PRIMARY KEY (product_id, availability_id, sku_id)
);
CREATE INDEX availability_by_market ON availability (market, product_id, sku_id);

-- One version of a price; it ends where the next one starts, or at its own end.
CREATE TABLE price (
  product_id text NOT NULL,
  sku_id text NOT NULL,
  availability_id text NOT NULL,
  effective_from timestamptz NOT NULL,
  effective_to timestamptz,
  -- For the whole term, per unit.
  unit_price numeric NOT NULL CHECK (unit_price >= 0),
  erp_price numeric,
  PRIMARY KEY (product_id, sku_id, availability_id, effective_from)
);

-- The rows of the import under way; empty to everybody else. Each import empties it first, in its
-- own transaction, so that imports wait for one another and a broken one leaves nothing.
CREATE UNLOGGED TABLE import_row (
  line integer NOT NULL,
  product_id text NOT NULL,
  sku_id text NOT NULL,
  availability_id text NOT NULL,
  market text NOT NULL,
  currency text NOT NULL,
  segment text NOT NULL,
  term text,
  billing_plan text NOT NULL,
  reservation_scope text,
  effective_from timestamptz NOT NULL,
  effective_to timestamptz,
  unit_price numeric NOT NULL,
  erp_price numeric,
  -- Of the product and of the SKU; null where an earlier row has them.
  product_title text,
  product_description text,
  kind text,
  reservation_type text,
  is_suse boolean,
  publisher_name text,
  sku_title text,
  sku_description text,
  minimum_quantity integer,
  maximum_quantity integer,
  dynamic_attributes jsonb
);

CREATE TABLE inventory_restriction (
  product_id text NOT NULL,
  sku_id text NOT NULL,
  reason_code text NOT NULL,
  description text NOT NULL,
  restriction_type text NOT NULL,
  restriction_values text NOT NULL,
  PRIMARY KEY (product_id, sku_id, reason_code),
  FOREIGN KEY (product_id, sku_id) REFERENCES sku
);

-- What a partner adds for its own tests, in a sandbox. A null matches everything; a region matches
-- the SKUs of that region.
CREATE TABLE partner_restriction (
  partner_id uuid NOT NULL REFERENCES partner,
  restriction_id uuid NOT NULL,
  product_id text,
  sku_id text,
  customer_id uuid,
  subscription_id uuid,
  arm_region_name text,
  reason_code text NOT NULL,
  description text NOT NULL,
  -- A stock: so many units of the SKU from created_at on; null: there is nothing for the scope.
  quantity integer CHECK (quantity >= 0),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, restriction_id),
  CHECK (quantity IS NULL OR num_nulls(product_id, sku_id) = 0
    AND num_nonnulls(customer_id, subscription_id, arm_region_name) = 0)
);
CREATE UNIQUE INDEX stock_of_sku ON partner_restriction (partner_id, product_id, sku_id)
  WHERE quantity IS NOT NULL;

CREATE TABLE download_option (
  product_id text NOT NULL,
  sku_id text NOT NULL,
  option_key text NOT NULL,
  title text NOT NULL,
  display_rank integer NOT NULL,
  cpu_and_file_type text NOT NULL,
  language_code text NOT NULL,
  language_name text NOT NULL,
  file_size bigint NOT NULL,
  PRIMARY KEY (product_id, sku_id, option_key),
  FOREIGN KEY (product_id, sku_id) REFERENCES sku
);

-- Counts the changes of the catalog: answers made from it are kept until the next one. By triggers,
-- one for each statement, so that no writer can forget it.
CREATE TABLE catalog_state (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  revision bigint NOT NULL
);
INSERT INTO catalog_state (revision) VALUES (1);

CREATE FUNCTION count_catalog_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE catalog_state SET revision = revision + 1;
  RETURN NULL;
END $$;
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product
  EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON sku
  EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON availability
  EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON price
  EXECUTE FUNCTION count_catalog_change();
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON download_option
  EXECUTE FUNCTION count_catalog_change();

-- Subscriptions -------------------------------------------------------------------------------

CREATE TABLE subscription (
  partner_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('azure_legacy', 'azure_plan', 'term_software', 'online_service')),
  offer_id text NOT NULL,
  offer_name text NOT NULL,
  publisher_name text NOT NULL,
  friendly_name text NOT NULL,
  quantity integer NOT NULL,
  billing_cycle text NOT NULL,
  term text,
  auto_renew boolean NOT NULL DEFAULT false,
  -- The term that follows where it is another one; null: the same again.
  renewal_term text,
  status text NOT NULL CHECK (status IN ('active', 'suspended', 'deleted')),
  order_id text NOT NULL,
  order_line integer,
  mpn_id text,
  created_at timestamptz NOT NULL,
  starts_at timestamptz NOT NULL,
  -- Null: never ends.
  ends_at timestamptz,
  -- When registration was asked for; its state is derived from this and the time.
  registered_at timestamptz,
  -- Until when its order line can be cancelled, for all of its price and for a part of it.
  full_refund_until timestamptz,
  part_refund_until timestamptz,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (partner_id, subscription_id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);

-- A term of a subscription after the first, with the price that held when it began. Appended.
CREATE TABLE subscription_term (
  partner_id uuid NOT NULL,
  subscription_id uuid NOT NULL,
  -- The day in UTC on which it begins, YYYY-MM-DD.
  period text NOT NULL,
  term text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  unit_price numeric NOT NULL,
  pricing_currency text NOT NULL,
  PRIMARY KEY (partner_id, subscription_id, period)
);
CREATE INDEX subscription_of_customer ON subscription (partner_id, customer_id, created_at);

-- Carts and orders ----------------------------------------------------------------------------

CREATE TABLE cart (
  partner_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  cart_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  modified_at timestamptz NOT NULL,
  modified_by text NOT NULL,
  -- Set when every group has its order.
  ordered_at timestamptz,
  attestation_accepted boolean,
  PRIMARY KEY (partner_id, cart_id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);

CREATE TABLE cart_line (
  partner_id uuid NOT NULL,
  cart_id uuid NOT NULL,
  -- Position in the cart; add-ons stand after their parent.
  position integer NOT NULL,
  parent_position integer,
  line_id integer NOT NULL,
  catalog_item_id text NOT NULL,
  friendly_name text,
  quantity integer NOT NULL,
  currency text,
  billing_cycle text,
  term text,
  renews_to text,
  provisioning_context jsonb,
  participants jsonb,
  custom_term_end timestamptz,
  attestation_accepted boolean,
  promotion_id text,
  order_group text,
  error_code integer,
  error_description text,
  PRIMARY KEY (partner_id, cart_id, position),
  FOREIGN KEY (partner_id, cart_id) REFERENCES cart
);
-- What carts hold of a stock. Where no stock is set nothing reads it.
CREATE INDEX cart_line_of_sku ON cart_line (partner_id,
  upper(split_part(catalog_item_id, ':', 1)), upper(split_part(catalog_item_id, ':', 2)))
  WHERE order_group IS NOT NULL;

-- "order" is a reserved word.
CREATE TABLE purchase_order (
  partner_id uuid NOT NULL,
  order_id text NOT NULL,
  customer_id uuid NOT NULL,
  alternate_id text NOT NULL,
  country text NOT NULL,
  billing_cycle text NOT NULL,
  currency text NOT NULL,
  cart_id uuid,
  order_group text NOT NULL,
  attestation_accepted boolean,
  created_at timestamptz NOT NULL,
  -- From this instant the order is completed; before it is pending.
  fulfilled_at timestamptz NOT NULL,
  -- When the last of its lines was cancelled; null while one stands.
  cancelled_at timestamptz,
  -- Counts the changes, from 1: answers of an order are kept until the next one.
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (partner_id, order_id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);
CREATE INDEX order_of_customer ON purchase_order (partner_id, customer_id, created_at DESC);
-- One order for each group of a cart, whatever races.
CREATE UNIQUE INDEX order_of_group ON purchase_order (partner_id, cart_id, order_group)
  WHERE cart_id IS NOT NULL;

CREATE TABLE order_line (
  partner_id uuid NOT NULL,
  order_id text NOT NULL,
  line_number integer NOT NULL,
  product_id text NOT NULL,
  sku_id text NOT NULL,
  availability_id text NOT NULL,
  -- Frozen at the order: a later import changes no order.
  kind text NOT NULL,
  reservation_type text,
  product_title text NOT NULL,
  sku_title text NOT NULL,
  publisher_name text NOT NULL,
  friendly_name text NOT NULL,
  quantity integer NOT NULL CHECK (quantity > 0),
  term text,
  renews_to text,
  unit_price numeric NOT NULL,
  pricing_currency text NOT NULL,
  -- Of one unit in the order's currency for the whole term.
  unit_minor bigint NOT NULL,
  -- Of one unit for one billing cycle: what is charged each time.
  cycle_unit_minor bigint NOT NULL,
  partner_on_record text,
  provisioning_context jsonb,
  subscription_id uuid,
  reservation_order_id uuid,
  reservation_id uuid,
  -- Path of the entitled artifact: a reservation or a product key. The item is of keys alone.
  artifact_group text,
  artifact_line uuid,
  artifact_item uuid,
  -- When the line was cancelled, and what stays owed for it all the same, before tax.
  cancelled_at timestamptz,
  kept_minor bigint,
  PRIMARY KEY (partner_id, order_id, line_number),
  CHECK ((cancelled_at IS NULL) = (kept_minor IS NULL)),
  FOREIGN KEY (partner_id, order_id) REFERENCES purchase_order
);
CREATE INDEX order_line_artifact ON order_line (partner_id, artifact_line)
  WHERE artifact_line IS NOT NULL;
-- What orders have of a stock: only the inventory of reservations is checked.
CREATE INDEX order_line_of_sku ON order_line (partner_id, product_id, sku_id)
  WHERE kind = 'reservation' AND cancelled_at IS NULL;

-- Keys of software, sealed: nonce, ciphertext and tag of AES-256-GCM.
CREATE TABLE product_key (
  partner_id uuid NOT NULL,
  order_id text NOT NULL,
  line_number integer NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (partner_id, order_id, line_number),
  FOREIGN KEY (partner_id, order_id, line_number) REFERENCES order_line
);

-- Billing -------------------------------------------------------------------------------------

-- What one unit of a currency is worth in another, for all purchases of a month. No partner's.
CREATE TABLE exchange_rate (
  from_currency text NOT NULL,
  to_currency text NOT NULL,
  -- YYYY-MM; holds until a later month has a rate of its own.
  month text NOT NULL,
  rate numeric NOT NULL CHECK (rate > 0),
  rate_date timestamptz NOT NULL,
  PRIMARY KEY (from_currency, to_currency, month)
);

-- Rates that a sandbox's partner gave itself: they go before the others of the same month.
CREATE TABLE partner_rate (
  partner_id uuid NOT NULL REFERENCES partner,
  from_currency text NOT NULL,
  to_currency text NOT NULL,
  month text NOT NULL,
  rate numeric NOT NULL CHECK (rate > 0),
  rate_date timestamptz NOT NULL,
  PRIMARY KEY (partner_id, from_currency, to_currency, month)
);

-- The rate of a partner's first charge in a month is that of all its charges in it. Appended.
CREATE TABLE rate_in_use (
  partner_id uuid NOT NULL REFERENCES partner,
  from_currency text NOT NULL,
  to_currency text NOT NULL,
  month text NOT NULL,
  rate numeric NOT NULL,
  rate_date timestamptz NOT NULL,
  PRIMARY KEY (partner_id, from_currency, to_currency, month)
);

-- Taxes of countries, each from an instant on; a rate of 0 ends one. No partner's.
CREATE TABLE country_tax (
  country text NOT NULL,
  name text NOT NULL,
  valid_from timestamptz NOT NULL,
  rate numeric NOT NULL CHECK (rate BETWEEN 0 AND 1),
  -- Whether the prices on the country's list contain it.
  included boolean NOT NULL,
  PRIMARY KEY (country, name, valid_from)
);

-- Customers whose charges carry no tax.
CREATE TABLE tax_exemption (
  partner_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  PRIMARY KEY (partner_id, customer_id),
  FOREIGN KEY (partner_id, customer_id) REFERENCES customer
);

-- What is owed for one event of an order line. Appended, never changed.
CREATE TABLE charge (
  partner_id uuid NOT NULL,
  charge_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  order_id text NOT NULL,
  line_number integer NOT NULL,
  charge_type text NOT NULL CHECK (charge_type IN (
    'new', 'renew', 'addQuantity', 'removeQuantity', 'cancelImmediate', 'convert', 'customerCredit'
  )),
  -- Ties the lines of one event together.
  reference_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  -- Calendar month in UTC, YYYY-MM.
  period text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  quantity integer NOT NULL,
  unit_price numeric NOT NULL,
  effective_unit_price numeric NOT NULL,
  pricing_currency text NOT NULL,
  exchange_rate numeric NOT NULL,
  exchange_rate_date timestamptz NOT NULL,
  currency text NOT NULL,
  subtotal_minor bigint NOT NULL,
  tax_minor bigint NOT NULL,
  -- What the tax is made of: name, rate, whether the price contains it, minor units; these add up to tax_minor.
  tax_lines jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (partner_id, charge_id),
  FOREIGN KEY (partner_id, order_id, line_number) REFERENCES order_line
);
-- The order of line items: period, then when, then which.
CREATE INDEX charge_in_period
  ON charge (partner_id, currency, period, occurred_at, order_id, line_number, charge_id);

-- Gapless numbers: the row is locked by the transaction that uses the number. Series `G` numbers
-- invoices, series `credit` the purchases of a partner with a credit limit, which take turns.
CREATE TABLE number_series (
  partner_id uuid NOT NULL REFERENCES partner,
  series text NOT NULL,
  last_number bigint NOT NULL,
  PRIMARY KEY (partner_id, series)
);

-- Invoices, and the notes and invoices that change one: appended, never changed.
CREATE TABLE invoice (
  partner_id uuid NOT NULL REFERENCES partner,
  invoice_id text NOT NULL,
  -- A void note takes back all that is left of a document, an adjustment note a part of it.
  document_type text NOT NULL DEFAULT 'invoice'
    CHECK (document_type IN ('invoice', 'void_note', 'adjustment_note')),
  -- The document that this one changes or replaces; null: the invoice of its month.
  amends text,
  reason text NOT NULL DEFAULT '',
  series text NOT NULL,
  number bigint NOT NULL,
  currency text NOT NULL,
  period text NOT NULL,
  issued_at timestamptz NOT NULL,
  subtotal_minor bigint NOT NULL,
  tax_minor bigint NOT NULL,
  total_minor bigint NOT NULL,
  line_count integer NOT NULL,
  PRIMARY KEY (partner_id, invoice_id),
  FOREIGN KEY (partner_id, amends) REFERENCES invoice,
  CHECK (document_type = 'invoice' OR amends IS NOT NULL),
  CHECK (total_minor = subtotal_minor + tax_minor)
);
-- A charge is billed exactly when its period and currency have an invoice.
CREATE UNIQUE INDEX invoice_of_period ON invoice (partner_id, currency, period)
  WHERE amends IS NULL;
-- Once voided, a document stays so; one invoice at most takes its place.
CREATE UNIQUE INDEX invoice_amended_once ON invoice (partner_id, amends, document_type)
  WHERE amends IS NOT NULL AND document_type <> 'adjustment_note';
CREATE INDEX invoice_amendments ON invoice (partner_id, amends) WHERE amends IS NOT NULL;

-- A line of a document that amends another: a charge again, with amounts of its own. The lines of
-- the invoice of a month are the charges themselves. Appended, never changed.
CREATE TABLE amendment_line (
  partner_id uuid NOT NULL,
  invoice_id text NOT NULL,
  -- The place of the charge in the order of lines.
  occurred_at timestamptz NOT NULL,
  order_id text NOT NULL,
  line_number integer NOT NULL,
  charge_id uuid NOT NULL,
  subtotal_minor bigint NOT NULL,
  tax_minor bigint NOT NULL,
  -- As those of a charge.
  tax_lines jsonb NOT NULL,
  PRIMARY KEY (partner_id, invoice_id, occurred_at, order_id, line_number, charge_id),
  FOREIGN KEY (partner_id, charge_id) REFERENCES charge
);
CREATE INDEX amendment_of_charge ON amendment_line (partner_id, charge_id);

-- Stands in place of the period of a charge whose period has its invoice: fails the statement.
CREATE FUNCTION no_open_period() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a charge falls into a period that has its invoice already';
END $$;

-- What the partner has paid. Appended, never changed: a payment that is taken back has a negative
-- one that names it, of the same amount, currency and invoice.
CREATE TABLE payment (
  partner_id uuid NOT NULL REFERENCES partner,
  payment_id uuid NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
  received_at timestamptz NOT NULL,
  -- What names the payment outside; a repeated one is no second payment.
  reference text NOT NULL,
  -- Null: it pays the oldest open invoices.
  invoice_id text,
  reverses uuid,
  PRIMARY KEY (partner_id, payment_id),
  FOREIGN KEY (partner_id, invoice_id) REFERENCES invoice,
  FOREIGN KEY (partner_id, reverses) REFERENCES payment,
  CHECK ((amount_minor < 0) = (reverses IS NOT NULL))
);
CREATE UNIQUE INDEX payment_by_reference ON payment (partner_id, reference);
CREATE UNIQUE INDEX payment_reversed_once ON payment (partner_id, reverses);
-- An export of line items: of an invoice or, without one, of a month that had none when it was
-- asked for. Its state is a function of the row and the time.
CREATE TABLE line_export (
  partner_id uuid NOT NULL REFERENCES partner,
  export_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('reconciliation', 'usage')),
  invoice_id text,
  currency text NOT NULL,
  period text NOT NULL,
  attribute_set text NOT NULL CHECK (attribute_set IN ('full', 'basic')),
  -- Lines with later ids are not of it.
  last_charge_id uuid NOT NULL,
  -- Commerce time, from which its state is derived; the machine's time, from which its life is.
  created_at timestamptz NOT NULL,
  stored_at timestamptz NOT NULL,
  PRIMARY KEY (partner_id, export_id)
);
CREATE INDEX line_export_age ON line_export (partner_id, stored_at);

-- The files of an export: each ends with the line named, and begins after the one before.
CREATE TABLE line_export_blob (
  partner_id uuid NOT NULL,
  export_id uuid NOT NULL,
  number integer NOT NULL,
  line_count integer NOT NULL,
  occurred_at timestamptz NOT NULL,
  order_id text NOT NULL,
  line_number integer NOT NULL,
  charge_id uuid NOT NULL,
  -- Compressed; null until it is first downloaded. Never changed after that.
  content bytea,
  PRIMARY KEY (partner_id, export_id, number),
  FOREIGN KEY (partner_id, export_id) REFERENCES line_export ON DELETE CASCADE
);
-- It is compressed, and parts of it are read.
ALTER TABLE line_export_blob ALTER COLUMN content SET STORAGE EXTERNAL;

-- Double entry: the postings of one transaction and currency sum to zero. Appended, never changed.
CREATE TABLE posting (
  partner_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  account text NOT NULL
    CHECK (account IN ('receivable', 'unbilled', 'revenue', 'tax', 'cash')),
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  -- The charge, invoice or payment that it stands for.
  source_kind text NOT NULL CHECK (source_kind IN ('charge', 'invoice', 'payment')),
  source_id text NOT NULL,
  PRIMARY KEY (partner_id, transaction_id, account, currency)
);
CREATE INDEX posting_by_account ON posting (partner_id, account, currency);
