#include "server/runtime_facts.hpp"

#include "base/text.hpp"
#include "os/program.hpp"
#include "os/search_path.hpp"

namespace wherry::server {

namespace {

constexpr auto version_limit = std::chrono::seconds(5);

}  // namespace

void read_runtime_version(std::string_view output, RuntimeFacts& facts) {
    for (const auto line : text::split(output, '\n')) {
        if (const auto parts = text::cut(line, " version "); parts && facts.version.empty()) {
            facts.version = text::trim(parts->second);
            facts.is_crun = parts->first == "crun" && !facts.version.starts_with("0.");
        } else if (line.starts_with("commit: ")) {
            facts.commit = text::trim(line.substr(8));
        }
    }
}

Result<RuntimeFacts> find_runtime(const std::string& wanted) {
    RuntimeFacts facts;
    facts.name = wanted.substr(wanted.rfind('/') + 1);
    facts.program = os::find_program(wanted);
    if (facts.program.empty()) {
        return fail(ErrorKind::invalid, "OCI runtime {} is not installed (Debian: package {})",
                    wanted, facts.name);
    }
    TRY(const auto asked, os::run_program({facts.program, "--version"}, "", version_limit));
    if (asked.exit_code != 0) {
        return fail(ErrorKind::invalid, "OCI runtime {} does not run: {}", facts.program,
                    text::trim(asked.output));
    }
    read_runtime_version(asked.output, facts);
    return facts;
}

}  // namespace wherry::server
