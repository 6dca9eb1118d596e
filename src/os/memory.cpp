#include "os/memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>

namespace wherry::os {

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
