#include <openssl/evp.h>

#include "codec/json/json.hpp"
#include "sdk/by_hand.hpp"

namespace wherry {

namespace {

std::string decode_base64(std::string_view text) {
    std::string out(text.size() / 4 * 3 + 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()));
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.resize(length < 0 ? 0 : static_cast<std::size_t>(length) - padding);
    return out;
}

}  // namespace

template <class Io>
static void fields(Io& io, PathStat& s) {
    io.field("name", s.name);
    io.field("size", s.size);
    io.field("mode", s.mode);
    io.field("mtime", s.mtime);
    io.field("linkTarget", s.link_target);
}

}  // namespace wherry

namespace wherry::sdk {

Task<Result<AsyncSession>> attach(CorePtr core, std::string id, ContainerAttachOptions options,
                                  CallOptions call_options) {
    Call call("ContainerAttach", "POST", join("/containers/", segment(id), "/attach"), "");
    call.add("detachKeys", options.detach_keys);
    call.add("logs", options.logs);
    call.add("stream", options.stream);
    call.add("stdin", options.in);
    call.add("stdout", options.out);
    call.add("stderr", options.err);
    auto session = co_await open_session(std::move(core), std::move(call), std::move(call_options),
                                         Framing::declared, std::move(id));
    co_return session;
}

Task<Result<PathStat>> archive_info(CorePtr core, std::string id,
                                    ContainerArchiveInfoOptions options, CallOptions call_options) {
    Call call("ContainerArchiveInfo", "HEAD", join("/containers/", segment(id), "/archive"), "");
    call.add("path", options.path);
    CO_TRY(const auto reply, co_await call_reply(core, call, std::move(call_options)));
    const auto text = decode_base64(reply.headers.get("X-Docker-Container-Path-Stat"));
    auto stat = json::decode<PathStat>(text);
    if (!stat) {
        co_return unreadable(*core, call, reply, stat.error());
    }
    co_return std::move(*stat);
}

}  // namespace wherry::sdk
