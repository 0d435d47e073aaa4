#pragma once
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

// `deflateInit2` is a macro, which Swift does not import. 16 added to the bits of the window makes it gzip (zlib.h).
static inline int zerver_gzip_init(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
