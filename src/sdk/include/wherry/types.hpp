// Small types that options and streams share.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/list.hpp"
#include "base/result.hpp"
#include "wherry/compiler.hpp"

namespace wherry {

/// Filters of lists, prunes and events: a name and the values that it may have.
class Filters {
  public:
    Filters() = default;
    Filters(std::initializer_list<std::pair<std::string_view, std::string_view>> items) {
        for (const auto& [name, value] : items) {
            add(name, value);
        }
    }
    void add(std::string_view name, std::string_view value) {
        values_[std::string(name)].emplace_back(value);
    }
    [[nodiscard]] bool empty() const noexcept { return values_.empty(); }
    /// As the API wants it: {"status":{"running":true}}.
    [[nodiscard]] std::string encode() const;

  private:
    std::map<std::string, std::vector<std::string>> values_;
};

/// Credentials for a registry; sent with the one call, never kept.
struct RegistryAuth {
    std::string username;
    std::string password;
    std::string server_address;
    std::string identity_token;
    std::string registry_token;

    /// The value of X-Registry-Auth.
    [[nodiscard]] std::string encode() const;
};

/// Where a piece of output comes from. A terminal's output is all `out`.
enum class Channel : std::uint8_t { in, out, err };

/// A piece of output, as it came; valid until the next piece is asked for.
struct Output {
    Channel channel = Channel::out;
    std::string_view text;
};

/// A message of a pull, push, load or build.
struct Progress {
    std::string id;      ///< a layer, or the tag
    std::string status;  ///< "Downloading", "Pull complete", …
    std::string stream;  ///< text of a build or load
    std::optional<std::int64_t> current;
    std::optional<std::int64_t> total;
    std::string bar;  ///< "[==>   ]  1MB/2MB", drawn by older daemons
    std::string aux;  ///< JSON
};

/// What `ping` tells.
struct Ping {
    std::string api_version;  ///< the newest that the daemon serves; empty if it does not say
    std::string os_type;
    std::string builder_version;
    std::string server;
    std::string swarm;
    bool experimental = false;
};

/// About a file in a container.
struct PathStat {
    std::string name;
    std::int64_t size = 0;
    std::uint32_t mode = 0;  ///< Go's FileMode bits
    std::string mtime;
    std::string link_target;
};

/// The body of an upload: bytes, a file, or whatever a function gives.
class Upload {
  public:
    /// Fills a part of the buffer and says how much; 0 is the end. Called on the client's loop.
    using Source = std::function<Result<std::size_t>(std::span<char>)>;

    [[nodiscard]] static Upload bytes(std::string content);
    /// Opened when the upload begins.
    [[nodiscard]] static Upload file(std::string path);
    [[nodiscard]] static Upload from(Source source,
                                     std::optional<std::uint64_t> length = std::nullopt);

    [[nodiscard]] const std::string* content() const noexcept {
        return source_ ? nullptr : &content_;
    }
    [[nodiscard]] const Source& source() const noexcept { return source_; }
    [[nodiscard]] std::optional<std::uint64_t> length() const noexcept { return length_; }

  private:
    std::string content_;
    Source source_;
    std::optional<std::uint64_t> length_;
};

/// `argv("echo", "hello")`: a list of strings where GCC 12 takes no braces (awaited calls).
template <class... Words>
[[nodiscard]] api::List<std::string> argv(const Words&... words) {
    std::vector<std::string> list;
    list.reserve(sizeof...(words));
    (list.emplace_back(words), ...);
    return list;
}

}  // namespace wherry
