// Counts what a process takes from the heap. Loaded with LD_PRELOAD; the counters lie in a file that the process maps, so
// that another one reads them at any time without disturbing it.
//
//   ALLOCATIONS_FILE   the file, at least 24 bytes long, all zero
//
// Only calls that take memory count: malloc, calloc, realloc, posix_memalign, aligned_alloc, memalign. What the C library
// takes for itself inside is not seen, and neither is what a program asks of the kernel with mmap.
#define _GNU_SOURCE
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// The allocator of glibc under the names that it keeps for wrappers like these.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

// Shared with allocations.py: three little-endian 64-bit numbers.
struct counters {
  _Atomic uint64_t calls;
  _Atomic uint64_t bytes;
  // So many of the next calls write their call stack to standard error.
  _Atomic int64_t traces;
};

// Until the file is mapped, everything goes here.
static struct counters before_start;
static struct counters *counters = &before_start;
static _Thread_local int is_tracing;

__attribute__((constructor)) static void map_counters(void) {
  const char *path = getenv("ALLOCATIONS_FILE");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *memory = mmap(NULL, sizeof(struct counters), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory != MAP_FAILED) counters = memory;
}

// `backtrace` takes memory itself the first time, which must neither count nor recurse.
__attribute__((noinline)) static void trace(size_t size) {
  if (is_tracing || atomic_fetch_sub(&counters->traces, 1) <= 0) return;
  is_tracing = 1;
  void *frames[40];
  int count = backtrace(frames, 40);
  dprintf(2, "allocation of %zu bytes\n", size);
  backtrace_symbols_fd(frames + 2, count - 2, 2);
  is_tracing = 0;
}

static inline void count(size_t size) {
  if (is_tracing) return;
  atomic_fetch_add_explicit(&counters->calls, 1, memory_order_relaxed);
  atomic_fetch_add_explicit(&counters->bytes, size, memory_order_relaxed);
  if (atomic_load_explicit(&counters->traces, memory_order_relaxed) > 0) trace(size);
}

void *malloc(size_t size) {
  count(size);
  return __libc_malloc(size);
}

void *calloc(size_t items, size_t size) {
  count(items * size);
  return __libc_calloc(items, size);
}

void *realloc(void *old, size_t size) {
  count(size);
  return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  count(size);
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
  count(size);
  void *memory = __libc_memalign(alignment, size);
  if (!memory) return ENOMEM;
  *result = memory;
  return 0;
}
