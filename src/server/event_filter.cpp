#include "server/event_filter.hpp"

#include "api/generated/system.hpp"
#include "codec/json/json.hpp"

namespace wherry::server {

namespace {

std::string attribute(const store::Event& event, const std::string& name) {
    const auto found = event.attributes.find(name);
    return found == event.attributes.end() ? std::string() : found->second;
}

/// "exec_create: sh" matches the value "exec_create".
bool matches_action(const store::Event& event, const api::Filters& filters) {
    for (const char* prefix : {"exec_create", "exec_start", "health_status"}) {
        if (filters.has_value("event", prefix) && event.action.starts_with(prefix)) {
            return true;
        }
    }
    return filters.exact("event", event.action);
}

/// An object's own filter ("container", "network" …) matches by id, name or their beginnings.
bool matches_objects(const store::Event& event, const api::Filters& filters) {
    const std::string name = attribute(event, "name");
    for (const char* type : {"container", "daemon", "plugin", "volume", "network", "node",
                             "service", "secret", "config"}) {
        if (!filters.prefix(type, event.actor_id) && !filters.prefix(type, name)) {
            return false;
        }
    }
    return true;
}

std::string without_tag(const std::string& name) {
    const auto colon = name.rfind(':');
    const auto slash = name.rfind('/');
    const bool tagged = colon != std::string::npos && (slash == std::string::npos || slash < colon);
    return tagged ? name.substr(0, colon) : name;
}

bool matches_image(const store::Event& event, const api::Filters& filters) {
    const std::string name = attribute(event, event.type == "image" ? "name" : "image");
    for (const std::string& one :
         {event.actor_id, name, without_tag(event.actor_id), without_tag(name)}) {
        if (filters.exact("image", one)) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool wanted(const store::Event& event, const api::Filters& filters,
            const api::ApiVersion& version) {
    if (version < api::ApiVersion(1, 46) && event.type == "image" && event.action == "create") {
        return false;
    }
    return filters.exact("type", event.type) && filters.exact("scope", "local") &&
           matches_action(event, filters) && matches_objects(event, filters) &&
           matches_image(event, filters) && filters.labels("label", event.attributes);
}

std::string event_text(const store::Event& event, const api::ApiVersion& version) {
    api::EventMessage message;
    message.type = event.type;
    message.action = event.action;
    message.actor.id = event.actor_id;
    message.actor.attributes.insert(event.attributes.begin(), event.attributes.end());
    message.actor.attributes.set_present();
    message.scope = "local";
    const auto since_epoch = event.time.time_since_epoch();
    message.time = std::chrono::floor<std::chrono::seconds>(since_epoch).count();
    message.time_nano = since_epoch.count();
    std::string text = json::encode(message);
    if (version >= api::ApiVersion(1, 52) || (event.type != "container" && event.type != "image")) {
        return text;
    }
    std::string legacy = "{\"status\":";
    json::write_string(legacy, event.action);
    legacy.append(",\"id\":");
    json::write_string(legacy, event.actor_id);
    if (const std::string from = attribute(event, "image"); !from.empty()) {
        legacy.append(",\"from\":");
        json::write_string(legacy, from);
    }
    return legacy + "," + text.substr(1);
}

}  // namespace wherry::server
