#include "engine/containers/run_files.hpp"

#include "engine/containers/user.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

Result<> make_sources(const RunPreparation& plan) {
    for (const std::string& source : plan.sources_to_make) {
        if (!os::exists(source)) {
            CHECK_OK(os::make_dirs(source));
        }
    }
    for (const std::string& source : plan.sources) {
        if (!os::exists(source)) {
            return fail(ErrorKind::invalid,
                        "invalid mount config for type \"bind\": bind source "
                        "path does not exist: {}",
                        source);
        }
    }
    return {};
}

/// The files of the image as the container has changed them. An image without layers has none.
Result<UserFiles> find_user_files(const RunPreparation& plan) {
    os::Overlay overlay{.lowers = {plan.upper}};
    overlay.lowers.insert(overlay.lowers.end(), plan.lowers.begin(), plan.lowers.end());
    TRY(const auto root, os::make_overlay(overlay));
    return read_user_files(root.get());
}

}  // namespace

Result<Identity> prepare_run(const RunPreparation& plan) {
    // What an earlier run may have left.
    CHECK_OK(os::remove_tree(plan.run_folder));
    CHECK_OK(os::make_dirs(plan.run_folder, 0711));
    CHECK_OK(os::make_dirs(plan.run_folder + "/rootfs"));
    CHECK_OK(make_sources(plan));
    TRY(const auto files, find_user_files(plan));
    return resolve_user(plan.user, plan.extra_groups, files);
}

Result<> write_run(const RunTexts& texts) {
    const std::string& folder = texts.container_folder;
    CHECK_OK(os::write_file(folder + "/hostname", texts.hostname + "\n"));
    CHECK_OK(os::write_file(folder + "/hosts", texts.hosts));
    CHECK_OK(os::write_file(folder + "/resolv.conf", texts.resolv_conf));
    CHECK_OK(os::write_file(texts.run_folder + "/config.json", texts.spec, 0600));
    if (!texts.probe.empty()) {
        CHECK_OK(os::write_file(texts.run_folder + probe_file, texts.probe, 0600));
    }
    return os::write_file(texts.run_folder + endpoint_file, texts.endpoint, 0600);
}

}  // namespace wherry::containers
