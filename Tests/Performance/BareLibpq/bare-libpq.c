// The least that a program can do to read single rows through libpq: one connection in non-blocking pipeline mode, poll(2),
// a prepared select by primary key, and always the same number of queries in flight. Nothing is done with the rows but to
// read their columns.
//
//   bare-libpq CONNINFO SECONDS IN-FLIGHT PRODUCTS each|turn
//
// `each` sends a sync behind every query, `turn` one behind all queries of a turn of the loop. Prints one line of JSON.
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static PGconn *connection;

static void fail(const char *what) {
  fprintf(stderr, "bare-libpq: %s: %s", what, connection ? PQerrorMessage(connection) : "\n");
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

// xorshift: the same numbers in every run.
static uint32_t next_number(uint32_t count) {
  static uint32_t state = 20260101;
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % count + 1;
}

static void prepare(void) {
  // The statement of Examples/CheckoutSteps/Products/LoadProduct.swift.
  PGresult *result = PQprepare(
      connection, "product",
      "SELECT id, sku, name, category, unit_price_cents, tax_basis_points, stock FROM products WHERE id = $1", 1, NULL);
  if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("prepare");
  PQclear(result);
}

static void send_query(uint32_t product) {
  char text[16];
  snprintf(text, sizeof text, "%u", product);
  const char *values[] = {text};
  if (!PQsendQueryPrepared(connection, "product", 1, values, NULL, NULL, 0)) fail("send");
}

static void send_sync(void) {
  if (!PQpipelineSync(connection)) fail("sync");
}

// Waits until there is something to read, and sends what is left to send meanwhile.
static void turn(void) {
  int left = PQflush(connection);
  if (left < 0) fail("flush");
  struct pollfd wait = {.fd = PQsocket(connection), .events = (short)(POLLIN | (left ? POLLOUT : 0))};
  if (poll(&wait, 1, 10000) <= 0 && errno != EINTR) fail("the server does not answer");
  if (!PQconsumeInput(connection)) fail("receive");
}

// Takes every result that has arrived. Returns the rows among them.
static int take_results(uint64_t *bytes) {
  int rows = 0;
  int ends = 0;
  // Every query's results end with a null, and so does nothing else: two in a row say that no result has arrived.
  while (ends < 2 && !PQisBusy(connection)) {
    PGresult *result = PQgetResult(connection);
    if (!result) {
      ends++;
      continue;
    }
    ends = 0;
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
      if (PQntuples(result) != 1) fail("a product is missing\n");
      for (int column = 0; column < PQnfields(result); column++) *bytes += strlen(PQgetvalue(result, 0, column));
      rows++;
      break;
    case PGRES_PIPELINE_SYNC:
      break;
    default:
      fail("result");
    }
    PQclear(result);
  }
  return rows;
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "usage: bare-libpq CONNINFO SECONDS IN-FLIGHT PRODUCTS each|turn\n");
    return 2;
  }
  double seconds = atof(arguments[2]);
  int in_flight_max = atoi(arguments[3]);
  uint32_t products = (uint32_t)atoi(arguments[4]);
  bool sync_each = strcmp(arguments[5], "each") == 0;

  connection = PQconnectdb(arguments[1]);
  if (PQstatus(connection) != CONNECTION_OK) fail("connect");
  prepare();
  if (PQsetnonblocking(connection, 1) != 0 || !PQenterPipelineMode(connection)) fail("pipeline mode");

  uint64_t rows = 0, bytes = 0;
  int in_flight = 0;
  double began = now(), elapsed = 0;
  while (elapsed < seconds) {
    bool sent = in_flight < in_flight_max;
    for (; in_flight < in_flight_max; in_flight++) {
      send_query(next_number(products));
      if (sync_each) send_sync();
    }
    if (sent && !sync_each) send_sync();
    turn();
    int taken = take_results(&bytes);
    in_flight -= taken;
    rows += (uint64_t)taken;
    elapsed = now() - began;
  }
  printf("{\"rows\": %llu, \"micros\": %.0f, \"bytes\": %llu}\n", (unsigned long long)rows, elapsed * 1e6,
         (unsigned long long)bytes);
  PQfinish(connection);
  return 0;
}
