// Docker's JSON form of a profile (--security-opt seccomp=FILE).
#include "codec/json/json.hpp"
#include "engine/containers/seccomp_profile.hpp"

namespace wherry::containers {

namespace {

struct JsonRule {
    std::string name;  ///< the old form: one call
    SeccompRule rule;
    std::optional<std::int64_t> errno_ret;
};

struct JsonProfile {
    SeccompProfile profile;
    std::vector<JsonRule> rules;
    std::optional<std::int64_t> default_errno_ret;
};

}  // namespace

template <class Io>
static void fields(Io& io, SeccompArg& s) {
    io.field("index", s.index);
    io.field("value", s.value);
    io.field("valueTwo", s.value_two);
    io.field("op", s.op);
}

template <class Io>
static void fields(Io& io, SeccompCondition& s) {
    io.field("arches", s.arches);
    io.field("caps", s.caps);
    io.field("minKernel", s.min_kernel);
}

template <class Io>
static void fields(Io& io, SeccompArch& s) {
    io.field("architecture", s.architecture);
    io.field("subArchitectures", s.sub_architectures);
}

namespace {

template <class Io>
static void fields(Io& io, JsonRule& s) {
    io.field("name", s.name);
    io.field("names", s.rule.names);
    io.field("action", s.rule.action);
    io.field("args", s.rule.args);
    io.field("errnoRet", s.errno_ret);
    io.field("includes", s.rule.includes);
    io.field("excludes", s.rule.excludes);
}

template <class Io>
static void fields(Io& io, JsonProfile& s) {
    io.field("defaultAction", s.profile.default_action);
    io.field("defaultErrnoRet", s.default_errno_ret);
    io.field("architectures", s.profile.architectures);
    io.field("archMap", s.profile.arch_map);
    io.field("flags", s.profile.flags);
    io.field("syscalls", s.rules);
}

}  // namespace

Result<SeccompProfile> parse_seccomp_profile(std::string_view json) {
    auto parsed = json::decode<JsonProfile>(json);
    if (!parsed) {
        return fail(ErrorKind::internal, "Decoding seccomp profile failed: {}",
                    parsed.error().message());
    }
    SeccompProfile profile = std::move(parsed->profile);
    if (profile.default_action.empty()) {
        return Error(ErrorKind::invalid, "seccomp profile has no defaultAction");
    }
    profile.default_errno_ret = parsed->default_errno_ret.value_or(-1);
    for (JsonRule& one : parsed->rules) {
        if (!one.name.empty()) {
            one.rule.names.push_back(std::move(one.name));
        }
        one.rule.errno_ret = one.errno_ret.value_or(-1);
        profile.syscalls.push_back(std::move(one.rule));
    }
    return profile;
}

}  // namespace wherry::containers
