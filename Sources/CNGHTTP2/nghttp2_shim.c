#include "CNGHTTP2.h"

#include <nghttp2/nghttp2.h>
#include <stdlib.h>
#include <sys/types.h>

enum { PREFACE_BYTES = 24, FRAME_HEADER_BYTES = 9 };

/// Where the bytes of a connection are in its frames.
struct frame_reader {
  uint8_t header[FRAME_HEADER_BYTES];
  /// Bytes of `header` that have come. All of them while the rest of the frame comes.
  size_t header_bytes;
  /// Bytes of the preface or of the frame that are still to come.
  size_t left;
  /// What WINDOW_UPDATE adds: the bits of all bytes that have come.
  uint8_t increment;
};

struct zerver_h2 {
  nghttp2_session *session;
  const struct zerver_h2_events *events;
  void *user;
  struct frame_reader reader;
};

#define SELF(user) ((struct zerver_h2 *)(user))
#define CALL(user, event, ...) (SELF(user)->events->event(SELF(user)->user, __VA_ARGS__))

// MARK: Events

static bool is_request(const nghttp2_frame *frame) {
  return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)session;
  CALL(user, headers_began, frame->hd.stream_id, is_request(frame));
  return 0;
}

static int on_header(
  nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_bytes, const uint8_t *value,
  size_t value_bytes, uint8_t flags, void *user) {
  (void)session, (void)flags;
  return CALL(user, header, frame->hd.stream_id, name, name_bytes, value, value_bytes) ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

/// Left to itself, nghttp2 would drop the field and serve the request.
static int on_invalid_header(
  nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_bytes, const uint8_t *value,
  size_t value_bytes, uint8_t flags, void *user) {
  (void)session, (void)frame, (void)name, (void)name_bytes, (void)value, (void)value_bytes, (void)flags, (void)user;
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)session;
  bool is_last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS:
      CALL(user, headers_ended, frame->hd.stream_id, is_request(frame), is_last);
      break;
    case NGHTTP2_DATA:
      if (is_last) CALL(user, request_ended, frame->hd.stream_id);
      else if (frame->hd.length == frame->data.padlen) CALL(user, frame, ZERVER_H2_EMPTY_DATA, frame->hd.stream_id);
      break;
    case NGHTTP2_PING: CALL(user, frame, ZERVER_H2_PING, 0); break;
    case NGHTTP2_SETTINGS: CALL(user, frame, ZERVER_H2_SETTINGS, 0); break;
    case NGHTTP2_RST_STREAM: CALL(user, frame, ZERVER_H2_RESET, frame->hd.stream_id); break;
    default: break;
  }
  return 0;
}

/// A frame that nghttp2 reads and says nothing about. Of those with an unknown type it does not tell even that they have
/// come; to skip one costs as little as to send it.
static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *header, void *user) {
  (void)session;
  if (header->type == NGHTTP2_PRIORITY) CALL(user, frame, ZERVER_H2_PRIORITY, header->stream_id);
  return 0;
}

static int on_data_chunk(
  nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes, size_t count, void *user) {
  (void)flags;
  CALL(user, data, stream, bytes, count);
  return nghttp2_session_consume_connection(session, count) == 0 ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t error, void *user) {
  (void)session, (void)error;
  CALL(user, stream_closed, stream);
  return 0;
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
  (void)session;
  switch (frame->hd.type) {
    case NGHTTP2_HEADERS: case NGHTTP2_DATA:
      if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) CALL(user, response_ended, frame->hd.stream_id);
      break;
    case NGHTTP2_RST_STREAM:
      // Our own reasons are no fault of the client.
      switch (frame->rst_stream.error_code) {
        case NGHTTP2_NO_ERROR: case NGHTTP2_INTERNAL_ERROR: case NGHTTP2_CANCEL: break;
        default: CALL(user, frame, ZERVER_H2_RESET, frame->hd.stream_id); break;
      }
      break;
    case NGHTTP2_GOAWAY:
      if (frame->goaway.error_code != NGHTTP2_NO_ERROR) CALL(user, failed, frame->goaway.error_code);
      break;
    default: break;
  }
  return 0;
}

static ssize_t on_read_data(
  nghttp2_session *session, int32_t stream, uint8_t *buffer, size_t capacity, uint32_t *flags, nghttp2_data_source *source,
  void *user) {
  (void)session, (void)buffer, (void)source;
  bool is_last = false;
  size_t count = CALL(user, produce, stream, capacity, &is_last);
  if (count == 0 && !is_last) return NGHTTP2_ERR_DEFERRED;
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (is_last) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t)count;
}

