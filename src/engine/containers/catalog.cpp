#include "engine/containers/catalog.hpp"

#include "base/text.hpp"

namespace wherry::containers {

ContainerPtr Catalog::find_by_id(std::string_view id) const {
    const auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : at->second;
}

ContainerPtr Catalog::find_by_name(std::string_view name) const {
    if (name.starts_with('/')) {
        name.remove_prefix(1);
    }
    const auto at = id_by_name_.find(name);
    return at == id_by_name_.end() ? nullptr : find_by_id(at->second);
}

std::optional<Catalog::FoundLink> Catalog::find_link(std::string_view name) const {
    if (name.starts_with('/')) {
        name.remove_prefix(1);
    }
    const auto parts = text::cut(name, "/");
    const ContainerPtr parent = parts ? find_by_name(parts->first) : nullptr;
    if (!parent) {
        return std::nullopt;
    }
    const auto& links = parent->record.links;
    for (std::size_t number = 0; number < links.size(); ++number) {
        if (links[number].alias == parts->second) {
            return FoundLink{.parent = parent, .number = number};
        }
    }
    return std::nullopt;
}

std::map<std::string, std::vector<std::string>> Catalog::link_names() const {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& [id, container] : by_id_) {
        for (const Link& link : container->record.links) {
            out[link.id].push_back(text::format("/{}/{}", container->record.name, link.alias));
        }
    }
    return out;
}

api::List<std::string> Catalog::shown_links(const Record& record) const {
    api::List<std::string> out;
    for (const Link& link : record.links) {
        if (const ContainerPtr child = find_by_id(link.id)) {
            out.push_back(text::format("/{}:/{}/{}", child->record.name, record.name, link.alias));
        }
    }
    return out;
}

Result<ContainerPtr> Catalog::get(std::string_view name) const {
    if (name.empty()) {
        return Error(ErrorKind::invalid, "invalid name or ID supplied: \"\"");
    }
    if (auto found = find_by_id(name)) {
        return found;
    }
    if (auto found = find_by_name(name)) {
        return found;
    }
    if (const auto link = find_link(name)) {
        if (auto child = find_by_id(link->parent->record.links[link->number].id)) {
            return child;
        }
    }
    const auto at = by_id_.lower_bound(name);
    if (at == by_id_.end() || !at->first.starts_with(name)) {
        return fail(ErrorKind::not_found, "No such container: {}", name);
    }
    if (const auto next = std::next(at); next != by_id_.end() && next->first.starts_with(name)) {
        return fail(ErrorKind::invalid, "multiple IDs found with provided prefix: {}", name);
    }
    return at->second;
}

Result<> Catalog::reserve(const std::string& name, const std::string& id) {
    const auto [at, taken] = id_by_name_.try_emplace(name, id);
    if (!taken) {
        return fail(ErrorKind::conflict,
                    "Conflict. The container name \"/{}\" is already in use by container \"{}\". "
                    "You have to remove (or rename) that container to be able to reuse that name.",
                    name, at->second);
    }
    return {};
}

void Catalog::release(std::string_view name) {
    if (const auto at = id_by_name_.find(name); at != id_by_name_.end()) {
        id_by_name_.erase(at);
    }
}

void Catalog::add(ContainerPtr container) {
    id_by_name_.insert_or_assign(container->record.name, container->id());
    const std::string id = container->id();
    by_id_.insert_or_assign(id, std::move(container));
}

void Catalog::remove(const Container& container) {
    const auto at = id_by_name_.find(container.record.name);
    if (at != id_by_name_.end() && at->second == container.id()) {
        id_by_name_.erase(at);
    }
    by_id_.erase(container.id());
}

}  // namespace wherry::containers
