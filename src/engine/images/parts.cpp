#include "engine/images/parts.hpp"

#include <fcntl.h>

#include "os/entry.hpp"
#include "os/file.hpp"

namespace wherry::images {

Task<Result<Slots::Guard>> Slots::take() {
    while (free_ == 0) {
        const bool notified = co_await queue_.wait();
        if (!notified) {
            if (free_ > 0) {
                queue_.notify_one();  // the slot meant for this one goes to the next
            }
            co_return async::cancelled_error();
        }
    }
    --free_;
    co_return Guard(this);
}

Task<> detail::watch_job(async::Event& done, std::shared_ptr<JobState> state) {
    const auto waited = co_await done.wait();
    if (!waited) {
        state->cancelled = true;
    }
}

Task<Result<>> sync_data(Parts& parts) {
    const std::string root = parts.content.layout().data_root();
    const auto sync = [root]() -> Result<> {
        TRY(const auto fd, os::open(root, O_RDONLY | O_DIRECTORY));
        return os::sync_filesystem(fd.get());
    };
    co_return co_await async::blocking(parts.pool, sync);
}

}  // namespace wherry::images
