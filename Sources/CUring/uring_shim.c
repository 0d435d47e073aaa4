#define _GNU_SOURCE
#include "CUring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

#include <liburing.h>

// The structures of CUring.h are the system's.

#define SAME(ours, our_field, theirs, their_field)                                                        \
  _Static_assert(                                                                                         \
    offsetof(struct ours, our_field) == offsetof(struct theirs, their_field)                              \
      && sizeof(((struct ours *) 0)->our_field) == sizeof(((struct theirs *) 0)->their_field),            \
    #our_field " differs from the system's")

_Static_assert(sizeof(struct zerver_sqe) == sizeof(struct io_uring_sqe), "an entry has 64 bytes");
SAME(zerver_sqe, opcode, io_uring_sqe, opcode);
SAME(zerver_sqe, flags, io_uring_sqe, flags);
SAME(zerver_sqe, priority, io_uring_sqe, ioprio);
SAME(zerver_sqe, descriptor, io_uring_sqe, fd);
SAME(zerver_sqe, offset, io_uring_sqe, off);
SAME(zerver_sqe, address, io_uring_sqe, addr);
SAME(zerver_sqe, length, io_uring_sqe, len);
SAME(zerver_sqe, operation_flags, io_uring_sqe, msg_flags);
SAME(zerver_sqe, operation_flags, io_uring_sqe, poll32_events);
SAME(zerver_sqe, user_data, io_uring_sqe, user_data);
SAME(zerver_sqe, buffer_group, io_uring_sqe, buf_group);
SAME(zerver_sqe, file_index, io_uring_sqe, file_index);

SAME(zerver_cqe, user_data, io_uring_cqe, user_data);
SAME(zerver_cqe, result, io_uring_cqe, res);
SAME(zerver_cqe, flags, io_uring_cqe, flags);
_Static_assert(sizeof(struct zerver_cqe) == 16, "the ring is set up without large completions");

SAME(zerver_buffer, address, io_uring_buf, addr);
SAME(zerver_buffer, length, io_uring_buf, len);
SAME(zerver_buffer, index, io_uring_buf, bid);
SAME(zerver_buffer, tail, io_uring_buf_ring, tail);
_Static_assert(sizeof(struct zerver_buffer) == sizeof(struct io_uring_buf), "a buffer entry has 16 bytes");

_Static_assert(sizeof(struct zerver_epoll_event) == sizeof(struct epoll_event), "an event has the system's size");
_Static_assert(
  offsetof(struct zerver_epoll_event, descriptor) == offsetof(struct epoll_event, data), "the data is the descriptor");

#define EQUAL(ours, theirs) _Static_assert((unsigned) (ours) == (unsigned) (theirs), #ours " differs from the system's")

EQUAL(ZERVER_OP_POLL_ADD, IORING_OP_POLL_ADD);
EQUAL(ZERVER_OP_ACCEPT, IORING_OP_ACCEPT);
EQUAL(ZERVER_OP_ASYNC_CANCEL, IORING_OP_ASYNC_CANCEL);
EQUAL(ZERVER_OP_CLOSE, IORING_OP_CLOSE);
EQUAL(ZERVER_OP_SEND, IORING_OP_SEND);
EQUAL(ZERVER_OP_RECV, IORING_OP_RECV);
EQUAL(ZERVER_ACCEPT_MULTISHOT, IORING_ACCEPT_MULTISHOT);
EQUAL(ZERVER_RECV_MULTISHOT, IORING_RECV_MULTISHOT);
EQUAL(ZERVER_SQE_BUFFER_SELECT, IOSQE_BUFFER_SELECT);
EQUAL(ZERVER_SQE_SKIP_SUCCESS, IOSQE_CQE_SKIP_SUCCESS);
EQUAL(ZERVER_CANCEL_EVERYTHING, IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY);
EQUAL(ZERVER_CQE_BUFFER, IORING_CQE_F_BUFFER);
EQUAL(ZERVER_CQE_MORE, IORING_CQE_F_MORE);
EQUAL(ZERVER_CQE_BUFFER_SHIFT, IORING_CQE_BUFFER_SHIFT);
EQUAL(ZERVER_EPOLL_IN, EPOLLIN);
EQUAL(ZERVER_EPOLL_OUT, EPOLLOUT);
EQUAL(ZERVER_EPOLL_ERR, EPOLLERR);
EQUAL(ZERVER_EPOLL_HUP, EPOLLHUP);
EQUAL(ZERVER_EPOLL_ONESHOT, EPOLLONESHOT);
EQUAL(ZERVER_EPOLL_ADD, EPOLL_CTL_ADD);
EQUAL(ZERVER_EPOLL_DELETE, EPOLL_CTL_DEL);
EQUAL(ZERVER_EPOLL_MODIFY, EPOLL_CTL_MOD);
EQUAL(ZERVER_SOCKET_STREAM, SOCK_STREAM);

// The kernel wants the mask of a poll with its halves exchanged on big-endian machines.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the proactors are written for little-endian machines");

// MARK: The ring

// Never NO_SQARRAY: with liburing 2.3 it overwrites the ring's header.
static unsigned setup_flags(enum zerver_ring_mode mode) {
  switch (mode) {
  case ZERVER_RING_DEFERRED:
    return IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  case ZERVER_RING_COOPERATIVE:
    return IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN;
  case ZERVER_RING_SHARED:
    return IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN;
  case ZERVER_RING_PLAIN:
    return IORING_SETUP_CQSIZE;
  }
  return 0;
}

int zerver_ring_open(struct zerver_ring *ring, enum zerver_ring_mode mode, unsigned entries, unsigned completions) {
  struct io_uring *library = calloc(1, sizeof(struct io_uring));
  if (!library) return -ENOMEM;
  struct io_uring_params parameters = { .flags = setup_flags(mode), .cq_entries = completions };
  int status = io_uring_queue_init_params(entries, library, &parameters);
  if (status < 0) {
    free(library);
    return status;
  }
  // A wait with a limit (Linux 5.11), completions that are never dropped (5.5), quiet cancellation (5.17).
  unsigned needed = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP | IORING_FEAT_CQE_SKIP;
  if ((parameters.features & needed) != needed) {
    io_uring_queue_exit(library);
    free(library);
    return -EOPNOTSUPP;
  }
  // Saves the look-up of the descriptor at every enter: 9–16% of CPU per request. Refused before Linux 5.18.
  bool registered = io_uring_register_ring_fd(library) == 1;
  *ring = (struct zerver_ring) {
    .sqes = (struct zerver_sqe *) library->sq.sqes,
    .sq_head = library->sq.khead,
    .sq_tail = library->sq.ktail,
    .sq_mask = parameters.sq_entries - 1,
    .sq_filled = *library->sq.ktail,
    .cqes = (const struct zerver_cqe *) library->cq.cqes,
    .cq_head = library->cq.khead,
    .cq_tail = library->cq.ktail,
    .cq_mask = parameters.cq_entries - 1,
    .enter_flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | (registered ? IORING_ENTER_REGISTERED_RING : 0),
    .enter_descriptor = library->enter_ring_fd,
    .setup_flags = parameters.flags,
    .library = library,
  };
  return 0;
}

void zerver_ring_close(struct zerver_ring *ring) {
  io_uring_queue_exit(ring->library);
  free(ring->library);
}

int zerver_ring_enter(struct zerver_ring *ring, unsigned wait, bool limited, int64_t seconds, int64_t nanoseconds) {
  // liburing has made entry i of the queue stand for submission entry i, once and for all (since 2.3).
  __atomic_store_n(ring->sq_tail, ring->sq_filled, __ATOMIC_RELEASE);
  unsigned submit = ring->sq_filled - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE);
  struct __kernel_timespec timeout = { .tv_sec = seconds, .tv_nsec = nanoseconds };
  struct io_uring_getevents_arg argument = { .ts = limited ? (uintptr_t) &timeout : 0 };
  return io_uring_enter2(
    ring->enter_descriptor, submit, wait, ring->enter_flags, (sigset_t *) &argument, sizeof(argument));
}

