#include "engine/store/layout.hpp"

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::store {

std::string Layout::blob(std::string_view digest) const {
    if (const auto parts = text::cut(digest, ":")) {
        digest = parts->second;
    }
    return text::format("{}/{}", blobs(), digest);
}

std::string Layout::layer(std::string_view name) const {
    return text::format("{}/{}", layers(), name);
}

std::string Layout::container(std::string_view id) const {
    return text::format("{}/{}", containers(), id);
}

std::string Layout::container_log(std::string_view id) const {
    return text::format("{}/{}-json.log", container(id), id);
}

std::string Layout::container_upper(std::string_view id) const {
    return container(id) + "/rw/upper";
}

std::string Layout::container_work(std::string_view id) const {
    return container(id) + "/rw/work";
}
std::string Layout::container_view_work(std::string_view id) const {
    return container(id) + "/rw/view";
}

std::string Layout::volume(std::string_view name) const {
    return text::format("{}/{}", volumes(), name);
}

std::string Layout::volume_data(std::string_view name) const {
    return volume(name) + "/_data";
}

std::string Layout::run(std::string_view container_id) const {
    return text::format("{}/{}", runs(), container_id.substr(0, 16));
}

Result<> Layout::create() const {
    // 0711: a payload with another user id must reach its root and its volumes by name.
    CHECK_OK(os::make_dirs(data_root_, 0711));
    for (const std::string& dir : {images(), images() + "/blobs", blobs(), ingest(), trash()}) {
        CHECK_OK(os::make_dirs(dir, 0700));
    }
    for (const std::string& dir : {layers(), containers(), volumes()}) {
        CHECK_OK(os::make_dirs(dir, 0711));
    }
    CHECK_OK(os::make_dirs(exec_root_, 0711));
    CHECK_OK(os::make_dirs(runs(), 0711));
    return {};
}

}  // namespace wherry::store
