#include <map>

#include "api/reference.hpp"
#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/format.hpp"
#include "bin/wherry/table.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

namespace {

constexpr const char* none = "<none>";

struct ImageFlags {
    bool all = false;
    bool digests = false;
    bool quiet = false;
    bool whole = false;
    std::string format;
    Filters filters;
};

/// One line: an image has one for each of its names.
struct Row {
    const api::ImageSummary* image;
    std::string repository = none;
    std::string tag = none;
    std::string digest = none;
};

bool is_dangling(const api::ImageSummary& image) {
    const auto is = [](const api::List<std::string>& names, std::string_view only) {
        return names.empty() || (names.size() == 1 && names.front() == only);
    };
    return is(image.repo_tags, "<none>:<none>") && is(image.repo_digests, "<none>@<none>");
}

/// The parts of "name:tag" or "name@digest", by the last separator.
std::pair<std::string, std::string> cut_name(const std::string& name, char separator) {
    const auto at = name.rfind(separator);
    return at == std::string::npos ? std::pair(name, std::string(none))
                                   : std::pair(name.substr(0, at), name.substr(at + 1));
}

std::vector<Row> rows_of(const api::ImageSummary& image, const ImageFlags& flags) {
    if (is_dangling(image)) {
        return {Row{.image = &image}};
    }
    std::map<std::string, std::vector<std::string>> digests;
    for (const std::string& name : image.repo_digests) {
        auto [repository, digest] = cut_name(name, '@');
        digests[repository].push_back(digest);
    }
    std::vector<Row> rows;
    for (const std::string& name : image.repo_tags) {
        const auto [repository, tag] = cut_name(name, ':');
        const auto found = digests.find(repository);
        const bool wanted = flags.digests || flags.format.find("{{.Digest}}") != std::string::npos;
        const bool shown = wanted && found != digests.end();
        const std::vector<std::string> own = shown ? found->second : std::vector<std::string>{none};
        for (const std::string& digest : own) {
            rows.push_back({&image, repository, tag, digest});
        }
    }
    for (const std::string& name : image.repo_tags) {
        digests.erase(cut_name(name, ':').first);
    }
    for (const auto& [repository, known] : digests) {
        for (const std::string& digest : known) {
            rows.push_back({&image, repository, none, digest});
            if (!flags.digests) {
                break;
            }
        }
    }
    return rows;
}

std::string id_of(const Row& row, bool whole) {
    const std::string_view id = row.image->id;
    return std::string(whole ? id : id.substr(id.find(':') + 1).substr(0, 12));
}

std::string age_of(const Row& row) {
    if (row.image->created <= 0) {
        return "N/A";
    }
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(wherry::now().time_since_epoch());
    return human_duration(now - std::chrono::seconds(row.image->created)) + " ago";
}

std::string size_of(const Row& row) {
    return human_size(static_cast<double>(row.image->size), 3);
}

json::Value object_of(const Row& row, bool whole) {
    json::Value out;
    const std::int64_t used = row.image->containers;
    out.set("Containers", used < 0 ? "N/A" : text::format("{}", used));
    out.set("CreatedAt", created_text(row.image->created));
    out.set("CreatedSince", age_of(row));
    out.set("Digest", row.digest);
    out.set("ID", id_of(row, whole));
    out.set("Repository", row.repository);
    out.set("SharedSize", "N/A");
    out.set("Size", size_of(row));
    out.set("Tag", row.tag);
    out.set("UniqueSize", "N/A");
    out.set("VirtualSize", human_size(static_cast<double>(row.image->size)));
    return out;
}

/// Go's encoder writes these three of HTML as escapes.
std::string without_html(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '<'   ? "\\u003c"
               : c == '>' ? "\\u003e"
               : c == '&' ? "\\u0026"
                          : std::string(1, c);
    }
    return out;
}

int print_formatted(const std::vector<Row>& rows, const ImageFlags& flags) {
    const auto format = Format::parse(flags.format);
    if (!format) {
        return report(format.error());
    }
    for (const Row& row : rows) {
        const auto line = format->apply(object_of(row, flags.whole));
        if (!line) {
            return report(line.error());
        }
        print((format->is_json() ? without_html(*line) : *line) + "\n");
    }
    return 0;
}

std::string table_of(const std::vector<Row>& rows, const ImageFlags& flags) {
    std::vector<std::string> headings{"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"};
    if (flags.digests) {
        headings.insert(headings.begin() + 2, "DIGEST");
    }
    Table table(std::move(headings));
    for (const Row& row : rows) {
        std::vector<std::string> cells{row.repository, row.tag, id_of(row, flags.whole),
                                       age_of(row), size_of(row)};
        if (flags.digests) {
            cells.insert(cells.begin() + 2, row.digest);
        }
        table.add(std::move(cells));
    }
    return table.text();
}

}  // namespace

int images(const Context& context) {
    Flags flags;
    ImageFlags chosen;
    flags.flag("all", 'a', chosen.all);
    flags.flag("digests", 0, chosen.digests);
    flags.flag("quiet", 'q', chosen.quiet);
    flags.flag("no-trunc", 0, chosen.whole);
    flags.value("format", 0, chosen.format);
    flags.filters("filter", 'f', chosen.filters);
    const auto parsed = parse(context, flags, {.least = 0, .most = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ImageListOptions options;
    if (chosen.all) {
        options.all = true;
    }
    options.filters = chosen.filters;
    if (!parsed.arguments.empty()) {
        options.filters.add("reference", parsed.arguments.front());
    }
    const auto listed = context.connect().image_list(options);
    if (!listed) {
        return report(listed.error());
    }
    std::vector<Row> rows;
    for (const api::ImageSummary& image : *listed) {
        for (Row& row : rows_of(image, chosen)) {
            rows.push_back(std::move(row));
        }
    }
    if (!chosen.format.empty() && !chosen.quiet) {
        return print_formatted(rows, chosen);
    }
    std::string ids;
    for (const Row& row : rows) {
        ids += id_of(row, chosen.whole) + "\n";
    }
    print(chosen.quiet ? ids : table_of(rows, chosen));
    return 0;
}

}  // namespace wherry::command
