// Image names, digests and platforms: what was understood is understood again as it is written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/platform.hpp"
#include "api/reference.hpp"

using namespace wherry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto reference = api::Reference::parse(text)) {
        // Not so for familiar names: docker.io/a.b/c becomes a.b/c, as the reference has it.
        const auto again = api::Reference::parse(reference->canonical());
        if (!again || *again != *reference) {
            std::abort();
        }
    }
    if (const auto platform = api::PlatformSpec::parse(text)) {
        const auto again = api::PlatformSpec::parse(platform->format());
        if (!again || *again != *platform) {
            std::abort();
        }
    }
    return 0;
}
