// The least that a server can do, on io_uring: finds the ends of request heads, understands nothing of them, and sends the
// same bytes for each. What a framework costs is the distance to this.
//
//   bare-http PORT ANSWER
//
// ANSWER is a file with a whole response. Port 0 lets the system choose; the line `listening on 127.0.0.1:PORT` tells which.
//
// The set-up is the one that worked best for the server that is measured, so that the comparison is about what is done with the
// bytes: one issuer with deferred task work, a registered ring, multishot accept and receive into provided buffers, one enter
// a turn, and one send a turn and connection for all of its answers.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#include <liburing.h>

enum { ENTRIES = 4096, COMPLETIONS = 16384, BUFFERS = 1024, BUFFER_BYTES = 4096, CONNECTIONS = 32768, GROUP = 1 };
enum kind { ACCEPT, RECEIVE, SEND };

struct connection {
  // Answers that are owed but not handed to the kernel.
  unsigned owed;
  // The bytes that the kernel is sending, and how many of them are left.
  char *output;
  size_t capacity, offset, left;
  // How much of an empty line the last bytes that came are: 0 to 3.
  unsigned matched;
  int is_dirty, has_ended, is_receiving;
};

static struct io_uring ring;
static struct io_uring_buf_ring *buffers;
static char *buffer_memory;
static struct connection connections[CONNECTIONS];
static int dirty[CONNECTIONS], dirty_count;
static char *answer;
static size_t answer_bytes;

static void fail(const char *what, int error) {
  fprintf(stderr, "bare-http: %s: %s\n", what, strerror(error));
  exit(1);
}

static struct io_uring_sqe *entry(enum kind kind, int descriptor) {
  struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
  if (!sqe) {
    io_uring_submit(&ring);
    sqe = io_uring_get_sqe(&ring);
    if (!sqe) fail("submission queue", EBUSY);
  }
  // The calls that prepare an entry leave this field alone.
  sqe->user_data = (uint64_t)kind << 32 | (uint32_t)descriptor;
  return sqe;
}

static void receive(int descriptor) {
  struct io_uring_sqe *sqe = entry(RECEIVE, descriptor);
  io_uring_prep_recv_multishot(sqe, descriptor, NULL, 0, 0);
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = GROUP;
  connections[descriptor].is_receiving = 1;
}

static void close_if_done(int descriptor) {
  struct connection *connection = &connections[descriptor];
  if (!connection->has_ended || connection->is_receiving || connection->left) return;
  free(connection->output);
  memset(connection, 0, sizeof *connection);
  close(descriptor);
}

// The requests whose heads end in these bytes.
static unsigned heads(struct connection *connection, const char *bytes, size_t count) {
  unsigned found = 0;
  const char *at = bytes, *end = bytes + count;
  // An empty line that began in the bytes before.
  while (connection->matched && at < end) {
    char wanted = connection->matched & 1 ? '\n' : '\r';
    if (*at != wanted) {
      connection->matched = 0;
    } else {
      at++;
      if (++connection->matched == 4) found++, connection->matched = 0;
    }
  }
  const char *hit;
  while (at < end && (hit = memmem(at, end - at, "\r\n\r\n", 4))) found++, at = hit + 4;
  size_t rest = end - at;
  for (unsigned length = rest < 3 ? rest : 3; length > 0; length--)
    if (!memcmp(end - length, "\r\n\r", length)) {
      connection->matched = length;
      break;
    }
  return found;
}

static void submit_rest(int descriptor) {
  struct connection *connection = &connections[descriptor];
  struct io_uring_sqe *sqe = entry(SEND, descriptor);
  io_uring_prep_send(sqe, descriptor, connection->output + connection->offset, connection->left, MSG_NOSIGNAL | MSG_WAITALL);
}

static void send_owed(int descriptor) {
  struct connection *connection = &connections[descriptor];
  connection->is_dirty = 0;
  if (!connection->owed || connection->left) return;
  size_t bytes = connection->owed * answer_bytes;
  if (connection->capacity < bytes) {
    free(connection->output);
    connection->output = malloc(bytes);
    if (!connection->output) fail("memory", ENOMEM);
    connection->capacity = bytes;
  }
  for (unsigned index = 0; index < connection->owed; index++)
    memcpy(connection->output + index * answer_bytes, answer, answer_bytes);
  connection->owed = 0;
  connection->offset = 0;
  connection->left = bytes;
  submit_rest(descriptor);
}

