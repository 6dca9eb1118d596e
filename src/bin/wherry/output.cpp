#include "bin/wherry/output.hpp"

#include <unistd.h>

#include "os/file.hpp"

namespace wherry::command {

bool write_output(const Output& output) {
    const int fd = output.channel == Channel::err ? STDERR_FILENO : STDOUT_FILENO;
    return os::write_all(fd, output.text).ok();
}

}  // namespace wherry::command
