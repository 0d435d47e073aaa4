// node shop-client.test.mjs COMPILED-CLIENT URL: the generated client against the running shop.
import assert from "node:assert/strict";

const { ShopClient } = await import(process.argv[2]);
const client = new ShopClient(process.argv[3] + "/");

function value(result) {
  assert.ok(result.ok, JSON.stringify(result.error));
  return result.value;
}

const cart = value(await client.showCartV1({ "cart-id": "c-401" }));
assert.ok(cart["is-open"]);
const order = { "cart-id": "c-401", "user-id": cart["user-id"], delivery: "express", coupon: null };
const key = { idempotencyKey: 'node "401"' };
const receipt = value(await client.checkoutCartV2(order, key));
assert.equal(receipt.status, "placed");
assert.equal(receipt.delivery, "express");
assert.equal(value(await client.showOrderV1({ "order-id": receipt["order-id"] }))["total-cents"], receipt.total.cents);

// A repetition has the first answer, and its key stands for nothing else.
assert.deepEqual(value(await client.checkoutCartV2(order, key)), receipt);
const reused = await client.checkoutCartV2({ ...order, delivery: "standard" }, key);
assert.ok(!reused.ok && reused.error.code === "client.other-problem");
assert.equal(reused.error.problem.type, "urn:zerver:problem:idempotency-key-reused");

// A declared error is told apart by its code, and has its members.
const soldOut = await client.checkoutCartV2({ "cart-id": "c-4", "user-id": 4 });
assert.ok(!soldOut.ok && soldOut.error.code === "out-of-stock");
assert.equal(soldOut.error.status, 409);
assert.ok(soldOut.error.sku.length > 0 && soldOut.error.requested > 0);

// A refused input is a problem that no flow declares.
const refused = await client.searchProductsV1({ limit: 1000 });
assert.ok(!refused.ok && refused.error.code === "client.other-problem");
assert.equal(refused.error.status, 422);
assert.equal(refused.error.problem.field, "limit");

const page = value(await client.searchProductsV1({ category: "garden", limit: 3 }));
assert.equal(page.products.length, 3);
assert.equal(value(await client.searchProductsV1({ text: "50% & more + ü?" })).total, 0);
assert.equal(value(await client.sayHelloV1()), "Hello, world!");
assert.equal(value(await client.showMessageV1()).message, "Hello, world!");

// An answer in parts is an async sequence, which may be left before its end.
const ids = [];
for await (const level of value(await client.reportStockV1({}))) {
  ids.push(level["product-id"]);
  if (ids.length === 500) break;
}
assert.deepEqual(ids, Array.from({ length: 500 }, (_, index) => index + 1));
let count = 0;
for await (const level of value(await client.reportStockV1({}))) count += level.sku.length > 0 ? 1 : 0;
assert.ok(count > 500);

// An input in parts is any sequence, and is asked for its elements as they are sent.
async function* counts() {
  for (let number = 0; number < 3000; number++) yield { sku: "no-such-sku", pieces: number };
}
const unknown = await client.importStockV1(counts());
assert.ok(!unknown.ok && unknown.error.code === "sku-unknown" && unknown.error.sku === "no-such-sku");
assert.deepEqual(value(await client.importStockV1([])), { products: 0, pieces: 0 });

// Nobody answers on this port.
const nobody = await new ShopClient("http://127.0.0.1:1").sayHelloV1();
assert.ok(!nobody.ok && nobody.error.code === "client.no-answer");

// An answer that is no problem and no success.
const strange = new ShopClient("http://shop", { fetch: async () => new Response("<html>", { status: 502 }) });
const unreadable = await strange.sayHelloV1();
assert.ok(!unreadable.ok && unreadable.error.code === "client.unreadable-answer" && unreadable.error.status === 502);

// What every request carries, and a call that is given up.
const seen = [];
const counted = new ShopClient("http://shop", {
  headers: { Authorization: "Bearer t" },
  fetch: async (url, init) => (seen.push([url, init]), new Response("Hello", { status: 200 })),
});
value(await counted.sayHelloV1({ headers: { "X-Trace": "1" } }));
assert.equal(seen[0][0], "http://shop/flow/v1/say-hello");
assert.deepEqual(seen[0][1].headers, { Authorization: "Bearer t", "X-Trace": "1" });

console.log("all of it");
