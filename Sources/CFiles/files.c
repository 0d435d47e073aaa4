#include "CFiles.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int zerver_file_open(const char *path, _Bool isWritten) {
  int flags = isWritten ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
  int descriptor = open(path, flags | O_CLOEXEC, 0644);
  return descriptor >= 0 ? descriptor : -errno;
}

long zerver_file_read(int descriptor, void *bytes, unsigned long count) {
  ssize_t read_count;
  do read_count = read(descriptor, bytes, count);
  while (read_count < 0 && errno == EINTR);
  return read_count >= 0 ? read_count : -errno;
}

int zerver_file_write(int descriptor, const void *bytes, unsigned long count) {
  const char *rest = bytes;
  while (count > 0) {
    ssize_t written = write(descriptor, rest, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return -errno;
    rest += written;
    count -= written;
  }
  return 0;
}

int zerver_file_close(int descriptor) { return close(descriptor) == 0 ? 0 : -errno; }

int zerver_file_rename(const char *from, const char *to) { return rename(from, to) == 0 ? 0 : -errno; }

_Bool zerver_file_exists(const char *path) { return access(path, F_OK) == 0; }

const char *zerver_file_reason(int result) { return strerror(-result); }

void zerver_exit(int status) { exit(status); }
