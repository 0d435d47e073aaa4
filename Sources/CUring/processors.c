#define _GNU_SOURCE
#include "CUring.h"

#include <errno.h>
#include <sched.h>

int zerver_available_processors(void) {
  // The kernel refuses a mask that is smaller than its own (EINVAL), and does not tell how large that is.
  for (int processors = 1024; processors <= 1 << 16; processors *= 2) {
    cpu_set_t *mask = CPU_ALLOC(processors);
    if (!mask) return -ENOMEM;
    size_t size = CPU_ALLOC_SIZE(processors);
    int result = sched_getaffinity(0, size, mask) == 0 ? CPU_COUNT_S(size, mask) : -errno;
    CPU_FREE(mask);
    if (result != -EINVAL) return result;
  }
  return -EINVAL;
}
