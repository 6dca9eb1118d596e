// Every generated operation with all its parameters, and the request that it must send.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "wherry/client.hpp"

namespace wherry::test {

struct RequestCase {
    std::string operation;
    std::string call;   ///< method and target
    std::string reply;  ///< that the call is content with
    std::function<bool(const Client& client)> run;
};

[[nodiscard]] std::vector<RequestCase> request_cases();

}  // namespace wherry::test
