// HTTP bodies as the sources and sinks of archives, on pool threads.
#pragma once

#include "codec/archive/source.hpp"
#include "net/http/blocking_body.hpp"
#include "net/http/blocking_request.hpp"

namespace wherry::files {

/// A request's body.
class BodySource final : public archive::ByteSource {
  public:
    explicit BodySource(http::BlockingReader& body) : body_(body) {}
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override {
        return body_.read(buffer);
    }

  private:
    http::BlockingReader& body_;
};

/// A response's body.
class BodySink final : public archive::ByteSink {
  public:
    explicit BodySink(http::BlockingWriter& body) : body_(body) {}
    [[nodiscard]] Result<> write(std::string_view bytes) override { return body_.write(bytes); }
    [[nodiscard]] Result<> write_file(int file, std::uint64_t offset, std::uint64_t size) override {
        return body_.write_file(file, offset, size);
    }

  private:
    http::BlockingWriter& body_;
};

/// `function(source)` on a thread of the pool, with the body as its source. What it leaves unread
/// stays unread.
template <class F>
[[nodiscard]] auto with_body(async::Pool& pool, http::BodyReader& body, F function)
    -> Task<decltype(function(std::declval<archive::ByteSource&>()))> {
    const auto read = [&function](http::BlockingReader& reader) {
        BodySource source(reader);
        return function(source);
    };
    auto result = co_await http::with_body(pool, body, read);
    co_return result;
}

}  // namespace wherry::files
