#include "base/text.hpp"
#include "bin/wherryd/options.hpp"
#include "codec/json/value.hpp"
#include "os/file.hpp"

namespace wherry::daemon {

namespace {

constexpr const char* default_file = "/etc/wherry/daemon.json";

Error wrong_type(const OptionEntry& entry, std::string_view wanted) {
    return fail(ErrorKind::invalid, "invalid JSON: {} must be {}", entry.key, wanted);
}

/// Puts a value of the file where its option lies.
struct Assign {
    Options& options;
    const OptionEntry& entry;
    const json::Value& value;

    Result<> operator()(std::string Options::* member) const {
        if (!value.is_string()) {
            return wrong_type(entry, "a string");
        }
        options.*member = value.as_string();
        return {};
    }
    Result<> operator()(bool Options::* member) const {
        if (!value.is_bool()) {
            return wrong_type(entry, "true or false");
        }
        options.*member = value.as_bool();
        return {};
    }
    Result<> operator()(std::int64_t Options::* member) const {
        if (!value.is_int()) {
            return wrong_type(entry, "a whole number");
        }
        options.*member = value.as_int();
        return {};
    }
    Result<> operator()(StringList Options::* member) const {
        if (!value.is_array()) {
            return wrong_type(entry, "a list of strings");
        }
        for (const json::Value& item : value.as_array()) {
            if (!item.is_string()) {
                return wrong_type(entry, "a list of strings");
            }
            (options.*member).emplace_back(item.as_string());
        }
        return {};
    }
    Result<> operator()(KeyValues Options::* member) const {
        if (!value.is_object()) {
            return wrong_type(entry, "an object of strings");
        }
        for (const auto& [key, item] : value.as_object()) {
            if (!item.is_string()) {
                return wrong_type(entry, "an object of strings");
            }
            (options.*member).emplace_back(key, item.as_string());
        }
        return {};
    }
    Result<> operator()(RuntimeList Options::* member) const {
        if (!value.is_object()) {
            return wrong_type(entry, "an object of runtimes");
        }
        for (const auto& [key, item] : value.as_object()) {
            const json::Value* path = item.is_object() ? item.find("path") : nullptr;
            const json::Value* words = item.is_object() ? item.find("runtimeArgs") : nullptr;
            if (path == nullptr || !path->is_string()) {
                return wrong_type(entry, "an object of runtimes with a path each");
            }
            RuntimeOption one{.name = std::string(key), .path = std::string(path->as_string())};
            if (words != nullptr && !words->is_array()) {
                return wrong_type(entry, "an object of runtimes with lists of runtimeArgs");
            }
            for (std::size_t i = 0; words != nullptr && i < words->as_array().size(); ++i) {
                one.arguments.emplace_back(words->as_array()[i].as_string());
            }
            (options.*member).push_back(std::move(one));
        }
        return {};
    }
};

const OptionEntry* find_entry(std::string_view key) {
    for (const OptionEntry& entry : option_table()) {
        if (!entry.key.empty() && entry.key == key) {
            return &entry;
        }
    }
    return nullptr;
}

Result<> merge(ParsedFlags& flags, const json::Value& document) {
    if (!document.is_object()) {
        return Error(ErrorKind::invalid, "invalid JSON: not an object");
    }
    Options from_file;
    StringList unknown;
    StringList twice;
    for (const auto& [key, value] : document.as_object()) {
        const OptionEntry* entry = find_entry(key);
        if (entry == nullptr) {
            unknown.emplace_back(key);
            continue;
        }
        CHECK_OK(std::visit(Assign{from_file, *entry, value}, entry->member));
        // Whoever starts an engine on demand says where it is; the file is for the daemon, too.
        if (flags.options.on_demand && (key == "hosts" || flags.set.contains(key))) {
            continue;
        }
        if (flags.set.contains(key)) {
            twice.push_back(text::format("{}: (from flag: {}, from file: {})", key,
                                         show(*entry, flags.options), show(*entry, from_file)));
            continue;
        }
        CHECK_OK(std::visit(Assign{flags.options, *entry, value}, entry->member));
    }
    if (!unknown.empty()) {
        return fail(ErrorKind::invalid,
                    "the following directives don't match any configuration option: {}",
                    text::join(unknown, ", "));
    }
    if (!twice.empty()) {
        return fail(ErrorKind::invalid,
                    "the following directives are specified both as a flag and in the "
                    "configuration file: {}",
                    text::join(twice, ", "));
    }
    return {};
}

}  // namespace

Result<> merge_config_file(ParsedFlags& flags) {
    const bool asked = !flags.options.config_file.empty();
    const std::string path = asked ? flags.options.config_file : default_file;
    if (!asked && !os::exists(path)) {
        return {};
    }
    const auto explain = [&](Error error) {
        return std::move(error).in(
            text::format("unable to configure the daemon with file {}", path));
    };
    const auto content = os::read_file(path);
    if (!content) {
        return explain(content.error());
    }
    if (text::trim(*content).empty()) {
        return {};
    }
    const auto document = json::Value::parse(*content);
    if (!document) {
        return explain(fail(ErrorKind::invalid, "invalid JSON: {}", document.error().message()));
    }
    if (auto merged = merge(flags, *document); !merged) {
        return explain(std::move(merged).error());
    }
    return {};
}

}  // namespace wherry::daemon