static int on_send_data(
  nghttp2_session *session, nghttp2_frame *frame, const uint8_t *header, size_t count, nghttp2_data_source *source, void *user) {
  (void)session, (void)source;
  switch (CALL(user, write_data, frame->hd.stream_id, header, 9, count)) {
    case ZERVER_H2_WRITTEN: return 0;
    case ZERVER_H2_FULL: return NGHTTP2_ERR_WOULDBLOCK;
    default: return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
}

static ssize_t on_send(nghttp2_session *session, const uint8_t *bytes, size_t count, int flags, void *user) {
  (void)session, (void)flags;
  return CALL(user, write, bytes, count) ? (ssize_t)count : NGHTTP2_ERR_WOULDBLOCK;
}

static nghttp2_session_callbacks *make_callbacks(void) {
  nghttp2_session_callbacks *callbacks;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return NULL;
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
  nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);
  nghttp2_session_callbacks_set_send_callback(callbacks, on_send);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, on_send_data);
  return callbacks;
}

// MARK: Sessions

/// The largest head of a response. nghttp2 would send none beyond 64 KiB, and leave its stream without an answer.
enum { HEAD_BYTES_MAX = 1 << 20 };

static nghttp2_session *make_session(void *user) {
  nghttp2_session_callbacks *callbacks = make_callbacks();
  nghttp2_option *option = NULL;
  nghttp2_session *session = NULL;
  if (callbacks != NULL && nghttp2_option_new(&option) == 0) {
    // Closed streams are remembered for the priorities of RFC 7540, which nobody uses here.
    nghttp2_option_set_no_closed_streams(option, 1);
    // A body goes on when its bytes have been taken, which is not always when they have come.
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_option_set_max_send_header_block_length(option, HEAD_BYTES_MAX);
    if (nghttp2_session_server_new2(&session, callbacks, user, option) != 0) session = NULL;
  }
  nghttp2_option_del(option);
  nghttp2_session_callbacks_del(callbacks);
  return session;
}

zerver_h2 *zerver_h2_new(const struct zerver_h2_events *events, void *user, const struct zerver_h2_limits *limits) {
  struct zerver_h2 *self = malloc(sizeof *self);
  if (self == NULL) return NULL;
  *self = (struct zerver_h2){make_session(self), events, user, {.left = PREFACE_BYTES}};
  if (self->session == NULL) {
    free(self);
    return NULL;
  }
  const nghttp2_settings_entry settings[] = {
    {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits->streams_max},
    {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits->stream_window_bytes},
    {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, limits->header_list_bytes},
    {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
  };
  nghttp2_submit_settings(self->session, NGHTTP2_FLAG_NONE, settings, sizeof settings / sizeof *settings);
  nghttp2_session_set_local_window_size(self->session, NGHTTP2_FLAG_NONE, 0, (int32_t)limits->connection_window_bytes);
  return self;
}

void zerver_h2_free(zerver_h2 *session) {
  nghttp2_session_del(session->session);
  free(session);
}

// MARK: Receiving

static int32_t frame_stream(const struct frame_reader *reader) {
  const uint8_t *id = reader->header + 5;
  return (int32_t)((uint32_t)(id[0] & 0x7F) << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3]);
}

/// WINDOW_UPDATE for a stream, of the only length that is right.
static bool is_stream_window(const struct frame_reader *reader) {
  const uint8_t *header = reader->header;
  return header[0] == 0 && header[1] == 0 && header[2] == 4 && header[3] == NGHTTP2_WINDOW_UPDATE && frame_stream(reader) != 0;
}

/// Walks over the frames in these bytes. Returns how many there are before the last byte of a WINDOW_UPDATE that adds nothing to
/// the window of a stream; `count` when there is none.
static size_t before_empty_window(struct frame_reader *reader, const uint8_t *bytes, size_t count) {
  size_t at = 0;
  while (at < count) {
    if (reader->left == 0) {
      // The frame before is over.
      if (reader->header_bytes == FRAME_HEADER_BYTES) reader->header_bytes = 0;
      reader->header[reader->header_bytes++] = bytes[at++];
      if (reader->header_bytes < FRAME_HEADER_BYTES) continue;
      reader->left = (size_t)reader->header[0] << 16 | (size_t)reader->header[1] << 8 | reader->header[2];
      reader->increment = 0;
    } else if (reader->header_bytes == FRAME_HEADER_BYTES && is_stream_window(reader)) {
      // The first bit has no meaning (RFC 9113 §6.9).
      reader->increment |= reader->left == 4 ? bytes[at] & 0x7F : bytes[at];
      reader->left -= 1;
      if (reader->left == 0 && reader->increment == 0) return at;
      at += 1;
    } else {
      size_t step = reader->left < count - at ? reader->left : count - at;
      reader->left -= step;
      at += step;
    }
  }
  return count;
}

