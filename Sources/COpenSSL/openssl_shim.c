// timegm(3)
#define _DEFAULT_SOURCE

#include "COpenSSL.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

struct zerver_tls {
  SSL *ssl;
  zerver_tls_append append;
  // Valid during a call of Swift.
  void *sink;
  const uint8_t *input;
  size_t input_bytes;
};

// MARK: The BIO between a session and the memory of its caller

static int bio_read(BIO *bio, char *bytes, size_t capacity, size_t *count) {
  struct zerver_tls *session = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  *count = session->input_bytes < capacity ? session->input_bytes : capacity;
  if (*count == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  memcpy(bytes, session->input, *count);
  session->input += *count;
  session->input_bytes -= *count;
  return 1;
}

static int bio_write(BIO *bio, const char *bytes, size_t count, size_t *written) {
  struct zerver_tls *session = BIO_get_data(bio);
  session->append(session->sink, bytes, count);
  *written = count;
  return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *bio_method;
static pthread_once_t bio_method_once = PTHREAD_ONCE_INIT;

static void make_bio_method(void) {
  bio_method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "zerver memory");
  if (bio_method == NULL) return;
  BIO_meth_set_read_ex(bio_method, bio_read);
  BIO_meth_set_write_ex(bio_method, bio_write);
  BIO_meth_set_ctrl(bio_method, bio_control);
}

// MARK: Contexts

static const unsigned char http1_protocols[] = "\x08http/1.1";
static const unsigned char http2_protocols[] = "\x02h2\x08http/1.1";

static int choose_protocol(
  SSL *ssl, const unsigned char **chosen, unsigned char *chosen_bytes, const unsigned char *offered, unsigned offered_bytes,
  void *argument) {
  (void)ssl;
  const unsigned char *own = argument;
  unsigned own_bytes = (unsigned)strlen(argument);
  unsigned char *found;
  if (SSL_select_next_proto(&found, chosen_bytes, own, own_bytes, offered, offered_bytes) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 §3.2
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

zerver_tls_context *zerver_tls_context_new(int minimum, enum zerver_tls_clients clients, enum zerver_tls_protocols protocols) {
  SSL_CTX *context = SSL_CTX_new(TLS_server_method());
  if (context == NULL) return NULL;
  SSL_CTX_set_min_proto_version(context, minimum);
  // Forward secrecy and authenticated encryption; TLS 1.3 has nothing else.
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(
    context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // The buffers of 16 KiB live only while there is something in them.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_read_ahead(context, 1);
  // Sessions are resumed by tickets, so the server keeps none. RFC 8446 §4.6.1 leaves their number open.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  SSL_CTX_set_timeout(context, 2 * 60 * 60);
  // A session that was made by a client with a certificate can be resumed only where certificates are asked for.
  static const unsigned char name[] = "zerver";
  SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
  if (clients != ZERVER_TLS_CLIENTS_UNASKED)
    SSL_CTX_set_verify(
      context, SSL_VERIFY_PEER | (clients == ZERVER_TLS_CLIENTS_REQUIRED ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
  SSL_CTX_set_alpn_select_cb(
    context, choose_protocol, (void *)(protocols == ZERVER_TLS_HTTP1 ? http1_protocols : http2_protocols));
  return context;
}

void zerver_tls_context_free(zerver_tls_context *context) { SSL_CTX_free(context); }

/// Nobody can be asked for a password: without this OpenSSL would ask at the terminal.
static int no_password(char *text, int bytes, int writes, void *user) {
  (void)text, (void)bytes, (void)writes, (void)user;
  return -1;
}

/// The end of a PEM text is an error to OpenSSL, and none to us.
static bool is_end_of_pem(void) {
  unsigned long error = ERR_peek_last_error();
  if (error != 0 && !(ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE)) return false;
  ERR_clear_error();
  return true;
}

static enum zerver_tls_fault use_chain(SSL_CTX *context, BIO *text) {
  X509 *certificate = PEM_read_bio_X509_AUX(text, NULL, no_password, NULL);
  if (certificate == NULL) return is_end_of_pem() ? ZERVER_TLS_NO_CERTIFICATE : ZERVER_TLS_BAD_CERTIFICATE;
  bool is_used = SSL_CTX_use_certificate(context, certificate) == 1;
  X509_free(certificate);
  if (!is_used) return ZERVER_TLS_BAD_CERTIFICATE;
  SSL_CTX_clear_chain_certs(context);
  while ((certificate = PEM_read_bio_X509(text, NULL, no_password, NULL)) != NULL) {
    if (SSL_CTX_add0_chain_cert(context, certificate) != 1) {
      X509_free(certificate);
      return ZERVER_TLS_BAD_CHAIN;
    }
  }
  return is_end_of_pem() ? ZERVER_TLS_FINE : ZERVER_TLS_BAD_CHAIN;
}

static enum zerver_tls_fault use_key(SSL_CTX *context, BIO *text) {
  EVP_PKEY *key = PEM_read_bio_PrivateKey(text, NULL, no_password, NULL);
  if (key == NULL) return ZERVER_TLS_NO_KEY;
  const X509 *certificate = SSL_CTX_get0_certificate(context);
  bool fits = X509_check_private_key(certificate, key) == 1;
  bool is_used = fits && SSL_CTX_use_PrivateKey(context, key) == 1;
  EVP_PKEY_free(key);
  return !fits ? ZERVER_TLS_MISMATCH : is_used ? ZERVER_TLS_FINE : ZERVER_TLS_BAD_KEY;
}

static BIO *memory(const void *bytes, size_t count) { return count > INT_MAX ? NULL : BIO_new_mem_buf(bytes, (int)count); }

enum zerver_tls_fault zerver_tls_context_use(
  zerver_tls_context *context, const void *chain, size_t chain_bytes, const void *key, size_t key_bytes) {
  ERR_clear_error();
  BIO *text = memory(chain, chain_bytes);
  enum zerver_tls_fault fault = text == NULL ? ZERVER_TLS_NO_CERTIFICATE : use_chain(context, text);
  BIO_free(text);
  if (fault != ZERVER_TLS_FINE) return fault;
  text = memory(key, key_bytes);
  fault = text == NULL ? ZERVER_TLS_NO_KEY : use_key(context, text);
  BIO_free(text);
  return fault;
}

int zerver_tls_context_trust(zerver_tls_context *context, const void *authorities, size_t bytes) {
  ERR_clear_error();
  BIO *text = memory(authorities, bytes);
  if (text == NULL) return -1;
  int count = 0;
  X509 *certificate;
  X509_STORE *store = SSL_CTX_get_cert_store(context);
  bool is_fine = true;
  while (is_fine && (certificate = PEM_read_bio_X509_AUX(text, NULL, no_password, NULL)) != NULL) {
    // The names of the authorities tell a client which of its certificates to send.
    is_fine = X509_STORE_add_cert(store, certificate) == 1 && SSL_CTX_add_client_CA(context, certificate) == 1;
    X509_free(certificate);
    count++;
  }
  BIO_free(text);
  return is_fine && is_end_of_pem() ? count : -1;
}

struct chooser {
  zerver_tls_choose choose;
  const void *user;
};
static int chooser_index;
static pthread_once_t chooser_once = PTHREAD_ONCE_INIT;

static void free_chooser(void *parent, void *chooser, CRYPTO_EX_DATA *data, int index, long number, void *pointer) {
  (void)parent, (void)data, (void)index, (void)number, (void)pointer;
  OPENSSL_free(chooser);
}

static void make_chooser_index(void) { chooser_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_chooser); }

static int choose_context(SSL *ssl, int *alert, void *argument) {
  (void)alert;
  struct chooser *chooser = argument;
  const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (name == NULL) return SSL_TLSEXT_ERR_NOACK;
  SSL_CTX *context = chooser->choose(chooser->user, name);
  if (context == NULL) return SSL_TLSEXT_ERR_NOACK;
  SSL_set_SSL_CTX(ssl, context);
  return SSL_TLSEXT_ERR_OK;
}

void zerver_tls_context_set_choose(zerver_tls_context *context, zerver_tls_choose choose, const void *user) {
  pthread_once(&chooser_once, make_chooser_index);
  struct chooser *chooser = OPENSSL_malloc(sizeof *chooser);
  if (chooser == NULL) return;
  *chooser = (struct chooser){choose, user};
  SSL_CTX_set_ex_data(context, chooser_index, chooser);
  SSL_CTX_set_tlsext_servername_callback(context, choose_context);
  SSL_CTX_set_tlsext_servername_arg(context, chooser);
}

const zerver_certificate *zerver_tls_context_certificate(const zerver_tls_context *context) {
  return SSL_CTX_get0_certificate(context);
}

void zerver_tls_reason(char *text, size_t bytes) {
  unsigned long error = ERR_peek_last_error();
  const char *reason = error == 0 ? NULL : ERR_reason_error_string(error);
  if (bytes > 0) {
    strncpy(text, reason == NULL ? "" : reason, bytes - 1);
    text[bytes - 1] = 0;
  }
  ERR_clear_error();
}

// MARK: Sessions

zerver_tls *zerver_tls_accept(zerver_tls_context *context, zerver_tls_append append) {
  pthread_once(&bio_method_once, make_bio_method);
  struct zerver_tls *session = OPENSSL_zalloc(sizeof *session);
  SSL *ssl = SSL_new(context);
  BIO *bio = bio_method == NULL ? NULL : BIO_new(bio_method);
  if (session == NULL || ssl == NULL || bio == NULL) {
    OPENSSL_free(session);
    SSL_free(ssl);
    BIO_free(bio);
    ERR_clear_error();
    return NULL;
  }
  session->ssl = ssl;
  session->append = append;
  BIO_set_data(bio, session);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_accept_state(ssl);
  return session;
}

void zerver_tls_free(zerver_tls *session) {
  // Without this, a session that ends without close_notify would not be resumable (SSL_shutdown(3)).
  SSL_set_shutdown(session->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(session->ssl);
  OPENSSL_free(session);
}

void zerver_tls_feed(zerver_tls *session, const void *bytes, size_t count) {
  session->input = bytes;
  session->input_bytes = count;
}

static enum zerver_tls_state state_after_failure(struct zerver_tls *session, int result) {
  switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_WANT_READ: return ZERVER_TLS_NEEDS_MORE;
    case SSL_ERROR_ZERO_RETURN: return ZERVER_TLS_CLOSED;
    default: break;
  }
  unsigned long error = ERR_peek_last_error();
  bool is_http = ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_HTTP_REQUEST;
  return is_http ? ZERVER_TLS_PLAIN_HTTP : ZERVER_TLS_FAILED;
}

enum zerver_tls_state zerver_tls_handshake(zerver_tls *session, void *sink) {
  session->sink = sink;
  ERR_clear_error();
  int result = SSL_do_handshake(session->ssl);
  return result == 1 ? ZERVER_TLS_DONE : state_after_failure(session, result);
}

enum zerver_tls_state zerver_tls_read(zerver_tls *session, void *bytes, size_t capacity, size_t *count, void *sink) {
  session->sink = sink;
  ERR_clear_error();
  int result = SSL_read_ex(session->ssl, bytes, capacity, count);
  return result == 1 ? ZERVER_TLS_DONE : state_after_failure(session, result);
}

bool zerver_tls_write(zerver_tls *session, const void *bytes, size_t count, void *sink) {
  session->sink = sink;
  const char *rest = bytes;
  while (count > 0) {
    size_t written;
    ERR_clear_error();
    // The sink takes everything, so this never has to be tried again.
    if (SSL_write_ex(session->ssl, rest, count, &written) != 1) return false;
    rest += written;
    count -= written;
  }
  return true;
}

void zerver_tls_shutdown(zerver_tls *session, void *sink) {
  session->sink = sink;
  // Not allowed in the middle of a handshake, and after a failure the alert has said everything.
  if (SSL_in_init(session->ssl)) return;
  SSL_shutdown(session->ssl);
  ERR_clear_error();
}

bool zerver_tls_is_resumed(const zerver_tls *session) { return SSL_session_reused(session->ssl) == 1; }

bool zerver_tls_speaks_http2(const zerver_tls *session) {
  const unsigned char *name;
  unsigned bytes;
  SSL_get0_alpn_selected(session->ssl, &name, &bytes);
  return bytes == 2 && memcmp(name, "h2", 2) == 0;
}

const zerver_certificate *zerver_tls_client_certificate(const zerver_tls *session) {
  return SSL_get0_peer_certificate(session->ssl);
}

// MARK: Certificates

static int put(const char *found, int length, char *text, size_t bytes) {
  if (found == NULL || length < 0) return -1;
  if (bytes > 0) {
    size_t fitting = (size_t)length < bytes - 1 ? (size_t)length : bytes - 1;
    memcpy(text, found, fitting);
    text[fitting] = 0;
  }
  return length;
}

int zerver_certificate_name(
  const zerver_certificate *certificate, enum zerver_certificate_name kind, int index, char *text, size_t bytes) {
  int wanted = kind == ZERVER_NAME_DNS ? GEN_DNS : kind == ZERVER_NAME_URI ? GEN_URI : GEN_EMAIL;
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  int length = -1;
  for (int at = 0; at < sk_GENERAL_NAME_num(names); at++) {
    int type;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, at), &type);
    if (type != wanted || index-- > 0) continue;
    length = put((const char *)ASN1_STRING_get0_data(value), ASN1_STRING_length(value), text, bytes);
    break;
  }
  GENERAL_NAMES_free(names);
  return length;
}

int zerver_certificate_subject(const zerver_certificate *certificate, char *text, size_t bytes) {
  BIO *out = BIO_new(BIO_s_mem());
  if (out == NULL) return -1;
  int length = -1;
  if (X509_NAME_print_ex(out, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
    char *found;
    long count = BIO_get_mem_data(out, &found);
    length = put(count > 0 ? found : "", (int)count, text, bytes);
  }
  BIO_free(out);
  return length;
}

int zerver_certificate_common_name(const zerver_certificate *certificate, char *text, size_t bytes) {
  X509_NAME *subject = X509_get_subject_name(certificate);
  int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return -1;
  unsigned char *found = NULL;
  int length = ASN1_STRING_to_UTF8(&found, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  length = put((const char *)found, length, text, bytes);
  OPENSSL_free(found);
  return length;
}

bool zerver_certificate_fingerprint(const zerver_certificate *certificate, uint8_t digest[32]) {
  unsigned count = 0;
  return X509_digest(certificate, EVP_sha256(), digest, &count) == 1 && count == 32;
}

int64_t zerver_certificate_end(const zerver_certificate *certificate) {
  struct tm end;
  return ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) == 1 ? (int64_t)timegm(&end) : INT64_MAX;
}

// MARK: Digests

zerver_digest *zerver_sha256_new(void) {
  EVP_MD_CTX *digest = EVP_MD_CTX_new();
  if (digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1) return digest;
  EVP_MD_CTX_free(digest);
  ERR_clear_error();
  return NULL;
}

void zerver_digest_free(zerver_digest *digest) { EVP_MD_CTX_free(digest); }

bool zerver_digest_update(zerver_digest *digest, const void *bytes, size_t count) {
  return EVP_DigestUpdate(digest, bytes, count) == 1;
}

bool zerver_sha256_finish(zerver_digest *digest, uint8_t result[32]) {
  unsigned count = 0;
  return EVP_DigestFinal_ex(digest, result, &count) == 1 && count == 32;
}
