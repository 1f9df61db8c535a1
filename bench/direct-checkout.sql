-- One checkout as one function: what a program that trusts its caller would do in the database. It
-- reads what a checkout must read, checks nothing, and writes the rows that Kontor writes.
CREATE FUNCTION direct_checkout(
  p_partner uuid, p_customer uuid, p_cart uuid, p_now timestamptz, p_request text, p_order text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  own partner;
  buyer customer;
  wanted cart;
  answer jsonb;
  month text := to_char(p_now AT TIME ZONE 'UTC', 'YYYY-MM');
BEGIN
  SELECT * INTO STRICT own FROM partner WHERE partner_id = p_partner FOR SHARE;
  SELECT * INTO STRICT wanted FROM cart
    WHERE partner_id = p_partner AND cart_id = p_cart AND ordered_at IS NULL FOR UPDATE;
  SELECT * INTO STRICT buyer FROM customer WHERE partner_id = p_partner AND customer_id = p_customer;
  PERFORM 1 FROM agreement WHERE partner_id = p_partner AND customer_id = p_customer;

  INSERT INTO purchase_order (partner_id, order_id, customer_id, alternate_id, country,
    billing_cycle, currency, cart_id, order_group, created_at, fulfilled_at)
  VALUES (p_partner, p_order, p_customer, substr(p_order, 1, 12), buyer.country, 'one_time', 'USD',
    p_cart, '0', p_now, p_now);

  INSERT INTO order_line (partner_id, order_id, line_number, product_id, sku_id, availability_id,
    kind, reservation_type, product_title, sku_title, publisher_name, friendly_name, quantity,
    term, renews_to, unit_price, pricing_currency, unit_minor, cycle_unit_minor, artifact_group,
    artifact_line, artifact_item)
  SELECT p_partner, p_order, l.position, a.product_id, a.sku_id, a.availability_id, p.kind,
    p.reservation_type, p.title, s.title, p.publisher_name, coalesce(l.friendly_name, s.title),
    l.quantity, l.term, l.renews_to, version.unit_price, a.currency,
    trunc(version.unit_price * 100)::bigint, trunc(version.unit_price * 100)::bigint,
    replace(gen_random_uuid()::text, '-', ''), gen_random_uuid(), gen_random_uuid()
  FROM cart_line l
  JOIN availability a ON a.product_id = split_part(l.catalog_item_id, ':', 1)
    AND a.sku_id = split_part(l.catalog_item_id, ':', 2)
    AND a.availability_id = split_part(l.catalog_item_id, ':', 3)
  JOIN sku s ON s.product_id = a.product_id AND s.sku_id = a.sku_id
  JOIN product p ON p.product_id = a.product_id
  CROSS JOIN LATERAL (
    SELECT price.unit_price FROM price
    WHERE price.product_id = a.product_id AND price.sku_id = a.sku_id
      AND price.availability_id = a.availability_id AND price.effective_from <= p_now
    ORDER BY price.effective_from DESC LIMIT 1
  ) version
  WHERE l.partner_id = p_partner AND l.cart_id = p_cart;

  INSERT INTO product_key (partner_id, order_id, line_number, sealed)
  SELECT p_partner, p_order, line_number, uuid_send(gen_random_uuid()) || uuid_send(
    gen_random_uuid()) || uuid_send(gen_random_uuid()) || '\x0102030405060708'::bytea
  FROM order_line WHERE partner_id = p_partner AND order_id = p_order;

  INSERT INTO charge (partner_id, charge_id, customer_id, order_id, line_number, charge_type,
    reference_id, occurred_at, period, starts_at, ends_at, quantity, unit_price,
    effective_unit_price, pricing_currency, exchange_rate, exchange_rate_date, currency,
    subtotal_minor, tax_minor, tax_lines)
  SELECT p_partner, gen_random_uuid(), p_customer, p_order, line_number, 'new', gen_random_uuid(),
    p_now, month, p_now, p_now, quantity, unit_price, unit_price, pricing_currency, 1,
    date_trunc('month', p_now), 'USD', unit_minor * quantity,
    tax.minor, jsonb_build_array(jsonb_build_object('name', 'Tax', 'rate', own.tax_rate::text,
      'included', false, 'minor', tax.minor::text))
  FROM order_line CROSS JOIN LATERAL (
    SELECT trunc(unit_minor * quantity * own.tax_rate)::bigint AS minor
  ) tax WHERE partner_id = p_partner AND order_id = p_order;

  INSERT INTO posting (partner_id, transaction_id, account, currency, amount_minor, occurred_at,
    source_kind, source_id)
  SELECT p_partner, charge_id, side.account, currency, side.sign * subtotal_minor, p_now, 'charge',
    charge_id
  FROM charge CROSS JOIN (VALUES ('unbilled', 1), ('revenue', -1)) AS side (account, sign)
  WHERE partner_id = p_partner AND currency = 'USD' AND period = month AND occurred_at = p_now
    AND order_id = p_order;

  INSERT INTO due_work (partner_id, kind, subject, due_at)
  VALUES (p_partner, 'close_period', 'USD:' || month, date_trunc('month', p_now) + interval '38 days')
  ON CONFLICT DO NOTHING;

  SELECT jsonb_build_object('orders', jsonb_build_array(jsonb_build_object(
    'id', p_order, 'referenceCustomerId', p_customer, 'billingCycle', 'one_time',
    'currencyCode', 'USD', 'currencySymbol', '$', 'creationDate', p_now, 'status', 'pending',
    'transactionType', 'UserPurchase', 'lineItems', jsonb_agg(jsonb_build_object(
      'lineItemNumber', line_number,
      'offerId', product_id || ':' || sku_id || ':' || availability_id,
      'friendlyName', friendly_name, 'quantity', quantity, 'transactionType', 'New',
      'links', jsonb_build_object(
        'product', jsonb_build_object('uri', '/products/' || product_id, 'method', 'GET'),
        'sku', jsonb_build_object('uri', '/products/' || product_id || '/skus/' || sku_id,
          'method', 'GET'),
        'availability', jsonb_build_object('uri', '/products/' || product_id || '/skus/' || sku_id
          || '/availabilities/' || availability_id, 'method', 'GET')))),
    'links', jsonb_build_object('self', jsonb_build_object('uri',
      '/customers/' || p_customer || '/orders/' || p_order, 'method', 'GET')),
    'attributes', jsonb_build_object('objectType', 'Order'))))
  INTO answer FROM order_line WHERE partner_id = p_partner AND order_id = p_order;

  INSERT INTO audit_record (partner_id, audit_id, customer_id, resource_type, operation_type,
    resource_id, new_value, caller_kind, application_id, request_id, correlation_id, occurred_at)
  VALUES (p_partner, gen_random_uuid(), p_customer, 'order', 'create_order', p_order,
    answer -> 'orders' -> 0, 'user', p_partner, p_request, p_request, p_now);

  UPDATE cart SET ordered_at = p_now WHERE partner_id = p_partner AND cart_id = p_cart;

  INSERT INTO replay (partner_id, request_id, method, path, body_hash, status, headers, body,
    stored_at)
  VALUES (p_partner, p_request, 'POST', '/customers/' || p_customer || '/carts/' || p_cart ||
    '/checkout', 'direct', 201, '{"Content-Type": "application/json; charset=utf-8"}',
    convert_to(answer::text, 'UTF8'), p_now);
  RETURN answer;
END $$;
