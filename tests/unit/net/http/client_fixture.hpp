// A client of a server, or of connections that say what a script says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "net/http/client.hpp"

namespace wherry::http {

inline constexpr std::string_view ok_reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline Task<Result<>> write_numbers(BodyWriter& writer) {
    for (int i = 0; i < 1000; ++i) {
        const std::string line = std::to_string(i) + "\n";
        CO_CHECK_OK(co_await writer.write(line));
    }
    co_return Result<>();
}

inline std::string numbers() {
    std::string out;
    for (int i = 0; i < 1000; ++i) {
        out += std::to_string(i) + "\n";
    }
    return out;
}

inline Task<Response> answer(Request& request) {
    Response response;
    if (request.path == "/stream") {
        response.body = StreamBody(write_numbers);
        co_return response;
    }
    if (request.path == "/none") {
        response.status = 204;
        co_return response;
    }
    auto body = co_await request.body->read_all(1 << 20);
    if (!body) {
        response.status = body.error().status();
        response.body = body.error().message();
        co_return response;
    }
    response.body = request.method + " " + request.target + " " + *body;
    co_return response;
}

class ClientTest : public ServerTest {
  protected:
    Task<Result<StreamPtr>> connect_pair() {
        CO_TRY(auto pair, os::socket_pair());
        server_->serve(std::move(pair.first));
        ++connections_;
        co_return async::adopt_socket(loop_.executor(), std::move(pair.second));
    }
    /// A client of the server that `start` made.
    std::unique_ptr<Client> client_of_server(ClientOptions options = {}) {
        CustomEndpoint endpoint;
        endpoint.connect = [this] { return connect_pair(); };
        return std::make_unique<Client>(loop_.executor(), endpoint, options);
    }
    Task<Result<StreamPtr>> connect_to_script() {
        CO_TRY(auto pair, os::socket_pair());
        auto peer = async::adopt_socket(loop_.executor(), std::move(pair.first));
        peers_.push_back(std::make_unique<RawClient>(&loop_, std::move(peer)));
        const std::string first = scripts_.empty() ? "" : scripts_.front();
        if (!scripts_.empty()) {
            scripts_.erase(scripts_.begin());
        }
        CO_CHECK_OK(co_await peers_.back()->stream().write(first));
        co_return async::adopt_socket(loop_.executor(), std::move(pair.second));
    }
    /// A client whose connections have already received what a script says, one script each.
    std::unique_ptr<Client> client_of_scripts(std::vector<std::string> scripts,
                                              ClientOptions options = {}) {
        scripts_ = std::move(scripts);
        CustomEndpoint endpoint;
        endpoint.connect = [this] { return connect_to_script(); };
        return std::make_unique<Client>(loop_.executor(), endpoint, options);
    }
    Task<Result<std::string>> text_of(Client& client, ClientRequest request) {
        CO_TRY(auto response, co_await client.send(std::move(request)));
        CO_TRY(auto body, co_await response.body->read_all(1 << 20));
        co_return std::to_string(response.status) + " " + body;
    }
    static Task<> keep(Task<Result<std::string>> task, std::optional<Result<std::string>>& out) {
        Result<std::string> result = co_await std::move(task);
        out.emplace(std::move(result));
    }
    Result<std::string> fetch(Client& client, ClientRequest request) {
        auto task =
            async::with_deadline(text_of(client, std::move(request)), std::chrono::seconds(10));
        return async::run(loop_, std::move(task));
    }
    static ClientRequest get(std::string target) {
        ClientRequest request;
        request.target = std::move(target);
        return request;
    }

    int connections_ = 0;
    std::vector<std::unique_ptr<RawClient>> peers_;
    std::vector<std::string> scripts_;
};

}  // namespace wherry::http
