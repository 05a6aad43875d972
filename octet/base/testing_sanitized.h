// For tests that compute for long and read nothing that others made.
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>

// First in a test: under sanitizers, which make it ten times as slow, it is left to `./run test long`.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OCTET_LONG_IF_SANITIZED() \
  if (!std::getenv("OCTET_LONG")) GTEST_SKIP() << "under sanitizers only in the long tests"
#endif
#endif
#ifndef OCTET_LONG_IF_SANITIZED
#define OCTET_LONG_IF_SANITIZED() (void)0
#endif
