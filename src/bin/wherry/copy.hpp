// Copying between this machine and a container: where things go, and how they get there.
#pragma once

#include <string>
#include <string_view>

#include "wherry/client.hpp"

namespace wherry::command {

/// What is known of one end of a copy.
struct CopyEnd {
    std::string path;
    bool exists = false;
    bool is_folder = false;
};

/// Into which folder, and under which name; the name "." is the content of a folder.
struct CopyTarget {
    std::string folder;
    std::string name;
};

/// As the docker command decides it: into a folder that exists, else under the target's own name. A
/// source that ends in "/." is its content alone. Pure.
[[nodiscard]] Result<CopyTarget> copy_target(const CopyEnd& source, const CopyEnd& target);

struct CopySource {
    std::string path;
    bool follow_link = false;        ///< a link at its end
    bool as_container_user = false;  ///< what arrives belongs to whom the container runs as
};
/// Puts a file or folder of this machine into a folder of the container. Memory does not grow with
/// the size.
[[nodiscard]] Result<> copy_in(const Client& client, const std::string& id,
                               const CopySource& source, const CopyTarget& target);
/// The other way round. Whatever the container has put there, nothing outside the folder is
/// written.
[[nodiscard]] Result<> copy_out(const Client& client, const std::string& id,
                                const std::string& source, const CopyTarget& target);

}  // namespace wherry::command
