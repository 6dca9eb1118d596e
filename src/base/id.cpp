#include "base/id.hpp"

#include <sys/random.h>

#include <cerrno>
#include <exception>

#include "base/text.hpp"

namespace wherry {

std::string random_hex(std::size_t bytes) {
    std::string raw(bytes, '\0');
    std::size_t have = 0;
    while (have < bytes) {
        const auto got = ::getrandom(raw.data() + have, bytes - have, 0);
        if (got < 0 && errno != EINTR) {
            std::terminate();  // no kernel we run on lacks it; without it no id is safe
        }
        have += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return text::hex(raw);
}

std::string new_id() {
    while (true) {
        std::string id = random_hex(32);
        if (id.substr(0, 12).find_first_not_of("0123456789") != std::string::npos) {
            return id;
        }
    }
}

}  // namespace wherry
