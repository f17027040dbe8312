#pragma once
/// \file
/// Which sanitizer this was compiled with: g++ defines a macro, clang has a feature.

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define JACKDAW_UNDER_ASAN 1
#else
#define JACKDAW_UNDER_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define JACKDAW_UNDER_TSAN 1
#else
#define JACKDAW_UNDER_TSAN 0
#endif
