// The API's lists and maps (codec/json/containers.hpp) under the API's name.
#pragma once

#include "codec/json/containers.hpp"

namespace wherry::api {

template <class T>
using List = json::List<T>;
template <class T>
using Map = json::Map<T>;

/// An object without members: the values of `ExposedPorts` and `Volumes`.
struct Empty {
    [[nodiscard]] bool operator==(const Empty&) const = default;
};

template <class Io>
void fields(Io& /*io*/, Empty& /*s*/) {}

}  // namespace wherry::api
