/// The shop's tables, for PostgreSQL and SQLite alike. Creating them again changes nothing.
///
/// Amounts are whole cents, moments milliseconds since 1970 (UTC), and the cases of enums stand under their names in the
/// `.flow` files.
public enum ShopSchema {
  public static let script = """
    CREATE TABLE IF NOT EXISTS users (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      email TEXT NOT NULL UNIQUE,
      tier TEXT NOT NULL CHECK (tier IN ('free', 'plus', 'pro')),
      credit_limit_cents BIGINT NOT NULL CHECK (credit_limit_cents >= 0)
    );

    CREATE TABLE IF NOT EXISTS products (
      id INTEGER PRIMARY KEY,
      sku TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      search_name TEXT NOT NULL,
      category TEXT NOT NULL,
      unit_price_cents BIGINT NOT NULL CHECK (unit_price_cents > 0),
      tax_basis_points BIGINT NOT NULL CHECK (tax_basis_points >= 0),
      stock BIGINT NOT NULL CHECK (stock >= 0)
    );
    CREATE INDEX IF NOT EXISTS products_by_name ON products (search_name, id);
    CREATE INDEX IF NOT EXISTS products_by_category ON products (category, search_name, id);

    CREATE TABLE IF NOT EXISTS coupons (
      code TEXT PRIMARY KEY,
      percent_off BIGINT NOT NULL CHECK (percent_off BETWEEN 1 AND 100),
      minimum_cents BIGINT NOT NULL CHECK (minimum_cents >= 0),
      ends_at BIGINT NOT NULL
    );

    CREATE TABLE IF NOT EXISTS carts (
      id TEXT PRIMARY KEY,
      user_id INTEGER NOT NULL REFERENCES users (id),
      revision BIGINT NOT NULL,
      order_id TEXT
    );

    CREATE TABLE IF NOT EXISTS cart_lines (
      cart_id TEXT NOT NULL REFERENCES carts (id),
      product_id INTEGER NOT NULL REFERENCES products (id),
      quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 500),
      PRIMARY KEY (cart_id, product_id)
    );

    CREATE TABLE IF NOT EXISTS orders (
      id TEXT PRIMARY KEY,
      user_id INTEGER NOT NULL REFERENCES users (id),
      cart_id TEXT NOT NULL UNIQUE REFERENCES carts (id),
      status TEXT NOT NULL CHECK (status IN ('placed', 'shipped', 'cancelled')),
      placed_at BIGINT NOT NULL,
      delivery TEXT NOT NULL CHECK (delivery IN ('standard', 'express')),
      coupon TEXT,
      gift_note TEXT,
      subtotal_cents BIGINT NOT NULL,
      discount_cents BIGINT NOT NULL,
      tax_cents BIGINT NOT NULL,
      delivery_cents BIGINT NOT NULL,
      total_cents BIGINT NOT NULL CHECK (total_cents >= 0)
    );
    CREATE INDEX IF NOT EXISTS orders_by_user ON orders (user_id, status);
    CREATE INDEX IF NOT EXISTS orders_by_moment ON orders (placed_at, id);

    CREATE TABLE IF NOT EXISTS order_lines (
      order_id TEXT NOT NULL REFERENCES orders (id),
      line BIGINT NOT NULL,
      product_id INTEGER NOT NULL REFERENCES products (id),
      sku TEXT NOT NULL,
      name TEXT NOT NULL,
      quantity BIGINT NOT NULL CHECK (quantity > 0),
      unit_price_cents BIGINT NOT NULL,
      discount_cents BIGINT NOT NULL,
      total_cents BIGINT NOT NULL,
      PRIMARY KEY (order_id, line)
    );

    CREATE TABLE IF NOT EXISTS notices (
      order_id TEXT NOT NULL REFERENCES orders (id),
      about TEXT NOT NULL,
      PRIMARY KEY (order_id, about)
    );

    CREATE TABLE IF NOT EXISTS shop_seeds (
      version BIGINT PRIMARY KEY
    );
    """
}
