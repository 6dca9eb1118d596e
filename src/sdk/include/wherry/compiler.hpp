// Refuses compilers that cannot build programs with libwherry, with a message one can act on.
#pragma once

#if defined(_MSVC_LANG) ? _MSVC_LANG < 202002L : __cplusplus < 202002L
#error "libwherry needs C++20: compile with -std=c++20 or newer"
#endif
#if defined(__clang__)
#if __clang_major__ < 16
#error "libwherry needs clang 16 or newer"
#endif
#elif defined(__GNUC__)
#if __GNUC__ < 12
#error "libwherry needs GCC 12 or newer"
#endif
#endif

// GCC 12 destroys temporaries twice that stand in an awaited expression (strings in an aggregate).
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#define WHERRY_AWAIT_NEEDS_NAMES 1
#endif
