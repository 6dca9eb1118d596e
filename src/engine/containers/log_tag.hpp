// The tag that a log driver puts on every line: a template over the container's names.
#pragma once

#include <string>
#include <string_view>

#include "engine/containers/record.hpp"

namespace wherry::containers {

/// What a tag may name besides the record.
struct TagNames {
    std::string host_name;
    std::string log_path;
};

/// Fills a template: fields of the container ("{{.Name}}"), `upper` and `lower` behind a bar,
/// `index .ContainerLabels "key"`. Errors read as the reference's.
[[nodiscard]] Result<std::string> log_tag(std::string_view pattern, const Record& record,
                                          const TagNames& names);

}  // namespace wherry::containers
