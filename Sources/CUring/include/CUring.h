// What the proactors need of liburing, epoll and eventfd, for Swift.
//
// No system header is included here, on purpose. swift-system, which swift-configuration brings along, has a C module
// with the kernel's <linux/io_uring.h> and <sys/epoll.h>; liburing brings another version of the same structures, and
// Swift refuses a file that sees both. So the structures stand here under names of our own, as the kernel's binary
// interface fixes them, and uring_shim.c proves at compile time that they are the same as the system's.
//
// The hot path is static inline and costs nothing; what makes a system call or runs once lies in uring_shim.c.
// Compiles with liburing 2.3 (Debian 12), 2.5 (Ubuntu 24.04) and later.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: The ring

/// `struct io_uring_sqe`: one operation for the kernel.
struct zerver_sqe {
  uint8_t opcode;
  uint8_t flags;
  uint16_t priority;
  int32_t descriptor;
  uint64_t offset;
  uint64_t address;
  uint32_t length;
  uint32_t operation_flags;
  uint64_t user_data;
  uint16_t buffer_group;
  uint16_t personality;
  uint32_t file_index;
  uint64_t rest[2];
};

/// `struct io_uring_cqe`: what the kernel says about an operation.
struct zerver_cqe {
  uint64_t user_data;
  int32_t result;
  uint32_t flags;
};

/// A ring with what the hot path needs of it. The pointers lead into memory shared with the kernel.
struct zerver_ring {
  struct zerver_sqe *sqes;
  unsigned *sq_head;
  unsigned *sq_tail;
  unsigned sq_mask;
  /// Entries filled so far, ahead of `*sq_tail` by those that the kernel has not been shown.
  unsigned sq_filled;
  const struct zerver_cqe *cqes;
  unsigned *cq_head;
  unsigned *cq_tail;
  unsigned cq_mask;
  unsigned enter_flags;
  int enter_descriptor;
  /// The IORING_SETUP flags that the kernel took.
  unsigned setup_flags;
  /// liburing's own description, on the heap.
  void *library;
};

/// What a set-up asks for, best first.
enum zerver_ring_mode {
  /// SINGLE_ISSUER | DEFER_TASKRUN, Linux 6.1.
  ZERVER_RING_DEFERRED,
  /// SINGLE_ISSUER | COOP_TASKRUN, Linux 6.0.
  ZERVER_RING_COOPERATIVE,
  /// COOP_TASKRUN alone, Linux 5.19.
  ZERVER_RING_SHARED,
  ZERVER_RING_PLAIN,
};

/// Returns 0 or -errno; -EINVAL when the kernel does not know the mode.
int zerver_ring_open(struct zerver_ring *ring, enum zerver_ring_mode mode, unsigned entries, unsigned completions);
void zerver_ring_close(struct zerver_ring *ring);

/// One `io_uring_enter`: submits what is filled and waits for `wait` completions, at most until the timeout when there is
/// one. Returns how many entries were taken, or -errno.
int zerver_ring_enter(struct zerver_ring *ring, unsigned wait, bool limited, int64_t seconds, int64_t nanoseconds);

// Completion queue. The tail is written by the kernel, the head by this thread alone.

/// Where the kernel has got to. Acquire: the entries before it are read after it.
static inline unsigned zerver_cq_tail(const struct zerver_ring *ring) {
  return __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
}

static inline unsigned zerver_cq_head(const struct zerver_ring *ring) { return *ring->cq_head; }

/// Gives the entries before `head` back to the kernel. Release: they have been read before.
static inline void zerver_cq_set_head(const struct zerver_ring *ring, unsigned head) {
  __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
}

static inline struct zerver_cqe zerver_cq_entry(const struct zerver_ring *ring, unsigned index) {
  return ring->cqes[index & ring->cq_mask];
}

enum {
  ZERVER_CQE_BUFFER = 1 << 0,
  ZERVER_CQE_MORE = 1 << 1,
  ZERVER_CQE_BUFFER_SHIFT = 16,
};

