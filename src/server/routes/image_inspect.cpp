#include <map>
#include <ranges>

#include "base/clock.hpp"
#include "codec/json/json.hpp"
#include "engine/images/oci_json.hpp"
#include "engine/images/verbs.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/images.hpp"

namespace wherry::server {

namespace {

using images::StoredImage;

json::Array strings(const std::vector<std::string>& list) {
    json::Array out;
    for (const std::string& text : list) {
        out.emplace_back(text);
    }
    return out;
}

// The members that a version shows although they are empty (behaviour: version gates).
json::Object always_shown(const api::ApiVersion& version) {
    json::Object out;
    const auto add = [&](std::initializer_list<const char*> names, const json::Value& value) {
        for (const char* name : names) {
            out.emplace_back(name, value);
        }
    };
    if (version < api::ApiVersion(1, 50)) {
        add({"AttachStderr", "AttachStdin", "AttachStdout", "OpenStdin", "StdinOnce", "Tty"},
            false);
        add({"Domainname", "Hostname", "Image"}, "");
    }
    if (version < api::ApiVersion(1, 52)) {
        add({"Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "Volumes"}, {});
        add({"User", "WorkingDir"}, "");
    }
    return out;
}

Result<json::Value> config_json(const StoredImage& stored, const api::ApiVersion& version) {
    TRY(json::Value written, json::Value::parse(json::encode(stored.image.config.config)));
    if (version >= api::ApiVersion(1, 52)) {
        return written;
    }
    std::map<std::string, json::Value> sorted;
    for (auto& [name, value] : always_shown(version)) {
        sorted.emplace(name, std::move(value));
    }
    for (const auto& [name, value] : written.as_object()) {
        sorted.insert_or_assign(name, value);
    }
    json::Object out;
    for (auto& [name, value] : sorted) {
        out.emplace_back(name, std::move(value));
    }
    return json::Value(std::move(out));
}

/// A container's configuration with nothing in it, as versions before 1.45 show one.
json::Value empty_container_config() {
    json::Value out;
    for (const char* name : {"Hostname", "Domainname", "User"}) {
        out.set(name, "");
    }
    for (const char* name :
         {"AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce"}) {
        out.set(name, false);
    }
    out.set("Env", {});
    out.set("Cmd", {});
    out.set("Image", "");
    out.set("Volumes", {});
    out.set("WorkingDir", "");
    for (const char* name : {"Entrypoint", "OnBuild", "Labels"}) {
        out.set(name, {});
    }
    return out;
}

json::Value graph_driver(const images::Images& images, const StoredImage& stored) {
    json::Value data;
    if (!stored.layers.empty()) {
        std::string lower;
        for (const auto& layer : stored.layers | std::views::reverse | std::views::drop(1)) {
            lower += (lower.empty() ? "" : ":") + images.layer_folder(layer->name) + "/diff";
        }
        if (!lower.empty()) {
            data.set("LowerDir", lower);
        }
        const std::string top = images.layer_folder(stored.layers.back()->name);
        data.set("MergedDir", top + "/merged");
        data.set("UpperDir", top + "/diff");
        data.set("WorkDir", top + "/work");
    }
    json::Value out;
    out.set("Data", std::move(data));
    out.set("Name", "overlay2");
    return out;
}

void set_text(json::Value& out, const char* name, const std::string& text, bool always) {
    if (always || !text.empty()) {
        out.set(name, text);
    }
}

void set_head(json::Value& out, const StoredImage& stored, const api::ApiVersion& version) {
    const images::oci::ImageConfig& config = stored.image.config;
    const bool legacy = version < api::ApiVersion(1, 52);
    out.set("Id", stored.image.id);
    out.set("RepoTags", strings(stored.image.repo_tags));
    out.set("RepoDigests", strings(stored.image.repo_digests));
    set_text(out, "Parent", "", legacy);
    set_text(out, "Comment", config.comment, legacy);
    if (!config.created.empty()) {
        out.set("Created", config.created);
    } else if (version < api::ApiVersion(1, 44)) {
        out.set("Created", zero_time);
    }
    if (version < api::ApiVersion(1, 45)) {
        out.set("ContainerConfig", empty_container_config());
    }
    set_text(out, "DockerVersion", config.docker_version, legacy);
    set_text(out, "Author", config.author, legacy);
    out.set("Architecture", config.architecture);
    set_text(out, "Variant", config.variant, false);
    out.set("Os", config.os);
    set_text(out, "OsVersion", config.os_version, false);
}

}  // namespace

Task<Result<http::Response>> image_inspect(Call& call) {
    const images::Images& images = call.engine.images();
    CO_TRY(const StoredImage* stored, images.catalog().get(call.param(0)));
    json::Value out;
    set_head(out, *stored, call.version);
    const auto size = static_cast<std::int64_t>(stored->image.size);
    out.set("Size", size);
    if (call.version < api::ApiVersion(1, 44)) {
        out.set("VirtualSize", size);
    }
    out.set("GraphDriver", graph_driver(images, *stored));
    json::Value rootfs;
    rootfs.set("Type", stored->image.config.rootfs.type);
    rootfs.set("Layers", strings(stored->image.config.rootfs.diff_ids));
    out.set("RootFS", std::move(rootfs));
    json::Value metadata;
    metadata.set("LastTagTime",
                 stored->last_tagged.empty() ? std::string(zero_time) : stored->last_tagged);
    out.set("Metadata", std::move(metadata));
    CO_TRY(json::Value config, config_json(*stored, call.version));
    out.set("Config", std::move(config));
    co_return json_text(200, out.dump());
}

Task<Result<http::Response>> image_history(Call& call) {
    const images::Images& images = call.engine.images();
    CO_TRY(const StoredImage* stored, images.catalog().get(call.param(0)));
    json::Array list;
    std::size_t layers = 0;
    for (const images::oci::History& entry : stored->image.config.history) {
        std::int64_t size = 0;
        if (!entry.empty_layer && layers < stored->layers.size()) {
            size = static_cast<std::int64_t>(stored->layers[layers++]->size);
        }
        const auto created = parse_rfc3339(entry.created);
        json::Value item;
        item.set("Comment", entry.comment);
        item.set("Created",
                 created
                     ? std::chrono::floor<std::chrono::seconds>(created->time_since_epoch()).count()
                     : std::int64_t{0});
        item.set("CreatedBy", entry.created_by);
        item.set("Id", "<missing>");
        item.set("Size", size);
        item.set("Tags", {});
        list.insert(list.begin(), std::move(item));
    }
    if (!list.empty()) {
        list.front().set("Id", stored->image.id);
        if (!stored->image.repo_tags.empty()) {
            list.front().set("Tags", strings(stored->image.repo_tags));
        }
    }
    co_return json_text(200, json::Value(std::move(list)).dump());
}

}  // namespace wherry::server
