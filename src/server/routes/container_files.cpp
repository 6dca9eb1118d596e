// Files of containers: archive, changes, export.
#include "base/base64.hpp"
#include "base/text.hpp"
#include "codec/archive/compression.hpp"
#include "codec/json/escape.hpp"
#include "engine/containers/containers.hpp"
#include "files/body.hpp"
#include "files/changes.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

Result<std::string> path_of(const Call& call) {
    std::string path(call.query().get("path"));
    if (path.empty()) {
        return Error(ErrorKind::invalid, "bad parameter: pathcannot be empty");  // as it is sent
    }
    return path;
}

/// As Go's json.Marshal, which also escapes what HTML would read.
void put_json_string(std::string& out, std::string_view text) {
    std::string plain;
    json::write_string(plain, text);
    for (const char c : plain) {
        if (c == '<' || c == '>' || c == '&') {
            out.append(c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026");
        } else {
            out.push_back(c);
        }
    }
}

std::string stat_header(const containers::PathStat& stat) {
    std::string out = "{\"name\":";
    put_json_string(out, stat.name);
    out += text::format(",\"size\":{},\"mode\":{},\"mtime\":\"{}\",\"linkTarget\":", stat.size,
                        stat.mode, rfc3339_nano(stat.mtime));
    put_json_string(out, stat.link_target);
    out.push_back('}');
    return base64(out);
}

void put_stat(http::Response& response, const containers::PathStat& stat) {
    response.headers.set("X-Docker-Container-Path-Stat", stat_header(stat));
}

/// Whether the client takes gzip, and does not say that it would rather not.
bool takes_gzip(const http::Request& request) {
    for (const std::string_view one : text::split(request.headers.get("Accept-Encoding"), ',')) {
        const auto parts = text::split(one, ';');
        if (text::equal_ignoring_case(text::trim(parts.front()), "gzip")) {
            return parts.size() == 1 || text::trim(parts[1]) != "q=0";
        }
    }
    return false;
}

http::Response archive_reply(Call& call, std::string_view type, containers::ArchiveReplyPtr reply) {
    const bool packed = takes_gzip(call.request);
    const auto produce = [reply = std::move(reply), packed](http::BlockingWriter& out) -> Result<> {
        files::BodySink sink(out);
        if (!packed) {
            return reply->write(sink);
        }
        const auto gzip = archive::compress_gzip(sink);
        CHECK_OK(reply->write(*gzip));
        return gzip->finish();
    };
    http::Response response = stream_reply(
        std::string(type), http::blocking_body(call.engine.containers().bulk_pool(), produce));
    if (packed) {
        response.headers.set("Content-Encoding", "gzip");
    }
    return response;
}

}  // namespace

Task<Result<http::Response>> container_archive_head(Call& call) {
    CO_TRY(std::string path, path_of(call));
    CO_TRY(const auto stat,
           co_await call.engine.containers().stat_path(call.param(0), std::move(path)));
    http::Response response = empty_reply(200);
    put_stat(response, stat);
    co_return response;
}

Task<Result<http::Response>> container_archive_get(Call& call) {
    CO_TRY(std::string path, path_of(call));
    CO_TRY(auto reply,
           co_await call.engine.containers().read_archive(call.param(0), std::move(path)));
    const containers::PathStat stat = reply->stat;
    http::Response response = archive_reply(call, "application/x-tar", std::move(reply));
    put_stat(response, stat);
    co_return response;
}

Task<Result<http::Response>> container_archive_put(Call& call) {
    containers::ExtractOptions options;
    CO_TRY(options.path, path_of(call));
    options.keep_kinds = call.query().flag("noOverwriteDirNonDir");
    options.use_own_user = call.query().flag("copyUIDGID");
    CO_CHECK_OK(co_await call.engine.containers().write_archive(call.param(0), std::move(options),
                                                                *call.request.body));
    co_return empty_reply(200);
}

Task<Result<http::Response>> container_changes(Call& call) {
    CO_TRY(const auto changes, co_await call.engine.containers().changes(call.param(0)));
    if (changes.empty()) {
        co_return json_text(200, "null");
    }
    std::vector<api::FilesystemChange> out;
    for (const files::Change& change : changes) {
        api::FilesystemChange one;
        one.path = change.path;
        one.kind = static_cast<std::int64_t>(change.kind);
        out.push_back(std::move(one));
    }
    co_return json_reply(200, out);
}

Task<Result<http::Response>> container_export(Call& call) {
    CO_TRY(auto reply, co_await call.engine.containers().export_root(call.param(0)));
    co_return archive_reply(call, "application/octet-stream", std::move(reply));
}

}  // namespace wherry::server
