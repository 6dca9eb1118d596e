#include "engine/containers/exec.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::containers {

namespace {

constexpr int newest_schema = 1;

struct StoredExec {
    int schema = newest_schema;
    ExecRecord record;
};

template <class Io>
void fields(Io& io, StoredExec& stored) {
    ExecRecord& record = stored.record;
    io.field("Schema", stored.schema);
    io.field("ID", record.id);
    io.field("ContainerID", record.container_id);
    io.field("Config", record.config);
    io.field("Begun", record.begun);
    io.field("ExitCode", record.exit_code, json::Empty::omit);
    auto ended_at = record.ended_at.time_since_epoch().count();
    io.field("EndedAt", ended_at);
    record.ended_at = Time(std::chrono::nanoseconds(ended_at));
}

std::string_view name_of(std::string_view entry) {
    return entry.substr(0, entry.find('='));
}

}  // namespace

std::string encode_exec(const ExecRecord& record) {
    StoredExec stored;
    stored.record = record;
    return json::encode(stored);
}

Result<ExecRecord> decode_exec(std::string_view json) {
    TRY(auto stored, json::decode<StoredExec>(json));
    if (stored.schema > newest_schema) {
        return fail(ErrorKind::internal, "exec record of schema {} is from a newer engine",
                    stored.schema);
    }
    return std::move(stored.record);
}

api::ExecInspectResponse exec_view(const Exec& exec) {
    const api::ExecCreateRequest& config = exec.record.config;
    api::ExecInspectResponse view;
    view.id = exec.id();
    if (!config.detach_keys.empty()) {
        view.detach_keys = base64(exec.detach_keys);
    }
    view.running = exec.running();
    view.exit_code = exec.record.exit_code;
    view.process_config.tty = config.tty;
    view.process_config.privileged = config.privileged;
    view.process_config.user = config.user;
    view.process_config.entrypoint = config.cmd.front();
    view.process_config.arguments.assign(config.cmd.begin() + 1, config.cmd.end());
    view.open_stdin = config.attach_stdin;
    view.open_stdout = config.attach_stdout;
    view.open_stderr = config.attach_stderr;
    view.container_id = exec.record.container_id;
    view.pid = exec.pid;
    return view;
}

std::string exec_action(std::string_view verb, const api::ExecCreateRequest& config) {
    std::string action = text::format("exec_{}:", verb);
    for (const std::string& word : config.cmd) {
        action.append(" ").append(word);
    }
    if (config.cmd.size() == 1) {
        action.append(" ");  // as the reference, which joins no arguments
    }
    return action;
}

api::List<std::string> exec_environment(const api::List<std::string>& container,
                                        const api::List<std::string>& own) {
    api::List<std::string> out = container;
    for (const std::string& entry : own) {
        const auto same = std::ranges::find_if(
            out, [&](const std::string& existing) { return name_of(existing) == name_of(entry); });
        const bool removes = entry.find('=') == std::string::npos;
        if (removes && same != out.end()) {
            out.erase(same);
        } else if (!removes && same != out.end()) {
            *same = entry;
        } else if (!removes) {
            out.push_back(entry);
        }
    }
    return out;
}

}  // namespace wherry::containers
