// Handlers of /containers.
#pragma once

#include "server/route.hpp"

namespace wherry::server {

[[nodiscard]] Task<Result<http::Response>> container_list(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_create(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_inspect(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_logs(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_start(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_stop(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_restart(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_kill(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_rename(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_update(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_pause(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_unpause(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_attach(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_attach_websocket(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_wait(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_resize(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_delete(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_prune(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_archive_head(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_archive_get(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_archive_put(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_changes(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_export(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_stats(Call& call);
[[nodiscard]] Task<Result<http::Response>> container_top(Call& call);

/// `h` or `w` of a resize; 400 if it is no size.
[[nodiscard]] Result<unsigned> resize_size(const Call& call, std::string_view key,
                                           std::string_view what);
/// `raw-stream`, or `multiplexed-stream` for a container without a terminal from 1.42 on.
[[nodiscard]] std::string_view stream_content_type(bool terminal, api::ApiVersion version);

}  // namespace wherry::server
