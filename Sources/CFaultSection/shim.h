// SPDX-License-Identifier: Apache-2.0
//
// The two ends of the linker section `relay_faults`, into which every fault of the reference relay
// puts one entry. The linker makes the symbols; C is the only way to name them. Both are null in a
// program without faults.

#ifndef RELAYMARK_CFAULTSECTION_SHIM_H
#define RELAYMARK_CFAULTSECTION_SHIM_H

extern const char __start_relay_faults[] __attribute__((weak, visibility("hidden")));
extern const char __stop_relay_faults[] __attribute__((weak, visibility("hidden")));

static inline const void *relaymark_faults_begin(void) { return __start_relay_faults; }
static inline const void *relaymark_faults_end(void) { return __stop_relay_faults; }

#endif
