#include "os/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>

namespace wherry::os {

void keep_heap_small() {
    constexpr int arenas = 2;
    constexpr int kept = 128 * 1024;
    // Larger pieces are mapped and unmapped one by one; told so, glibc does not raise it by itself.
    constexpr int mapped = 256 * 1024;
    (void)::mallopt(M_ARENA_MAX, arenas);
    (void)::mallopt(M_TRIM_THRESHOLD, kept);
    (void)::mallopt(M_MMAP_THRESHOLD, mapped);
}

void release_unused_memory() {
    (void)::malloc_trim(0);
    // What deeper calls have used of the stack. Nothing lives below our own frame; one page is left
    // for the calls made here. Only the main thread's stack is mapped that far from the start.
    constexpr std::uintptr_t page = 4096;
    constexpr std::uintptr_t depth = 16 * page;
    auto* const frame = static_cast<char*>(__builtin_frame_address(0));
    char* const end = frame - reinterpret_cast<std::uintptr_t>(frame) % page - page;
    (void)::madvise(end - depth, depth, MADV_DONTNEED);
}

}  // namespace wherry::os
