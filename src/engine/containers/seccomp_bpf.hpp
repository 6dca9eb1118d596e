// Seccomp filters compiled here, once for each content, instead of by the OCI runtime at every
// start (docs/adr/0012-seccomp-filters-are-compiled-once.md). crun takes one from an annotation.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "engine/containers/seccomp_profile.hpp"

namespace wherry::containers {

/// crun's annotation: base64 of the filter.
inline constexpr const char* seccomp_bpf_annotation = "run.oci.seccomp_bpf_data";

/// What a filter is made from.
struct SeccompSource {
    std::string profile;  ///< JSON; "" for Docker's own
    SeccompTarget target;

    /// Equal for equal filters.
    [[nodiscard]] std::string content() const;
};

/// What the runtime is given instead of the profile.
struct SeccompFilter {
    std::string base64;
    std::optional<oci::Seccomp> rest;  ///< what it still reads of the section: flags
};
/// Shared: a run may go on with a filter that the cache has dropped.
using SeccompFilterPtr = std::shared_ptr<const SeccompFilter>;

/// Parses, resolves and compiles: milliseconds, so on a pool.
[[nodiscard]] Result<SeccompFilter> make_seccomp_filter(const SeccompSource& source);

/// The filter as an array of sock_filter, by crun's own rules: what has the default action, and
/// calls that libseccomp does not know, are left out. `invalid` for what crun refuses too.
[[nodiscard]] Result<std::string> compile_seccomp(const oci::Seccomp& profile);

/// Filters by content. Loop thread only.
class SeccompFilters {
  public:
    /// Null if it is not there.
    [[nodiscard]] SeccompFilterPtr find(const std::string& content) const;
    void add(std::string content, SeccompFilterPtr filter);
    [[nodiscard]] std::size_t size() const noexcept { return filters_.size(); }

    static constexpr std::size_t limit = 64;

  private:
    std::map<std::string, SeccompFilterPtr, std::less<>> filters_;
};

}  // namespace wherry::containers
