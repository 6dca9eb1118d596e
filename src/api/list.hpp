// The lists and maps of API objects: absent, empty or with elements (codec/json/containers.hpp).
#pragma once

#include "codec/json/containers.hpp"

namespace wherry::api {

template <class T>
using List = json::List<T>;
template <class T>
using Map = json::Map<T>;

/// An object without members, as in `"ExposedPorts": {"80/tcp": {}}`.
struct Empty {
    [[nodiscard]] bool operator==(const Empty&) const = default;
};
template <class Io>
void fields(Io& /*io*/, Empty& /*empty*/) {}

}  // namespace wherry::api
