#include "api/platform.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace wherry::api {

namespace {

constexpr std::array<std::string_view, 13> known_systems = {
    "aix",   "android", "darwin",  "dragonfly", "freebsd", "illumos", "js",
    "linux", "netbsd",  "openbsd", "plan9",     "solaris", "windows"};
constexpr std::array<std::string_view, 18> known_architectures = {
    "386",   "amd64",   "arm",   "arm64",   "loong64", "mips",  "mips64", "mips64le", "mipsle",
    "ppc64", "ppc64le", "riscv", "riscv64", "s390",    "s390x", "sparc",  "sparc64",  "wasm"};

template <class List>
bool contains(const List& list, std::string_view text) {
    return std::ranges::find(list, text) != list.end();
}

bool is_component(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

Error bad_component(std::string_view component, std::string_view text) {
    return fail(ErrorKind::invalid,
                "\"{}\" is an invalid component of \"{}\": platform specifier component must match "
                "\"^[A-Za-z0-9_.-]+$\": invalid argument",
                component, text);
}

}  // namespace

PlatformSpec PlatformSpec::normalized() const {
    PlatformSpec out{.os = text::lower(os),
                     .architecture = text::lower(architecture),
                     .variant = text::lower(variant)};
    if (out.os == "macos") {
        out.os = "darwin";
    }
    if (out.architecture == "i386") {
        out.architecture = "386";
        out.variant.clear();
    } else if (out.architecture == "x86_64" || out.architecture == "x86-64" ||
               out.architecture == "amd64") {
        out.architecture = "amd64";
        if (out.variant == "v1") {
            out.variant.clear();
        }
    } else if (out.architecture == "aarch64" || out.architecture == "arm64") {
        out.architecture = "arm64";
        if (out.variant == "8" || out.variant == "v8") {
            out.variant.clear();
        }
    } else if (out.architecture == "armhf" || out.architecture == "armel") {
        out.variant = out.architecture == "armhf" ? "v7" : "v6";
        out.architecture = "arm";
    } else if (out.architecture == "arm") {
        if (out.variant.empty()) {
            out.variant = "v7";
        } else if (out.variant.size() == 1 && out.variant >= "5" && out.variant <= "8") {
            out.variant.insert(0, "v");
        }
    }
    return out;
}

PlatformSpec PlatformSpec::host() {
    utsname names{};
    ::uname(&names);
    return PlatformSpec{.os = "linux", .architecture = names.machine, .variant = ""}.normalized();
}

Result<PlatformSpec> PlatformSpec::parse(std::string_view text) {
    if (text.find('*') != std::string_view::npos) {
        return fail(ErrorKind::invalid, "\"{}\": wildcards not yet supported: invalid argument",
                    text);
    }
    const auto parts = text::split(text, '/');
    for (const std::string_view part : parts) {
        if (!is_component(part)) {
            return bad_component(part, text);
        }
    }
    PlatformSpec platform;
    if (parts.size() == 1) {
        platform.os = parts[0];
        platform = platform.normalized();
        if (contains(known_systems, platform.os)) {
            platform.architecture = host().architecture;
            return platform.normalized();
        }
        platform = PlatformSpec{.os = "linux", .architecture = std::string(parts[0]), .variant = ""}
                       .normalized();
        if (contains(known_architectures, platform.architecture)) {
            return platform;
        }
        return fail(ErrorKind::invalid,
                    "\"{}\": unknown operating system or architecture: invalid argument", text);
    }
    if (parts.size() > 3) {
        return fail(ErrorKind::invalid, "\"{}\": cannot parse platform specifier: invalid argument",
                    text);
    }
    platform.os = parts[0];
    platform.architecture = parts[1];
    platform.variant = parts.size() == 3 ? parts[2] : "";
    return platform.normalized();
}

std::string PlatformSpec::format() const {
    std::string out = os + "/" + architecture;
    if (!variant.empty()) {
        out += "/" + variant;
    }
    return out;
}

std::vector<PlatformSpec> compatible_platforms(const PlatformSpec& platform) {
    const PlatformSpec best = platform.normalized();
    std::vector<PlatformSpec> out = {best};
    const auto add = [&](std::string_view architecture, std::string_view variant) {
        out.push_back({.os = best.os,
                       .architecture = std::string(architecture),
                       .variant = std::string(variant)});
    };
    if (best.architecture == "amd64") {
        for (char level = best.variant.empty() ? '1' : best.variant.back(); level > '2'; --level) {
            add("amd64", std::string{'v', static_cast<char>(level - 1)});
        }
        if (!best.variant.empty()) {
            add("amd64", "");
        }
        add("386", "");
    }
    const bool is_arm64 = best.architecture == "arm64";
    if (is_arm64 || best.architecture == "arm") {
        for (char level = is_arm64 ? '9' : best.variant.back(); level > '5'; --level) {
            add("arm", std::string{'v', static_cast<char>(level - 1)});
        }
    }
    return out;
}

}  // namespace wherry::api
