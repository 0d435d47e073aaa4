// What the server needs of nghttp2, for Swift: server sessions of HTTP/2 that read and write memory.
//
// A session belongs to one thread. Its events are called from inside `zerver_h2_receive` and `zerver_h2_send`, and must
// not call the session.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct zerver_h2 zerver_h2;

/// Frames that cost the sender less than they cost us.
enum zerver_h2_frame {
  ZERVER_H2_PING,
  ZERVER_H2_SETTINGS,
  /// DATA without a byte that does not end its stream.
  ZERVER_H2_EMPTY_DATA,
  /// A stream was given up by the client, or by us because of what the client did to it.
  ZERVER_H2_RESET,
  ZERVER_H2_PRIORITY,
};

enum zerver_h2_written {
  ZERVER_H2_WRITTEN,
  /// There is no room now.
  ZERVER_H2_FULL,
  /// There is no such body any more.
  ZERVER_H2_GONE,
};

/// What happens in a session. `user` is what the session was made with.
struct zerver_h2_events {
  /// The headers of a request, or of its trailers, begin.
  void (*headers_began)(void *user, int32_t stream, bool is_request);
  /// One field, as RFC 9113 §8 allows it. `false` gives the stream up.
  bool (*header)(void *user, int32_t stream, const void *name, size_t name_bytes, const void *value, size_t value_bytes);
  void (*headers_ended)(void *user, int32_t stream, bool is_request, bool is_last);
  /// `bytes` stay as long as those that were given to `zerver_h2_receive`.
  void (*data)(void *user, int32_t stream, const void *bytes, size_t count);
  void (*request_ended)(void *user, int32_t stream);
  /// Our last frame of the stream is written.
  void (*response_ended)(void *user, int32_t stream);
  /// Nobody may say anything about the stream any more.
  void (*stream_closed)(void *user, int32_t stream);
  void (*frame)(void *user, enum zerver_h2_frame frame, int32_t stream);
  /// We end the connection, because the client breaks the rules of HTTP/2.
  void (*failed)(void *user, uint32_t error);

  /// How many bytes of the body there are, `capacity` at most. `*is_last` when they are the last, none included; 0 bytes
  /// that are not the last pause the stream until `zerver_h2_resume`.
  size_t (*produce)(void *user, int32_t stream, size_t capacity, bool *is_last);
  /// Writes a frame of the body: its header, then so many of its bytes.
  enum zerver_h2_written (*write_data)(void *user, int32_t stream, const void *header, size_t header_bytes, size_t count);
  /// Writes anything else. `false` when there is no room now.
  bool (*write)(void *user, const void *bytes, size_t count);
};

struct zerver_h2_limits {
  uint32_t streams_max;
  uint32_t stream_window_bytes;
  uint32_t connection_window_bytes;
  uint32_t header_list_bytes;
};

/// NULL when there is no memory. `events` outlives the session.
zerver_h2 *zerver_h2_new(const struct zerver_h2_events *events, void *user, const struct zerver_h2_limits *limits);
void zerver_h2_free(zerver_h2 *session);

/// Takes all of the bytes. `false` when the connection cannot go on and there is nothing more to say.
bool zerver_h2_receive(zerver_h2 *session, const void *bytes, size_t count);
/// Writes what there is to write, for as long as `write` takes it. `false` as above.
bool zerver_h2_send(zerver_h2 *session);
bool zerver_h2_wants_write(zerver_h2 *session);
/// Everything has been said, by both.
bool zerver_h2_is_over(zerver_h2 *session);

struct zerver_h2_field {
  const void *name;
  size_t name_bytes;
  const void *value;
  size_t value_bytes;
};

/// Answers a request. Fields are copied. A response without a body ends the stream. `false` when the head is larger than 1 MiB, or
/// there is no memory for it.
bool zerver_h2_respond(zerver_h2 *session, int32_t stream, const struct zerver_h2_field *fields, size_t count, bool has_body);
/// The client may send so many bytes more of a body: of those that have come, so many are done with. The window of the
/// connection needs no such word.
void zerver_h2_give_back(zerver_h2 *session, int32_t stream, size_t count);
/// `100 Continue`.
void zerver_h2_continue(zerver_h2 *session, int32_t stream);
/// There is more of a body that had paused.
void zerver_h2_resume(zerver_h2 *session, int32_t stream);
/// Of bodies that wait, those with a smaller urgency go first; 0 to 7, 3 unless it is said (RFC 9218 §4.1).
void zerver_h2_set_urgency(zerver_h2 *session, int32_t stream, uint32_t urgency);

enum zerver_h2_error {
  ZERVER_H2_NO_ERROR = 0,
  ZERVER_H2_INTERNAL_ERROR = 2,
  ZERVER_H2_REFUSED_STREAM = 7,
  ZERVER_H2_CANCEL = 8,
  ZERVER_H2_ENHANCE_YOUR_CALM = 11,
};
void zerver_h2_reset(zerver_h2 *session, int32_t stream, enum zerver_h2_error error);

/// GOAWAY that asks for no more requests and refuses none that is on its way (RFC 9113 §6.8).
void zerver_h2_announce_end(zerver_h2 *session);
/// GOAWAY: requests that have not come by now are not served. Returns the last that has come. Until the frame is written, which
/// may be later, requests behind that one go on to be told of.
int32_t zerver_h2_refuse_more(zerver_h2 *session);
/// GOAWAY with a reason, and the end.
void zerver_h2_terminate(zerver_h2 *session, enum zerver_h2_error error);
