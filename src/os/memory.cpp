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
    const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    const std::uintptr_t end = (frame & ~(page - 1)) - page;
    (void)::madvise(reinterpret_cast<void*>(end - depth), depth, MADV_DONTNEED);
}

}  // namespace wherry::os