static bool feed(zerver_h2 *session, const uint8_t *bytes, size_t count) {
  return nghttp2_session_mem_recv(session->session, bytes, count) == (ssize_t)count;
}

/// To nghttp2 a WINDOW_UPDATE that adds nothing is the end of the connection, whomever it is for. For a stream it is an error of
/// that stream (RFC 9113 §6.9). So nghttp2 reads that it adds one byte, which leaves it every other reason to end the
/// connection, and the stream is given up.
bool zerver_h2_receive(zerver_h2 *session, const void *start, size_t count) {
  static const uint8_t one = 1;
  const uint8_t *bytes = start;
  while (true) {
    size_t before = before_empty_window(&session->reader, bytes, count);
    if (!feed(session, bytes, before)) return false;
    if (before == count) return true;
    if (!feed(session, &one, 1)) return false;
    bytes += before + 1;
    count -= before + 1;
    int32_t stream = frame_stream(&session->reader);
    if (nghttp2_session_find_stream(session->session, stream) != NULL)
      nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_PROTOCOL_ERROR);
  }
}

bool zerver_h2_send(zerver_h2 *session) { return nghttp2_session_send(session->session) == 0; }
bool zerver_h2_wants_write(zerver_h2 *session) { return nghttp2_session_want_write(session->session) != 0; }

bool zerver_h2_is_over(zerver_h2 *session) {
  return nghttp2_session_want_read(session->session) == 0 && nghttp2_session_want_write(session->session) == 0;
}

enum { FIELDS_ON_STACK = 64 };

bool zerver_h2_respond(zerver_h2 *session, int32_t stream, const struct zerver_h2_field *fields, size_t count, bool has_body) {
  // As nghttp2_hd_deflate_bound has it, for the table and for each field.
  size_t bytes = 12;
  for (size_t at = 0; at < count; at++) bytes += 12 + fields[at].name_bytes + fields[at].value_bytes;
  if (bytes > HEAD_BYTES_MAX) return false;
  nghttp2_nv few[FIELDS_ON_STACK];
  nghttp2_nv *pairs = count <= FIELDS_ON_STACK ? few : malloc(count * sizeof *pairs);
  if (pairs == NULL) return false;
  for (size_t at = 0; at < count; at++)
    pairs[at] = (nghttp2_nv){
      (uint8_t *)fields[at].name, (uint8_t *)fields[at].value, fields[at].name_bytes, fields[at].value_bytes, NGHTTP2_NV_FLAG_NONE};
  nghttp2_data_provider provider = {.read_callback = on_read_data};
  bool is_taken = nghttp2_submit_response(session->session, stream, pairs, count, has_body ? &provider : NULL) == 0;
  if (pairs != few) free(pairs);
  return is_taken;
}

void zerver_h2_give_back(zerver_h2 *session, int32_t stream, size_t count) {
  nghttp2_session_consume_stream(session->session, stream, count);
}

void zerver_h2_continue(zerver_h2 *session, int32_t stream) {
  nghttp2_nv status = {(uint8_t *)":status", (uint8_t *)"100", 7, 3, NGHTTP2_NV_FLAG_NONE};
  nghttp2_submit_headers(session->session, NGHTTP2_FLAG_NONE, stream, NULL, &status, 1, NULL);
}

void zerver_h2_resume(zerver_h2 *session, int32_t stream) { nghttp2_session_resume_data(session->session, stream); }

void zerver_h2_set_urgency(zerver_h2 *session, int32_t stream, uint32_t urgency) {
  nghttp2_extpri priority = {.urgency = urgency, .inc = 1};
  nghttp2_session_change_extpri_stream_priority(session->session, stream, &priority, 1);
}

void zerver_h2_reset(zerver_h2 *session, int32_t stream, enum zerver_h2_error error) {
  nghttp2_submit_rst_stream(session->session, NGHTTP2_FLAG_NONE, stream, error);
}

void zerver_h2_announce_end(zerver_h2 *session) { nghttp2_submit_shutdown_notice(session->session); }

int32_t zerver_h2_refuse_more(zerver_h2 *session) {
  int32_t last = nghttp2_session_get_last_proc_stream_id(session->session);
  nghttp2_submit_goaway(session->session, NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, NULL, 0);
  return last;
}

void zerver_h2_terminate(zerver_h2 *session, enum zerver_h2_error error) {
  nghttp2_session_terminate_session(session->session, error);
}
