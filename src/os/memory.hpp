// Giving memory back to the kernel.
#pragma once

namespace wherry::os {

/// Free heap pages and the stack's pages below the caller go back; for small programs that wait.
void release_unused_memory();

}  // namespace wherry::os
