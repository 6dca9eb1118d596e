#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/table.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

namespace {

/// The container's own names; links from other containers have a second slash.
std::string names_text(const api::ContainerSummary& container, bool all) {
    std::vector<std::string> names;
    for (std::string_view name : container.names) {
        name.remove_prefix(name.starts_with('/') ? 1 : 0);
        if (all || name.find('/') == std::string_view::npos) {
            names.emplace_back(name);
        }
    }
    return text::join(names, ",");
}

std::string image_text(const api::ContainerSummary& container, bool whole) {
    if (container.image.empty()) {
        return "<no image>";
    }
    std::string_view image = container.image;
    if (whole) {
        return container.image;
    }
    image = image.substr(0, image.find('@'));
    image.remove_prefix(image.starts_with("sha256:") ? 7 : 0);
    const std::string_view id = std::string_view(container.image_id).starts_with("sha256:")
                                    ? std::string_view(container.image_id).substr(7)
                                    : std::string_view(container.image_id);
    return std::string(!id.empty() && id.starts_with(image.substr(0, 12)) ? image.substr(0, 12)
                                                                          : image);
}

std::vector<std::string> row_of(const api::ContainerSummary& container, bool whole) {
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(wherry::now().time_since_epoch());
    const auto age = now - std::chrono::seconds(container.created);
    const std::string id = whole ? container.id : container.id.substr(0, 12);
    const std::string command = whole ? container.command : shorten(container.command, 20);
    return {id,
            image_text(container, whole),
            quote(command),
            human_duration(age) + " ago",
            container.status,
            ports_text(container.ports),
            names_text(container, whole)};
}

}  // namespace

int ps(const Context& context) {
    Flags flags;
    bool all = false;
    bool quiet = false;
    bool whole = false;
    flags.flag("all", 'a', all);
    flags.flag("quiet", 'q', quiet);
    flags.flag("no-trunc", 0, whole);
    const auto parsed = parse(context, flags, {.least = 0, .most = 0});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ContainerListOptions options;
    if (all) {
        options.all = true;
    }
    const auto containers = context.connect().container_list(options);
    if (!containers) {
        return report(containers.error());
    }
    Table table({"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES"});
    std::string ids;
    for (const auto& container : *containers) {
        ids += (whole ? container.id : container.id.substr(0, 12)) + "\n";
        table.add(row_of(container, whole));
    }
    print(quiet ? ids : table.text());
    return 0;
}

}  // namespace wherry::command
