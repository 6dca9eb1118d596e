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
