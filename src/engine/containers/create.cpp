// Create: everything is checked and made before the record is committed; until then nobody sees the
// container, and a failure (or a crash) leaves at most files without a record, which are swept.
#include <algorithm>
#include <iterator>

#include "api/platform.hpp"
#include "api/reference.hpp"
#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "base/trace.hpp"
#include "codec/json/json.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/copy_up.hpp"
#include "engine/containers/log_options.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/name.hpp"
#include "engine/containers/run_mounts.hpp"
#include "os/file.hpp"
#include "os/host.hpp"

namespace wherry::containers {

namespace {

bool is_empty_config(const api::ContainerCreateRequest& request) {
    return request.image.empty() && request.cmd.is_null() && request.entrypoint.is_null() &&
           request.env.is_null() && request.hostname.empty();
}

Result<> check_platform(const images::Image& image, const std::string& name,
                        const std::string& wanted) {
    if (wanted.empty()) {
        return {};
    }
    TRY(const auto platform, api::PlatformSpec::parse(wanted));
    const api::PlatformSpec is =
        api::PlatformSpec{image.config.os, image.config.architecture, image.config.variant}
            .normalized();
    const bool same = is.os == platform.os && is.architecture == platform.architecture &&
                      (platform.variant.empty() || is.variant == platform.variant);
    if (!same) {
        return fail(ErrorKind::not_found,
                    "image with reference {} was found but its platform ({}) does not match the "
                    "specified platform ({})",
                    name, is.format(), platform.format());
    }
    return {};
}

/// The engine's defaults, and what runs.
void fill_in(Record& record, const Defaults& defaults) {
    fill_host(record.host, defaults);
    if (record.host.network_mode == "host" && record.config.hostname.empty()) {
        record.config.hostname = os::host_facts().name;
    }
    fill_config(record.config, record.id);
    fill_endpoints(record.endpoints, record.host);
    Command command = command_of(record.config);
    record.path = std::move(command.path);
    record.args = std::move(command.args);
}

}  // namespace

Result<> Containers::merge_from_image(Record& record, const std::string& platform) const {
    if (record.config.image.empty()) {
        return settle_command(record.config);
    }
    TRY(const images::Image* image, parts_.images.get(record.config.image));
    CHECK_OK(check_platform(*image, record.config.image, platform));
    record.image_id = image->id;
    return merge_image(record.config, image->config.config);
}

Result<std::string> Containers::choose_name(const std::string& wanted) const {
    if (!wanted.empty() && wanted != "/") {
        return check_name(wanted);
    }
    std::string name;
    do {
        name = random_name();
    } while (catalog_.find_by_name(name) != nullptr);
    return name;
}

/// What can be said only when the defaults are filled in.
Result<> Containers::settle_host(const api::HostConfig& host,
                                 std::vector<std::string>& warnings) const {
    if (!host.port_bindings.empty() && host.network_mode == "bridge") {
        std::ranges::copy(parts_.networks.warnings(), std::back_inserter(warnings));
    }
    return check_log_config(host.log_config);
}

Task<Result<Created>> Containers::create(CreateOptions options,
                                         api::ContainerCreateRequest request) {
    co_return co_await async::shielded(create_now(std::move(options), std::move(request)));
}

Task<Result<Created>> Containers::create_now(CreateOptions options,
                                             api::ContainerCreateRequest request) {
    if (is_empty_config(request)) {
        co_return Error(ErrorKind::invalid,
                        "config cannot be empty in order to create a container");
    }
    Created created;
    if (request.host_config.runtime.empty() &&
        settings_.abilities.runtimes.contains(options.runtime)) {
        request.host_config.runtime = std::move(options.runtime);
    }
    CO_CHECK_OK(validate(request, settings_.abilities, created.warnings));
    CO_CHECK_OK(validate_resources(request.host_config, settings_.abilities, created.warnings));
    CO_CHECK_OK(resolve_donors(request.host_config));

    Record record;
    record.id = new_id();
    record.created = now();
    const trace::Span span(record.id, "create");
    record.host = std::move(request.host_config);
    record.endpoints = std::move(request.networking_config.endpoints_config);
    record.config = static_cast<api::ContainerConfig&&>(request);
    CO_CHECK_OK(merge_from_image(record, options.platform));
    fill_in(record, settings_.defaults);
    CO_CHECK_OK(settle_host(record.host, created.warnings));

    CO_TRY(record.name, choose_name(options.name));
    CO_CHECK_OK(catalog_.reserve(record.name, record.id));
    auto release = on_failure([&]() noexcept { catalog_.release(record.name); });
    creating_.insert(record.id);
    const auto made_known = on_exit([this, id = record.id]() noexcept { creating_.erase(id); });

    CO_TRY(record.links, resolve_links(record.host));
    CO_TRY(record.mounts, plan_mounts(record.config, record.host, [this](std::string_view name) {
               const auto found = catalog_.get(name);
               return found ? &(*found)->record.mounts : nullptr;
           }));
    CO_CHECK_OK(resolve_image_mounts(record, created.warnings));
    CO_CHECK_OK(co_await make_volumes(record.id, record.mounts));
    fault_point("create.volumes-made");
    const Result<> made = co_await make_files(record);
    fault_point("create.files-made");
    if (!made) {
        co_await drop_new_volumes(record);
        co_await remove_files(record.id);
        co_return made.error();
    }

    const auto container = std::make_shared<Container>(std::move(record));
    container->set_settled();
    store::Batch batch;
    batch.put(std::string(record_kind), container->id(), encode_record(container->record));
    batch.erase(std::string(volumes_kind), container->id());
    batch.event(event(*container, "create"));
    const auto durability =
        container->record.host.auto_remove ? store::Durability::relaxed : store::Durability::synced;
    const Result<> stored = co_await parts_.store.commit(std::move(batch), durability);
    if (!stored) {
        catalog_.release(container->record.name);
        release.commit();
        co_await drop_new_volumes(container->record);
        co_await remove_files(container->id());
        co_return stored.error();
    }
    release.commit();
    fault_point("create.stored");
    catalog_.add(container);
    created.id = container->id();
    log::info("container={} name={} created", short_id(created.id), container->record.name);
    co_return created;
}

/// "container:NAME" becomes "container:ID". A network's may be missing until the start.
Result<> Containers::resolve_donors(api::HostConfig& host) const {
    const auto resolve = [&](std::string& mode, bool must_be) -> Result<> {
        const std::string_view name = donor_of(mode);
        if (name.empty()) {
            return {};
        }
        const auto found = catalog_.get(name);
        if (found) {
            mode = "container:" + (*found)->id();
        } else if (must_be) {
            return Error(ErrorKind::invalid, found.error().message());
        }
        return {};
    };
    CHECK_OK(resolve(host.network_mode, false));
    CHECK_OK(resolve(host.ipc_mode, true));
    return resolve(host.pid_mode, true);
}

Result<std::vector<Link>> Containers::resolve_links(const api::HostConfig& host) const {
    std::vector<Link> out;
    for (const std::string& text : host.links) {
        TRY(const LinkText link, parse_link(text));
        const auto found = catalog_.get(link.name);
        if (!found) {
            return fail(ErrorKind::invalid, "could not get container for {}: {}", link.name,
                        found.error().message());
        }
        if ((*found)->record.host.network_mode == "host") {
            return Error(ErrorKind::invalid,
                         "conflicting options: host type networking can't be used with links. "
                         "This would result in undefined behavior");
        }
        out.push_back({.id = (*found)->id(), .alias = link.alias});
    }
    return out;
}

Result<> Containers::resolve_image_mounts(Record& record,
                                          std::vector<std::string>& warnings) const {
    for (std::size_t number = 0; number < record.mounts.size(); ++number) {
        MountRecord& mount = record.mounts[number];
        if (mount.type != "image") {
            continue;
        }
        TRY(const images::Image* image, parts_.images.get(mount.name));
        mount.image_id = image->id;
        mount.source = run_mount_place(layout_.run(record.id), number);
        warnings.emplace_back("Image mount is an experimental feature");
    }
    return {};
}

Task<Result<>> Containers::make_volumes(const std::string& id, std::vector<MountRecord>& mounts) {
    // Named before they are made, so that a create that is cut off leaves none.
    std::vector<std::string> anonymous;
    for (MountRecord& mount : mounts) {
        if (mount.type == "volume" && mount.source.empty() && mount.name.empty()) {
            mount.name = new_id();
            anonymous.push_back(mount.name);
        }
    }
    if (!anonymous.empty()) {
        store::Batch batch;
        batch.put(std::string(volumes_kind), id, json::encode(anonymous));
        CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), store::Durability::relaxed));
        fault_point("create.volumes-noted");
    }
    for (MountRecord& mount : mounts) {
        if (mount.type != "volume" || !mount.source.empty()) {
            continue;
        }
        const bool named = std::ranges::find(anonymous, mount.name) == anonymous.end();
        api::VolumeCreateRequest request;
        request.name = mount.name;
        request.driver = mount.driver;
        request.labels = mount.new_labels;
        request.driver_opts = mount.new_options;
        auto making = named ? parts_.volumes.create(std::move(request))
                            : parts_.volumes.create_anonymous(mount.name);
        const auto made = co_await std::move(making);
        if (!made) {
            co_await remove_volumes(id, std::move(anonymous));
            co_return made.error();
        }
        mount.source = made->mountpoint;
        mount.driver = made->driver;
    }
    co_return Result<>();
}

/// Of a container that was not made after all.
Task<> Containers::drop_new_volumes(const Record& record) {
    std::vector<std::string> anonymous;
    for (const MountRecord& mount : record.mounts) {
        if (mount.anonymous && mount.type == "volume") {
            anonymous.push_back(mount.name);
        }
    }
    if (!anonymous.empty()) {
        co_await remove_volumes(record.id, std::move(anonymous));
    }
}

Task<Result<>> Containers::make_files(const Record& record) {
    const trace::Span span(record.id, "create.files");
    FilesPlan plan;
    plan.folder = layout_.container(record.id);
    plan.upper = layout_.container_upper(record.id);
    plan.work = layout_.container_work(record.id);
    if (const images::Image* image = parts_.images.find_by_id(record.image_id)) {
        const images::RootFs root = parts_.images.rootfs(*image);
        plan.lowers = root.paths();
    }
    for (const MountRecord& mount : record.mounts) {
        if (mount.type == "volume" && mount.copy_up) {
            plan.copies.push_back({.volume = mount.source, .path = mount.destination});
        }
    }
    const auto work = [plan = std::move(plan)] { return make_container_files(plan); };
    co_return co_await async::blocking(file_pool_, work);
}

}  // namespace wherry::containers
