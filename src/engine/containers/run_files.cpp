#include "engine/containers/run_files.hpp"

#include "engine/containers/apparmor_profile.hpp"
#include "engine/containers/user.hpp"
#include "os/apparmor.hpp"
#include "os/device.hpp"
#include "os/file.hpp"
#include "os/mount_table.hpp"
#include "os/overlay.hpp"
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

/// Programs that look after a system's own profiles may unload Docker's.
Result<> ensure_profile(const std::string& name) {
    const bool is_default = name == default_apparmor_profile;
    TRY(const bool loaded, os::apparmor_profile_loaded(name));
    if (loaded) {
        return {};
    }
    if (!is_default) {
        return fail(ErrorKind::internal,
                    "unable to apply apparmor profile: the profile \"{}\" is not loaded", name);
    }
    Result<> done = os::load_apparmor_profile(default_apparmor_source());
    return done ? std::move(done)
                : std::move(done).error().in(text::format(
                      "AppArmor enabled on system but the {} profile could not be loaded", name));
}

/// A mount propagates only as the one that its source lies on does.
Result<> check_propagation(const RunPreparation& plan) {
    if (plan.shared_sources.empty() && plan.slave_sources.empty()) {
        return {};
    }
    TRY(const auto table, os::mount_table());
    for (const std::string& source : plan.shared_sources) {
        const auto mount = os::mount_of(table, source);
        if (mount && !mount->shared) {
            return fail(ErrorKind::internal,
                        "path {} is mounted on {} but it is not a shared mount", source,
                        mount->target);
        }
    }
    for (const std::string& source : plan.slave_sources) {
        const auto mount = os::mount_of(table, source);
        if (mount && !mount->shared && !mount->slave) {
            return fail(ErrorKind::internal,
                        "path {} is mounted on {} but it is not a shared or slave mount", source,
                        mount->target);
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

std::set<std::string> files_among(const RunPreparation& plan) {
    std::set<std::string> out;
    for (const std::string& source : plan.sources) {
        if (!os::is_folder(source)) {
            out.insert(source);
        }
    }
    for (const RunMount& mount : plan.mounts) {
        if (!os::is_folder(mount.place)) {
            out.insert(mount.place);
        }
    }
    return out;
}

}  // namespace

Result<PreparedRun> prepare_run(const RunPreparation& plan) {
    PreparedRun out;
    // What an earlier run may have left.
    CHECK_OK(remove_run_folder(plan.run_folder));
    CHECK_OK(os::make_dirs(plan.run_folder, 0711));
    CHECK_OK(os::make_dirs(plan.run_folder + "/rootfs"));
    CHECK_OK(make_sources(plan));
    CHECK_OK(check_propagation(plan));
    CHECK_OK(make_run_mounts(plan.mounts));
    if (!plan.apparmor_profile.empty()) {
        CHECK_OK(ensure_profile(plan.apparmor_profile));
    }
    out.files = files_among(plan);
    TRY(out.devices, look_up_devices(plan.devices));
    TRY(const auto files, find_user_files(plan));
    TRY(out.identity, resolve_user(plan.user, plan.extra_groups, files));
    return out;
}

Result<> write_run(const RunTexts& texts) {
    const std::string& folder = texts.container_folder;
    if (!folder.empty()) {
        CHECK_OK(os::write_file(folder + "/hostname", texts.hostname + "\n"));
        CHECK_OK(os::write_file(folder + "/hosts", texts.hosts));
        CHECK_OK(os::write_file(folder + "/resolv.conf", texts.resolv_conf));
    }
    CHECK_OK(os::write_file(texts.run_folder + "/config.json", texts.spec, 0600));
    if (!texts.probe.json.empty()) {
        CHECK_OK(os::write_file(texts.run_folder + probe_file, texts.probe.json, 0600));
        // An empty one says that there is no such plan.
        CHECK_OK(os::write_file(texts.run_folder + probe_launch_file, texts.probe.launch, 0600));
    }
    if (texts.endpoint.empty()) {
        return {};
    }
    return os::write_file(texts.run_folder + endpoint_file, texts.endpoint, 0600);
}

}  // namespace wherry::containers
