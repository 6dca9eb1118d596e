// Replies of a dockerd 28.5.2, decoded and encoded again: the same members with the same values,
// so that what an empty member writes is what the reference writes.
#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <map>

#include "api/generated/container.hpp"
#include "api/generated/distribution.hpp"
#include "api/generated/exec.hpp"
#include "api/generated/image.hpp"
#include "api/generated/network.hpp"
#include "api/generated/plugin.hpp"
#include "api/generated/system.hpp"
#include "api/generated/volume.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::api {
namespace {

template <class T>
std::string again(std::string_view text) {
    const auto value = json::decode<T>(text, {.keep_unknown = true});
    return value ? json::encode(*value) : value.error().message();
}

const std::map<std::string_view, std::function<std::string(std::string_view)>> types = {
    {"BuildPruneResponse", again<BuildPruneResponse>},
    {"ContainerCreateResponse", again<ContainerCreateResponse>},
    {"ContainerInspectResponse", again<ContainerInspectResponse>},
    {"ContainerPruneResponse", again<ContainerPruneResponse>},
    {"ContainerStatsResponse", again<ContainerStatsResponse>},
    {"ContainerSummary[]", again<List<ContainerSummary>>},
    {"ContainerTopResponse", again<ContainerTopResponse>},
    {"ContainerUpdateResponse", again<ContainerUpdateResponse>},
    {"ContainerWaitResponse", again<ContainerWaitResponse>},
    {"DistributionInspect", again<DistributionInspect>},
    {"EventMessage", again<EventMessage>},
    {"ExecInspectResponse", again<ExecInspectResponse>},
    {"FilesystemChange[]", again<List<FilesystemChange>>},
    {"IDResponse", again<IDResponse>},
    {"ImageDeleteResponseItem[]", again<List<ImageDeleteResponseItem>>},
    {"ImageHistoryResponseItem[]", again<List<ImageHistoryResponseItem>>},
    {"ImageInspect", again<ImageInspect>},
    {"ImagePruneResponse", again<ImagePruneResponse>},
    {"ImageSummary[]", again<List<ImageSummary>>},
    {"NetworkCreateResponse", again<NetworkCreateResponse>},
    {"NetworkInspect", again<NetworkInspect>},
    {"NetworkPruneResponse", again<NetworkPruneResponse>},
    {"NetworkSummary[]", again<List<NetworkSummary>>},
    {"Plugin[]", again<List<Plugin>>},
    {"SystemDataUsageResponse", again<SystemDataUsageResponse>},
    {"SystemInfo", again<SystemInfo>},
    {"SystemVersion", again<SystemVersion>},
    {"Volume", again<Volume>},
    {"VolumeListResponse", again<VolumeListResponse>},
    {"VolumePruneResponse", again<VolumePruneResponse>},
};

/// Where two documents differ, as paths: the order of members does not count.
void compare(const json::Value& wanted, const json::Value& got, const std::string& path,
             std::vector<std::string>& out) {
    if (wanted.is_object() && got.is_object()) {
        for (const auto& [name, value] : wanted.as_object()) {
            if (const auto* other = got.find(name)) {
                compare(value, *other, path + "." + name, out);
            } else {
                out.push_back(path + "." + name + " is missing, was " + value.dump());
            }
        }
        for (const auto& [name, value] : got.as_object()) {
            if (wanted.find(name) == nullptr) {
                out.push_back(path + "." + name + " is new: " + value.dump());
            }
        }
    } else if (wanted.is_array() && got.is_array() &&
               wanted.as_array().size() == got.as_array().size()) {
        for (std::size_t index = 0; index < wanted.as_array().size(); ++index) {
            compare(wanted.as_array()[index], got.as_array()[index], path + "[]", out);
        }
    } else if (wanted != got) {
        out.push_back(path + " is " + got.dump() + ", was " + wanted.dump());
    }
}

TEST(Recordings, are_written_as_they_were_read) {
    std::ifstream file(WHERRY_RECORDINGS);
    ASSERT_TRUE(file) << WHERRY_RECORDINGS;
    std::map<std::string, int> differences;
    int count = 0;
    for (std::string line; std::getline(file, line); ++count) {
        const auto type = text::cut(line, " ");
        const auto version = text::cut(type->second, " ");
        const auto wanted = json::Value::parse(version->second);
        ASSERT_TRUE(wanted.ok()) << line.substr(0, 60);
        ASSERT_TRUE(types.contains(type->first)) << type->first;
        const std::string text = types.at(type->first)(version->second);
        const auto got = json::Value::parse(text);
        ASSERT_TRUE(got.ok()) << type->first << ": " << text;
        EXPECT_EQ(types.at(type->first)(text), text);  // a member that is there twice shows here
        // Older paths are other edges' work: they add to and take from the newest form.
        if (version->first == "1.24") {
            continue;
        }
        std::vector<std::string> found;
        if (wanted->is_null()) {
            continue;  // a null at the root is the handler's to write
        }
        compare(*wanted, *got, std::string(type->first), found);
        for (const auto& one : found) {
            ++differences[one];
        }
    }
    for (const auto& [text, times] : differences) {
        ADD_FAILURE() << text;
    }
    EXPECT_GE(count, 70);
}

TEST(Recordings, damaged_ones_are_refused_or_understood) {
    std::ifstream file(WHERRY_RECORDINGS);
    std::uint32_t random = 1;
    const auto next = [&](std::size_t below) {
        random = random * 1664525U + 1013904223U;
        return (random >> 8U) % below;
    };
    constexpr std::string_view bytes = "{}[]\",:0\\\xff-e.nx ";
    int understood = 0;
    for (std::string line; std::getline(file, line);) {
        const auto type = text::cut(line, " ");
        const auto& again_as = types.at(type->first);
        const std::string whole(text::cut(type->second, " ")->second);
        for (int round = 0; round < 10; ++round) {
            std::string damaged = whole.substr(0, round == 0 ? next(whole.size()) : whole.size());
            for (int hits = 0; hits < 3 && !damaged.empty(); ++hits) {
                damaged[next(damaged.size())] = bytes[next(bytes.size())];
            }
            const std::string once = again_as(damaged);
            if (const auto value = json::Value::parse(once); value && !value->is_null()) {
                std::vector<std::string> found;
                compare(*value, *json::Value::parse(again_as(once)), "", found);
                EXPECT_EQ(text::join(found, "\n"), "") << type->first;
                ++understood;
            }
        }
    }
    EXPECT_GT(understood, 50);
}

}  // namespace
}  // namespace wherry::api
