// SPDX-License-Identifier: Apache-2.0
//
// Jansson for Swift: what jansson.h says in function-like macros, said again in functions.

#ifndef RELAYMARK_CJANSSON_SHIM_H
#define RELAYMARK_CJANSSON_SHIM_H

#include <jansson.h>

static inline json_type relaymark_json_type(const json_t *value) { return json_typeof(value); }

static inline size_t relaymark_json_indent(size_t columns) { return JSON_INDENT(columns); }

static inline size_t relaymark_json_real_precision(size_t digits) {
  return JSON_REAL_PRECISION(digits);
}

/// The error's code; in the C header the function and its enumeration share one name.
static inline int relaymark_json_error_code(const json_error_t *error) {
  return (int)json_error_code(error);
}

static inline const char *relaymark_json_error_text(const json_error_t *error) {
  return error->text;
}

#endif
