// Overlay mounts, on kernels that take the layers one by one (6.7 and later) and on those before.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

struct Overlay {
    std::string base;                 ///< the folder that `lowers` are below
    std::vector<std::string> lowers;  ///< below base, or absolute, the top one first; at least one
    std::string upper;                ///< absolute, with `work`; both empty: read-only
    std::string work;
    /// Nothing is synced, neither by fsync(2) nor by the unmount, which otherwise syncs the whole
    /// file system of `upper` ("volatile"): for what nobody needs after a power cut. `work` is
    /// cleared of the mark that an earlier such mount has left.
    bool unsynced = false;
};

/// An overlay that is mounted nowhere, held by a descriptor and gone with it. Any number of lowers
/// (500 are the kernel's limit) where the kernel takes them one by one; before, as many as fit a
/// page by their names below the folder that they share, else `unsupported`.
[[nodiscard]] Result<UniqueFd> make_overlay(const Overlay& overlay);
/// The same as kernels before 6.7 do it, for tests on later ones.
[[nodiscard]] Result<UniqueFd> make_overlay_by_options(const Overlay& overlay);
/// Mounts it at `target`. A single lower without an upper is bound instead: the kernel wants two.
[[nodiscard]] Result<> mount_overlay(const Overlay& overlay, const std::string& target);

/// The options of mount(2) for an overlay, and the folder that their relative names are below.
/// Names are escaped as the kernel's overlay wants it (`fs/overlayfs`). Pure.
struct OverlayOptions {
    std::string folder;
    std::string options;
};
[[nodiscard]] OverlayOptions overlay_options(const Overlay& overlay);

}  // namespace wherry::os
