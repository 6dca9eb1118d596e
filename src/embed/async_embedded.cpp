#include "wherry/async_embedded.hpp"

#include "embed/transport.hpp"

namespace wherry {

AsyncClient async_client(const EmbeddedEngine& engine, const ClientOptions& options) {
    return AsyncClient(embed::make_core(options, embed::transport_to(engine.runner())));
}

}  // namespace wherry
