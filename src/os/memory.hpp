// Giving memory back to the kernel.
#pragma once

namespace wherry::os {

/// Freed memory goes back soon instead of being kept for other threads and larger requests: for a
/// program that is idle most of the time. Before the first other thread.
void keep_heap_small();
/// Free heap pages and the stack's pages below the caller go back; for small programs that wait.
void release_unused_memory();

}  // namespace wherry::os
