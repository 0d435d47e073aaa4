// The few calls to the operating system that `route-gen-build` needs.
//
// No system header is included here, on purpose: to import those of the C library takes the compiler longer than all the rest
// of the tool's own module, and everybody who uses the plugin waits for it.

#pragma once

/// A descriptor, or `-errno`. A file that is to be written is made, or emptied.
int zerver_file_open(const char *path, _Bool isWritten);

/// The bytes that were read, 0 at the end of the file, or `-errno`.
long zerver_file_read(int descriptor, void *bytes, unsigned long count);

/// 0 when all bytes were written, or `-errno`.
int zerver_file_write(int descriptor, const void *bytes, unsigned long count);

/// 0, or `-errno`.
int zerver_file_close(int descriptor);
int zerver_file_rename(const char *from, const char *to);

_Bool zerver_file_exists(const char *path);

/// What a negative result means, in words.
const char *zerver_file_reason(int result);

_Noreturn void zerver_exit(int status);
