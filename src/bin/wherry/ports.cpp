// The PORTS column.
#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

namespace {

/// Ports in a row that are shown as a range.
struct Range {
    std::string address;
    std::string protocol;
    std::int64_t first = 0;
    std::int64_t last = 0;
};

std::string bracketed(const std::string& address) {
    return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

std::string shown(const Range& range) {
    const std::string ports = range.first == range.last
                                  ? text::format("{}", range.first)
                                  : text::format("{}-{}", range.first, range.last);
    if (range.address.empty()) {
        return ports + "/" + range.protocol;
    }
    return text::format("{}:{}->{}/{}", bracketed(range.address), ports, ports, range.protocol);
}

}  // namespace

std::string ports_text(std::vector<api::PortSummary> ports) {
    const auto order = [](const api::PortSummary& port) {
        return std::tuple(port.private_port, port.ip, port.public_port, port.type);
    };
    std::ranges::sort(ports, {}, order);
    std::vector<std::string> done;
    std::vector<std::string> moved;  // published under another number
    std::vector<Range> open;
    for (const auto& port : ports) {
        const auto number = static_cast<std::int64_t>(port.private_port);
        const auto published = static_cast<std::int64_t>(port.public_port);
        if (!port.ip.empty() && published != number) {
            moved.push_back(
                text::format("{}:{}->{}/{}", bracketed(port.ip), published, number, port.type));
            continue;
        }
        const auto same = std::ranges::find_if(open, [&](const Range& range) {
            return range.address == port.ip && range.protocol == port.type;
        });
        if (same == open.end()) {
            open.push_back({port.ip, port.type, number, number});
        } else if (number == same->last + 1) {
            same->last = number;
        } else if (number != same->last) {
            done.push_back(shown(*same));
            same->first = number;
            same->last = number;
        }
    }
    for (const auto& range : open) {
        done.push_back(shown(range));
    }
    done.insert(done.end(), moved.begin(), moved.end());
    return text::join(done, ", ");
}

}  // namespace wherry::command
