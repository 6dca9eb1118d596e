// Websockets (RFC 6455) on the server's side: the handshake's answer, and the bytes behind it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/async/stream.hpp"
#include "net/http/message.hpp"

namespace wherry::http {

/// 101 with the key's answer, or the refusal of a request that is no handshake (a plain text under
/// a head of its own, as the reference writes it). `body` of the answer is the caller's to set.
[[nodiscard]] Response accept_websocket(const Request& request);

enum class WebsocketData { text, binary };

/// The data of a connection whose handshake is done: what is read is the payload of the client's
/// frames, each write goes out as one frame. The client's close reads as the end; `shutdown_write`
/// sends ours. Pings are answered by whoever reads.
[[nodiscard]] std::unique_ptr<async::Stream> make_websocket(std::unique_ptr<async::Stream> lower,
                                                            WebsocketData kind);

}  // namespace wherry::http