// Submission queue.

/// The next entry to fill, or NULL when the kernel has to take some first.
static inline struct zerver_sqe *zerver_sq_next(struct zerver_ring *ring) {
  if (ring->sq_filled - __atomic_load_n(ring->sq_head, __ATOMIC_ACQUIRE) > ring->sq_mask) return NULL;
  return &ring->sqes[ring->sq_filled++ & ring->sq_mask];
}

enum {
  ZERVER_OP_POLL_ADD = 6,
  ZERVER_OP_ACCEPT = 13,
  ZERVER_OP_ASYNC_CANCEL = 14,
  ZERVER_OP_CLOSE = 19,
  ZERVER_OP_SEND = 26,
  ZERVER_OP_RECV = 27,
  /// IORING_ACCEPT_MULTISHOT
  ZERVER_ACCEPT_MULTISHOT = 1 << 0,
  /// IORING_RECV_MULTISHOT
  ZERVER_RECV_MULTISHOT = 1 << 1,
  /// IOSQE_BUFFER_SELECT
  ZERVER_SQE_BUFFER_SELECT = 1 << 5,
  /// IOSQE_CQE_SKIP_SUCCESS
  ZERVER_SQE_SKIP_SUCCESS = 1 << 6,
  /// IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY
  ZERVER_CANCEL_EVERYTHING = 1 << 0 | 1 << 2,
};

// Provided buffers.

/// `struct io_uring_buf`, one entry of the buffer ring. The ring's tail overlays `tail` of the first one.
struct zerver_buffer {
  uint64_t address;
  uint32_t length;
  uint16_t index;
  uint16_t tail;
};

/// Returns 0 or -errno.
int zerver_ring_register_buffers(
  struct zerver_ring *ring, struct zerver_buffer *buffers, unsigned entries, uint16_t group);

/// Shows the kernel the entries before `tail`. Release: they have been written before.
static inline void zerver_buffers_set_tail(struct zerver_buffer *buffers, uint16_t tail) {
  __atomic_store_n(&buffers->tail, tail, __ATOMIC_RELEASE);
}

// MARK: epoll

/// `struct epoll_event`, with a descriptor as its data.
#ifdef __x86_64__
struct __attribute__((packed)) zerver_epoll_event {
  uint32_t events;
  int32_t descriptor;
  uint32_t unused;
};
#else
struct zerver_epoll_event {
  uint32_t events;
  uint32_t padding;
  int32_t descriptor;
  uint32_t unused;
};
#endif

enum {
  ZERVER_EPOLL_IN = 0x001,
  ZERVER_EPOLL_OUT = 0x004,
  ZERVER_EPOLL_ERR = 0x008,
  ZERVER_EPOLL_HUP = 0x010,
  ZERVER_EPOLL_ONESHOT = 1 << 30,
  ZERVER_EPOLL_ADD = 1,
  ZERVER_EPOLL_DELETE = 2,
  ZERVER_EPOLL_MODIFY = 3,
};

// Each returns a descriptor, a count or 0, or -errno.

int zerver_epoll_create(void);
int zerver_epoll_control(int epoll, int operation, int descriptor, uint32_t events);
int zerver_epoll_wait(int epoll, struct zerver_epoll_event *events, int count, int milliseconds);

// MARK: Descriptors

// Each returns a descriptor or 0, or -errno. All descriptors are closed on exec.

int zerver_eventfd(void);
int zerver_tcp_socket(int family);
int zerver_socket_pair(int pair[2]);
int zerver_accept(int listener);

enum {
  /// SOCK_STREAM
  ZERVER_SOCKET_STREAM = 1,
};

/// `ECONNRESET` for 104, NULL for what is no errno.
const char *zerver_errno_name(int error);

// MARK: Processors

/// CPUs that this process may run on: what taskset, a cpuset or a container leaves of the machine's. Or -errno.
int zerver_available_processors(void);
