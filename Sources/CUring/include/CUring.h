// liburing and the few Linux headers that Swift's Glibc module leaves out, for Swift.
//
// Most of liburing imports as it is and is used directly. Below stand only wrappers for what cannot be imported: atomics,
// constants that are shifts of enumerators, anonymous packed unions, glibc's GNU extensions. All are static inline, so a
// call costs nothing. Compiles with liburing 2.3 (Debian 12) to 2.5 (Ubuntu 24.04) and later.

#pragma once

// Before <liburing.h>: it sets _XOPEN_SOURCE, under which these two would be read with half of their declarations.
#include <sys/select.h>
#include <stdlib.h>
#include <liburing.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// GNU extensions, which their headers hide unless the whole module is compiled with _GNU_SOURCE.
const char *strerrorname_np(int error);
int accept4(int socket, struct sockaddr *restrict address, socklen_t *restrict length, int flags);

// Completion queue. The tail is written by the kernel, the head by this thread alone.

/// Where the kernel has got to. Acquire: the entries before it are read after it.
static inline unsigned zerver_cq_tail(const struct io_uring *ring) {
  return io_uring_smp_load_acquire(ring->cq.ktail);
}

static inline unsigned zerver_cq_head(const struct io_uring *ring) { return *ring->cq.khead; }

/// Gives the entries before `head` back to the kernel. Release: they have been read before.
static inline void zerver_cq_set_head(struct io_uring *ring, unsigned head) {
  io_uring_smp_store_release(ring->cq.khead, head);
}

static inline const struct io_uring_cqe *zerver_cqe_at(const struct io_uring *ring, unsigned index) {
  return &ring->cq.cqes[index & ring->cq.ring_mask];
}

// Submission queue.

/// Shows the prepared entries to the kernel and says how many it has not taken yet. liburing keeps its own version of
/// this to itself, and its wait functions enter more often than one turn of a loop needs.
static inline unsigned zerver_sq_flush(struct io_uring *ring) {
  struct io_uring_sq *sq = &ring->sq;
  if (sq->sqe_head != sq->sqe_tail) {
    sq->sqe_head = sq->sqe_tail;
    io_uring_smp_store_release(sq->ktail, sq->sqe_tail);
  }
  return sq->sqe_tail - io_uring_smp_load_acquire(sq->khead);
}

/// One `io_uring_enter`: submits `submit` entries and waits for `wait` completions, at most until the timeout when there
/// is one. Returns how many entries were taken, or -errno.
static inline int zerver_enter(
  struct io_uring *ring, unsigned submit, unsigned wait, unsigned flags, bool limited, long long seconds,
  long long nanoseconds
) {
  struct __kernel_timespec timeout = { .tv_sec = seconds, .tv_nsec = nanoseconds };
  struct io_uring_getevents_arg argument = {
    .ts = limited ? (unsigned long) &timeout : 0,
  };
  flags |= IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
  return io_uring_enter2(ring->enter_ring_fd, submit, wait, flags, (sigset_t *) &argument, sizeof(argument));
}

// Submission entries.

/// Receive into a buffer that the kernel picks from `group`.
static inline void zerver_sqe_select_buffer(struct io_uring_sqe *sqe, unsigned short group) {
  sqe->flags |= IOSQE_BUFFER_SELECT;
  sqe->buf_group = group;
}

/// No completion unless the operation fails.
static inline void zerver_sqe_skip_success(struct io_uring_sqe *sqe) { sqe->flags |= IOSQE_CQE_SKIP_SUCCESS; }

// Provided buffers. The ring is a flexible array whose tail overlays its first entry: neither imports.

static inline void zerver_buffers_add(
  void *ring, void *bytes, unsigned length, unsigned short index, unsigned mask, unsigned offset
) {
  io_uring_buf_ring_add((struct io_uring_buf_ring *) ring, bytes, length, index, (int) mask, (int) offset);
}

static inline void zerver_buffers_advance(void *ring, unsigned count) {
  io_uring_buf_ring_advance((struct io_uring_buf_ring *) ring, (int) count);
}

static inline int zerver_buffers_register(
  struct io_uring *ring, void *buffers, unsigned entries, unsigned short group
) {
  struct io_uring_buf_reg registration = {
    .ring_addr = (unsigned long) buffers,
    .ring_entries = entries,
    .bgid = group,
  };
  return io_uring_register_buf_ring(ring, &registration, 0);
}
