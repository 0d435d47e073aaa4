// What the server needs of OpenSSL 3, for Swift: certificates, server sessions that read and write memory, what a
// client's certificate says, and digests.
//
// No header of OpenSSL is included here, so that no other module can bring a second version of its declarations.
//
// Threads: a context is made by one thread and then only read, so any number of threads may accept with it. A session
// belongs to one thread.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// `SSL_CTX`: one certificate with its key, and the policy of sessions that use it. Counted by OpenSSL: a session keeps
/// its context alive.
typedef struct ssl_ctx_st zerver_tls_context;
/// One connection.
typedef struct zerver_tls zerver_tls;
/// `EVP_MD_CTX`.
typedef struct evp_md_ctx_st zerver_digest;
/// `X509`.
typedef struct x509_st zerver_certificate;

// MARK: Contexts

enum zerver_tls_clients {
  ZERVER_TLS_CLIENTS_UNASKED,
  ZERVER_TLS_CLIENTS_OPTIONAL,
  ZERVER_TLS_CLIENTS_REQUIRED,
};

/// The protocols that ALPN offers, best first.
enum zerver_tls_protocols {
  ZERVER_TLS_HTTP1,
  ZERVER_TLS_HTTP2_AND_HTTP1,
};

/// What is wrong with a certificate or a key.
enum zerver_tls_fault {
  ZERVER_TLS_FINE,
  /// The text holds no certificate.
  ZERVER_TLS_NO_CERTIFICATE,
  /// OpenSSL refuses the certificate: damaged, or too weak for its security level.
  ZERVER_TLS_BAD_CERTIFICATE,
  ZERVER_TLS_BAD_CHAIN,
  /// The text holds no private key, or one that is encrypted: there is nobody to ask for its password.
  ZERVER_TLS_NO_KEY,
  ZERVER_TLS_BAD_KEY,
  ZERVER_TLS_MISMATCH,
};

/// Returns NULL when OpenSSL cannot go on, which means that there is no memory.
///
/// - minimum: 0x0303 for TLS 1.2, 0x0304 for TLS 1.3
zerver_tls_context *zerver_tls_context_new(int minimum, enum zerver_tls_clients clients, enum zerver_tls_protocols protocols);
void zerver_tls_context_free(zerver_tls_context *context);

/// Takes the first certificate of a PEM text, the rest of it as the chain, and the key of another.
enum zerver_tls_fault zerver_tls_context_use(
  zerver_tls_context *context, const void *chain, size_t chain_bytes, const void *key, size_t key_bytes);

/// Takes the certificates of a PEM text as the authorities whose client certificates are believed. Returns how many
/// there are; -1 when one is damaged.
int zerver_tls_context_trust(zerver_tls_context *context, const void *authorities, size_t bytes);

/// Who is asked when a client names the server that it wants. Returns the context of that name; NULL for no such name.
/// It must not wait. `user` has to outlive every session of the context.
typedef zerver_tls_context *(*zerver_tls_choose)(const void *user, const char *name);
void zerver_tls_context_set_choose(zerver_tls_context *context, zerver_tls_choose choose, const void *user);

/// The server's certificate. Lives as long as the context.
const zerver_certificate *zerver_tls_context_certificate(const zerver_tls_context *context);

/// The reason of the last fault on this thread, in OpenSSL's words. Empties its list of errors.
void zerver_tls_reason(char *text, size_t bytes);

// MARK: Sessions

/// Where the records of a session go: called from inside the functions below, with the `sink` that they were given.
typedef void (*zerver_tls_append)(void *sink, const void *bytes, size_t count);

/// A session that waits for a client's first bytes. NULL when there is no memory.
zerver_tls *zerver_tls_accept(zerver_tls_context *context, zerver_tls_append append);
void zerver_tls_free(zerver_tls *session);

enum zerver_tls_state {
  /// All that has been given is used up; more is needed.
  ZERVER_TLS_NEEDS_MORE,
  ZERVER_TLS_DONE,
  /// The client has said that it sends nothing more.
  ZERVER_TLS_CLOSED,
  /// Not TLS, or against its rules, or a certificate that is not believed. An alert may be in the sink.
  ZERVER_TLS_FAILED,
  /// As above: the first bytes are a request of plain HTTP.
  ZERVER_TLS_PLAIN_HTTP,
};

/// The bytes that the calls below may read. They must stay until those return `ZERVER_TLS_NEEDS_MORE`.
void zerver_tls_feed(zerver_tls *session, const void *bytes, size_t count);

/// Goes on with the handshake. `ZERVER_TLS_DONE` when it is over.
enum zerver_tls_state zerver_tls_handshake(zerver_tls *session, void *sink);

/// Opens what has been fed. `ZERVER_TLS_DONE` when `*count` bytes have been written to `bytes`, of which there may be more.
enum zerver_tls_state zerver_tls_read(zerver_tls *session, void *bytes, size_t capacity, size_t *count, void *sink);

/// Seals all of the bytes, at least one. `false` when the session has failed before.
bool zerver_tls_write(zerver_tls *session, const void *bytes, size_t count, void *sink);

/// Says that nothing more will come from here (`close_notify`). Once is enough.
void zerver_tls_shutdown(zerver_tls *session, void *sink);

/// What the handshake has agreed on.
bool zerver_tls_is_resumed(const zerver_tls *session);
bool zerver_tls_speaks_http2(const zerver_tls *session);

/// The client's certificate, which was verified; NULL when it has sent none. Lives as long as the session.
const zerver_certificate *zerver_tls_client_certificate(const zerver_tls *session);

// MARK: Certificates

/// The names that a certificate holds for, one after the other. A text is written with a zero behind it, and cut off
/// where its room ends; the result is its whole length, -1 when there is no such name.
enum zerver_certificate_name {
  ZERVER_NAME_DNS,
  ZERVER_NAME_URI,
  ZERVER_NAME_EMAIL,
};
int zerver_certificate_name(
  const zerver_certificate *certificate, enum zerver_certificate_name kind, int index, char *text, size_t bytes);
/// The subject as RFC 2253 writes it, and its common name.
int zerver_certificate_subject(const zerver_certificate *certificate, char *text, size_t bytes);
int zerver_certificate_common_name(const zerver_certificate *certificate, char *text, size_t bytes);
/// SHA-256 of the whole certificate.
bool zerver_certificate_fingerprint(const zerver_certificate *certificate, uint8_t digest[32]);
/// When it ends, in Unix seconds.
int64_t zerver_certificate_end(const zerver_certificate *certificate);

// MARK: Digests

/// A SHA-256 of no bytes yet. NULL when there is no memory, or OpenSSL is configured without it.
zerver_digest *zerver_sha256_new(void);
void zerver_digest_free(zerver_digest *digest);
bool zerver_digest_update(zerver_digest *digest, const void *bytes, size_t count);
/// Once, at the end.
bool zerver_sha256_finish(zerver_digest *digest, uint8_t result[32]);
