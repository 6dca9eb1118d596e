// `wherry run`'s flags as the request that they mean.
#pragma once

#include <string>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "bin/wherry/flags.hpp"

namespace wherry::command {

struct RunFlags {
    bool detach = false;
    bool interactive = false;
    bool tty = false;
    bool remove = false;
    std::string name;
    std::string workdir;
    std::string user;
    std::string network;
    std::string entrypoint;
    std::string detach_keys = "ctrl-p,ctrl-q";
    std::vector<std::string> env;
    std::vector<std::string> publish;
    std::vector<std::string> volumes;
    bool entrypoint_given = false;
};

void add_run_flags(Flags& flags, RunFlags& target);
/// `arguments` are the image and the command.
[[nodiscard]] Result<api::ContainerCreateRequest> to_request(
    const RunFlags& flags, const std::vector<std::string>& arguments);
/// "[address:][port]:port[/protocol]", with ranges, into the request.
[[nodiscard]] Result<> publish(api::ContainerCreateRequest& request, std::string_view text);
/// "ctrl-p,ctrl-q" as the bytes that are typed.
[[nodiscard]] Result<std::string> detach_bytes(std::string_view keys);

}  // namespace wherry::command
