// The command line of wherryd. The only file that includes CLI11.
#include <CLI/CLI.hpp>

#include "base/text.hpp"
#include "bin/wherryd/options.hpp"

namespace wherry::daemon {

namespace {

/// Adds each entry of the table to the parser.
struct AddFlag {
    CLI::App& app;
    Options& options;
    const OptionEntry& entry;

    CLI::Option* operator()(std::string Options::* member) const {
        return app.add_option(std::string(entry.flag), options.*member, std::string(entry.help));
    }
    CLI::Option* operator()(bool Options::* member) const {
        return app.add_flag(std::string(entry.flag), options.*member, std::string(entry.help));
    }
    CLI::Option* operator()(std::int64_t Options::* member) const {
        return app.add_option(std::string(entry.flag), options.*member, std::string(entry.help));
    }
    CLI::Option* operator()(StringList Options::* member) const {
        return app.add_option(std::string(entry.flag), options.*member, std::string(entry.help))
            ->allow_extra_args(false);
    }
    CLI::Option* operator()(KeyValues Options::* member) const {
        const std::function<bool(const std::vector<std::string>&)> add =
            [this, member](const std::vector<std::string>& values) {
                for (const std::string& value : values) {
                    const auto parts = text::cut(value, "=");
                    if (!parts) {
                        return false;
                    }
                    (options.*member).emplace_back(parts->first, parts->second);
                }
                return true;
            };
        return app.add_option(std::string(entry.flag), add, std::string(entry.help))
            ->allow_extra_args(false)
            ->expected(1, 1000);
    }
    CLI::Option* operator()(RuntimeList Options::* member) const {
        const std::function<bool(const std::vector<std::string>&)> add =
            [this, member](const std::vector<std::string>& values) {
                for (const std::string& value : values) {
                    const auto parts = text::cut(value, "=");
                    if (!parts) {
                        return false;
                    }
                    RuntimeOption one;
                    one.name = parts->first;
                    one.path = parts->second;
                    (options.*member).push_back(std::move(one));
                }
                return true;
            };
        return app.add_option(std::string(entry.flag), add, std::string(entry.help))
            ->allow_extra_args(false)
            ->expected(1, 1000);
    }
};

/// The first flag that the table does not know, in dockerd's words.
std::string refusal(const CLI::ParseError& error, const CLI::App& app) {
    const auto rest = app.remaining(true);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !rest.empty()) {
        if (rest.front().starts_with("-")) {
            return "unknown flag: " + rest.front();
        }
        return "\"wherryd\" accepts no arguments: " + rest.front();
    }
    return error.what();
}

}  // namespace

ParsedFlags parse_flags(int argc, const char* const* argv) {
    ParsedFlags parsed;
    CLI::App app("A container engine that serves the Docker Engine API.", "wherryd");
    app.set_help_flag("--help", "Print usage");
    std::vector<std::pair<std::string_view, CLI::Option*>> added;
    std::vector<AddFlag> adders;
    adders.reserve(option_table().size());
    for (const OptionEntry& entry : option_table()) {
        adders.push_back({app, parsed.options, entry});
        added.emplace_back(entry.key, std::visit(adders.back(), entry.member));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        parsed.output = app.help();
        parsed.exit_code = 0;
        return parsed;
    } catch (const CLI::ParseError& error) {
        parsed.output = refusal(error, app) + "\nSee 'wherryd --help'.\n";
        parsed.exit_code = 125;
        return parsed;
    }
    for (const auto& [key, option] : added) {
        if (option->count() > 0 && !key.empty()) {
            parsed.set.emplace(key);
        }
    }
    return parsed;
}

}  // namespace wherry::daemon
