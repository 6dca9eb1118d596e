#include "base/fault.hpp"

#ifndef NDEBUG

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

namespace wherry {

namespace {

constexpr const char* variable = "WHERRY_FAULT";

struct Chosen {
    std::string name;
    int hits_left = 1;
};

Chosen read_choice() {
    const char* text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    Chosen chosen;
    if (text == nullptr) {
        return chosen;
    }
    chosen.name = text;
    if (const auto colon = chosen.name.find(':'); colon != std::string::npos) {
        chosen.hits_left = std::atoi(chosen.name.c_str() + colon + 1);
        chosen.name.resize(colon);
    }
    return chosen;
}

const Chosen& choice() {
    static const Chosen chosen = read_choice();
    return chosen;
}

}  // namespace

void fault_point(const char* name) noexcept {
    static std::atomic<int> hits{0};
    const Chosen& chosen = choice();
    if (!chosen.name.empty() && chosen.name == name && ++hits >= chosen.hits_left) {
        static_cast<void>(std::raise(SIGKILL));
    }
}

std::string fault_setting() {
    const Chosen& chosen = choice();
    return chosen.name.empty() ? "" : std::string(variable) + "=" + chosen.name;
}

}  // namespace wherry

#endif
