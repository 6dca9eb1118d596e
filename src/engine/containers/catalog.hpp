// All containers by id, by unique prefix and by name; and the names that are taken.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/containers/container.hpp"

namespace wherry::containers {

class Catalog {
  public:
    /// By id, name (with or without slash), link ("PARENT/ALIAS") or unique prefix of an id. 404
    /// "No such container: N", 400 for an ambiguous prefix or an empty name.
    [[nodiscard]] Result<ContainerPtr> get(std::string_view name) const;
    [[nodiscard]] ContainerPtr find_by_id(std::string_view id) const;
    [[nodiscard]] ContainerPtr find_by_name(std::string_view name) const;
    /// "PARENT/ALIAS": the container that links, and which of its links it is.
    struct FoundLink {
        ContainerPtr parent;
        std::size_t number = 0;
    };
    [[nodiscard]] std::optional<FoundLink> find_link(std::string_view name) const;
    /// Of every container that others link to: "/PARENT/ALIAS" …, by its id.
    [[nodiscard]] std::map<std::string, std::vector<std::string>> link_names() const;
    /// HostConfig.Links as inspect shows them: "/CHILD:/NAME/ALIAS".
    [[nodiscard]] api::List<std::string> shown_links(const Record& record) const;

    /// Takes a name for a container that may not be in the catalogue yet; 409 if it is taken.
    [[nodiscard]] Result<> reserve(const std::string& name, const std::string& id);
    void release(std::string_view name);

    void add(ContainerPtr container);
    /// Takes the container and its name out.
    void remove(const Container& container);

    [[nodiscard]] const std::map<std::string, ContainerPtr, std::less<>>& all() const noexcept {
        return by_id_;
    }

  private:
    std::map<std::string, ContainerPtr, std::less<>> by_id_;
    std::map<std::string, std::string, std::less<>> id_by_name_;
};

}  // namespace wherry::containers
