#include "server/routes/progress_reply.hpp"

#include "net/async/sleep.hpp"

namespace wherry::server {

namespace {

Task<> run_verb(std::shared_ptr<images::ProgressLines> lines, Task<Result<>> verb, Error& gone) {
    const auto done = co_await std::move(verb);
    if (!done && done.error().kind() == ErrorKind::cancelled) {
        gone = done.error();
    } else if (!done) {
        lines->error(done.error());
    }
    lines->close();
}

Task<> run_writer(std::shared_ptr<images::ProgressLines> lines, http::BodyWriter& out,
                  Result<>& written) {
    written = co_await lines->write_to(out);
}

}  // namespace

Task<Result<>> tell_progress(std::shared_ptr<images::ProgressLines> lines, Task<Result<>> verb,
                             http::BodyWriter& out) {
    Result<> written;
    Error gone(ErrorKind::internal, "");
    co_await async::both(run_verb(lines, std::move(verb), gone), run_writer(lines, out, written));
    if (gone.kind() == ErrorKind::cancelled) {
        co_return gone;  // an incomplete body, for whoever still reads
    }
    co_return written;
}

}  // namespace wherry::server