static void mark(int descriptor) {
  if (connections[descriptor].is_dirty) return;
  connections[descriptor].is_dirty = 1;
  dirty[dirty_count++] = descriptor;
}

static void received(int descriptor, struct io_uring_cqe *cqe) {
  struct connection *connection = &connections[descriptor];
  if (!(cqe->flags & IORING_CQE_F_MORE)) connection->is_receiving = 0;
  if (cqe->res > 0) {
    unsigned id = cqe->flags >> IORING_CQE_BUFFER_SHIFT;
    char *bytes = buffer_memory + (size_t)id * BUFFER_BYTES;
    connection->owed += heads(connection, bytes, cqe->res);
    io_uring_buf_ring_add(buffers, bytes, BUFFER_BYTES, id, io_uring_buf_ring_mask(BUFFERS), 0);
    io_uring_buf_ring_advance(buffers, 1);
    if (connection->owed) mark(descriptor);
    if (!connection->is_receiving) receive(descriptor);
  } else if (cqe->res == -ENOBUFS) {
    receive(descriptor);
  } else {
    connection->has_ended = 1;
    close_if_done(descriptor);
  }
}

static void sent(int descriptor, struct io_uring_cqe *cqe) {
  struct connection *connection = &connections[descriptor];
  if (cqe->res < 0) {
    connection->left = 0;
    connection->has_ended = 1;
    shutdown(descriptor, SHUT_RDWR);
  } else {
    connection->offset += cqe->res;
    connection->left -= cqe->res;
    if (connection->left) return submit_rest(descriptor);
    if (connection->owed) mark(descriptor);
  }
  close_if_done(descriptor);
}

static void start_accepting(int listener) {
  io_uring_prep_multishot_accept(entry(ACCEPT, listener), listener, NULL, NULL, SOCK_CLOEXEC);
}

static void accepted(int listener, struct io_uring_cqe *cqe) {
  if (cqe->res >= CONNECTIONS) close(cqe->res);
  else if (cqe->res >= 0) receive(cqe->res);
  if (!(cqe->flags & IORING_CQE_F_MORE)) start_accepting(listener);
}

static int open_listener(int port) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it.
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) fail("listen", errno);
  getsockname(listener, (struct sockaddr *)&address, &length);
  printf("listening on 127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void read_answer(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path, errno);
  answer = malloc(1 << 16);
  answer_bytes = fread(answer, 1, 1 << 16, file);
  fclose(file);
}

static void open_ring(void) {
  struct io_uring_params parameters = {
    .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE,
    .cq_entries = COMPLETIONS,
  };
  int error = io_uring_queue_init_params(ENTRIES, &ring, &parameters);
  if (error) fail("io_uring", -error);
  io_uring_register_ring_fd(&ring);
  buffers = mmap(NULL, BUFFERS * sizeof(struct io_uring_buf), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  buffer_memory = malloc((size_t)BUFFERS * BUFFER_BYTES);
  struct io_uring_buf_reg registration = {.ring_addr = (uintptr_t)buffers, .ring_entries = BUFFERS, .bgid = GROUP};
  error = io_uring_register_buf_ring(&ring, &registration, 0);
  if (error) fail("buffer ring", -error);
  io_uring_buf_ring_init(buffers);
  for (int id = 0; id < BUFFERS; id++)
    io_uring_buf_ring_add(
      buffers, buffer_memory + (size_t)id * BUFFER_BYTES, BUFFER_BYTES, id, io_uring_buf_ring_mask(BUFFERS), id);
  io_uring_buf_ring_advance(buffers, BUFFERS);
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "bare-http PORT ANSWER\n");
    return 64;
  }
  read_answer(arguments[2]);
  open_ring();
  start_accepting(open_listener(atoi(arguments[1])));
  for (;;) {
    int error = io_uring_submit_and_wait(&ring, 1);
    if (error < 0 && error != -EINTR) fail("wait", -error);
    struct io_uring_cqe *cqe;
    unsigned head, seen = 0;
    io_uring_for_each_cqe(&ring, head, cqe) {
      int descriptor = (int)(uint32_t)cqe->user_data;
      switch ((enum kind)(cqe->user_data >> 32)) {
      case ACCEPT: accepted(descriptor, cqe); break;
      case RECEIVE: received(descriptor, cqe); break;
      case SEND: sent(descriptor, cqe); break;
      }
      seen++;
    }
    io_uring_cq_advance(&ring, seen);
    for (int index = 0; index < dirty_count; index++) send_owed(dirty[index]);
    dirty_count = 0;
  }
}