int zerver_ring_register_buffers(
  struct zerver_ring *ring, struct zerver_buffer *buffers, unsigned entries, uint16_t group) {
  struct io_uring_buf_reg registration = {
    .ring_addr = (uintptr_t) buffers,
    .ring_entries = entries,
    .bgid = group,
  };
  return io_uring_register_buf_ring(ring->library, &registration, 0);
}

// MARK: epoll and descriptors

static int or_errno(int result) { return result < 0 ? -errno : result; }

int zerver_epoll_create(void) { return or_errno(epoll_create1(EPOLL_CLOEXEC)); }

int zerver_epoll_control(int epoll, int operation, int descriptor, uint32_t events) {
  struct epoll_event event = { .events = events, .data.fd = descriptor };
  return or_errno(epoll_ctl(epoll, operation, descriptor, &event));
}

int zerver_epoll_wait(int epoll, struct zerver_epoll_event *events, int count, int milliseconds) {
  return or_errno(epoll_wait(epoll, (struct epoll_event *) events, count, milliseconds));
}

int zerver_eventfd(void) { return or_errno(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int zerver_tcp_socket(int family) { return or_errno(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

int zerver_socket_pair(int pair[2]) { return or_errno(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)); }

int zerver_accept(int listener) { return or_errno(accept4(listener, NULL, NULL, SOCK_CLOEXEC)); }

const char *zerver_errno_name(int error) { return strerrorname_np(error); }
