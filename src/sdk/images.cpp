#include "api/reference.hpp"
#include "sdk/by_hand.hpp"
#include "sdk/streams.hpp"

namespace wherry::sdk {

Task<Result<AsyncStream<Progress>>> pull(CorePtr core, std::string reference,
                                         ImagePullOptions options, CallOptions call_options) {
    CO_TRY(const auto parsed, api::Reference::parse(reference));
    const auto name = parsed.with_default_tag();
    Call call("ImageCreate", "POST", "/images/create", "");
    call.add("fromImage", name.repository());
    call.add("tag", name.digest.empty() ? name.tag : name.digest);
    call.add("platform", options.platform, "1.32");
    call.header("X-Registry-Auth", options.registry_auth);
    auto stream =
        co_await open_messages<Progress>(std::move(core), std::move(call), std::move(call_options));
    co_return stream;
}

}  // namespace wherry::sdk
