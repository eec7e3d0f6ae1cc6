// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL for Swift: what its headers say in function-like macros, said again in functions.
// No logic of ours lives here.

#ifndef RELAYMARK_COPENSSL_SHIM_H
#define RELAYMARK_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// Contexts.

static inline long relaymark_SSL_CTX_set_min_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_min_proto_version(context, version);
}

static inline long relaymark_SSL_CTX_set_max_proto_version(SSL_CTX *context, int version) {
  return SSL_CTX_set_max_proto_version(context, version);
}

static inline long relaymark_SSL_CTX_set_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_mode(context, mode);
}

static inline long relaymark_SSL_CTX_set_session_cache_mode(SSL_CTX *context, long mode) {
  return SSL_CTX_set_session_cache_mode(context, mode);
}

static inline long relaymark_SSL_CTX_set1_groups_list(SSL_CTX *context, const char *groups) {
  return SSL_CTX_set1_groups_list(context, groups);
}

static inline long relaymark_SSL_CTX_set_max_send_fragment(SSL_CTX *context, long octets) {
  return SSL_CTX_set_max_send_fragment(context, octets);
}

static inline long relaymark_SSL_CTX_set_dh_auto(SSL_CTX *context, long on) {
  return SSL_CTX_set_dh_auto(context, on);
}

static inline long relaymark_SSL_CTX_add1_chain_cert(SSL_CTX *context, X509 *certificate) {
  return SSL_CTX_add1_chain_cert(context, certificate);
}

/// The callback is cast by the header's macro; Swift cannot write that cast.
static inline long relaymark_SSL_CTX_set_servername_callback(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *)) {
  return SSL_CTX_set_tlsext_servername_callback(context, callback);
}

// Connections.

static inline long relaymark_SSL_set_server_name(SSL *connection, const char *name) {
  return SSL_set_tlsext_host_name(connection, name);
}

static inline int relaymark_SSL_get_negotiated_group(SSL *connection) {
  return (int)SSL_get_negotiated_group(connection);
}

static inline long relaymark_SSL_get_extms_support(SSL *connection) {
  return SSL_get_extms_support(connection);
}

static inline long relaymark_SSL_get_secure_renegotiation_support(SSL *connection) {
  return SSL_get_secure_renegotiation_support(connection);
}

/// How many ciphers the connection would offer: what its versions, its list and its security level
/// leave; -1 where OpenSSL cannot tell.
static inline int relaymark_SSL_offered_ciphers(SSL *connection) {
  STACK_OF(SSL_CIPHER) *ciphers = SSL_get1_supported_ciphers(connection);
  int count = ciphers == NULL ? -1 : sk_SSL_CIPHER_num(ciphers);
  sk_SSL_CIPHER_free(ciphers);
  return count;
}

static inline long relaymark_SSL_set_max_proto_version(SSL *connection, int version) {
  return SSL_set_max_proto_version(connection, version);
}

/// The parameter is an array in the header, which Swift takes for a pointer of another kind.
static inline void relaymark_SSL_get_alpn(
    const SSL *connection, const unsigned char **name, unsigned int *length) {
  SSL_get0_alpn_selected(connection, name, length);
}

static inline int relaymark_SSL_new_ex_data_index(void) {
  return SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static inline void relaymark_BIO_set_retry_read(BIO *bio) { BIO_set_retry_read(bio); }

static inline void relaymark_BIO_clear_retry_flags(BIO *bio) { BIO_clear_retry_flags(bio); }

static inline int relaymark_ERR_GET_LIB(unsigned long code) { return ERR_GET_LIB(code); }

static inline int relaymark_ERR_GET_REASON(unsigned long code) { return ERR_GET_REASON(code); }

// Values that are written with casts or function-like macros need names of their own.

static const uint64_t relaymark_SSL_OP_NO_TICKET = SSL_OP_NO_TICKET;
static const uint64_t relaymark_SSL_OP_NO_RENEGOTIATION = SSL_OP_NO_RENEGOTIATION;
static const uint64_t relaymark_SSL_OP_NO_COMPRESSION = SSL_OP_NO_COMPRESSION;
static const uint64_t relaymark_SSL_OP_NO_EXTENDED_MASTER_SECRET =
    SSL_OP_NO_EXTENDED_MASTER_SECRET;
static const uint64_t relaymark_SSL_OP_CIPHER_SERVER_PREFERENCE = SSL_OP_CIPHER_SERVER_PREFERENCE;
static const unsigned long relaymark_XN_FLAG_RFC2253 = XN_FLAG_RFC2253;

// Certificates.

static inline int relaymark_sk_X509_num(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }

static inline X509 *relaymark_sk_X509_value(const STACK_OF(X509) *stack, int index) {
  return sk_X509_value(stack, index);
}

static inline int relaymark_sk_GENERAL_NAME_num(const GENERAL_NAMES *names) {
  return sk_GENERAL_NAME_num(names);
}

static inline GENERAL_NAME *relaymark_sk_GENERAL_NAME_value(
    const GENERAL_NAMES *names, int index) {
  return sk_GENERAL_NAME_value(names, index);
}

static inline int relaymark_sk_GENERAL_NAME_push(GENERAL_NAMES *names, GENERAL_NAME *name) {
  return sk_GENERAL_NAME_push(names, name);
}

/// A fresh key on the curve P-256, or null.
static inline EVP_PKEY *relaymark_generate_p256(void) { return EVP_EC_gen("P-256"); }

/// A fresh RSA key of 2048 bits, or null.
static inline EVP_PKEY *relaymark_generate_rsa2048(void) { return EVP_RSA_gen(2048); }

/// What a PEM memory BIO holds; the octets belong to the BIO.
static inline long relaymark_BIO_get_mem_data(BIO *bio, char **octets) {
  return BIO_get_mem_data(bio, octets);
}

#endif
