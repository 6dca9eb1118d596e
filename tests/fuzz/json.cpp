// JSON of strangers: what is decoded must survive a round trip unchanged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/generated/container.hpp"
#include "codec/json/json.hpp"

using namespace wherry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto document = json::Value::parse(text)) {
        const auto again = json::Value::parse(document->dump());
        if (!again || again->dump() != document->dump()) {
            std::abort();
        }
    }
    if (const auto request =
            json::decode<api::ContainerCreateRequest>(text, {.keep_unknown = true})) {
        const std::string once = json::encode(*request);
        const auto again = json::decode<api::ContainerCreateRequest>(once, {.keep_unknown = true});
        if (!again || json::encode(*again) != once) {
            std::abort();
        }
    }
    return 0;
}
