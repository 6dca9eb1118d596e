#include "engine/containers/logs.hpp"

#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/containers.hpp"

namespace wherry::server {

namespace {

/// "", or seconds since 1970; the reference does not type its error.
Result<std::optional<Time>> time_of(const Call& call, std::string_view name) {
    const std::string_view text = call.query().get(name);
    if (text.empty() || text == "0") {
        return std::optional<Time>();
    }
    const auto time = parse_unix_time(text);
    if (!time) {
        return fail(ErrorKind::internal,
                    "invalid value for \"{}\": strconv.ParseInt: parsing \"{}\": invalid syntax",
                    name, text);
    }
    return time;
}

constexpr api::ApiVersion json_since(1, 54);

/// The type of JSON that is asked for, "" for none: by `Accept`, or by `format`.
Result<std::string> json_type(const Call& call) {
    if (call.version < json_since) {
        return std::string();
    }
    const std::string_view format = call.query().get("format");
    if (!format.empty() && format != "json") {
        return fail(ErrorKind::invalid, "unsupported log format: \"{}\"", format);
    }
    const std::string_view accept = call.request.headers.get("Accept");
    if (accept == "application/jsonl" || accept == "application/x-ndjson" ||
        accept == "application/json-seq") {
        return std::string(accept);
    }
    return std::string(format.empty() ? "" : "application/jsonl");
}

Result<containers::LogQuery> log_query(const Call& call) {
    containers::LogQuery query;
    query.standard_output = call.query().flag("stdout");
    query.standard_error = call.query().flag("stderr");
    if (!query.standard_output && !query.standard_error) {
        return Error(ErrorKind::invalid, "Bad parameters: you must choose at least one stream");
    }
    query.follow = call.query().flag("follow");
    query.timestamps = call.query().flag("timestamps");
    query.details = call.query().flag("details");
    const auto tail = text::parse_int(call.query().get("tail"));
    if (tail && *tail >= 0) {
        query.tail = static_cast<std::uint64_t>(*tail);
    }
    TRY(query.since, time_of(call, "since"));
    TRY(query.until, time_of(call, "until"));
    return query;
}

/// What the reply's body needs; shared, since the body's function may be copied.
struct LogReply {
    containers::Containers& containers;
    containers::ContainerPtr container;
    containers::LogQuery query;
};

std::string failure_text(const Error& error) {
    return text::format("Error grabbing logs: {}", error.message());
}

Task<Result<>> write_body(std::shared_ptr<LogReply> reply, http::BodyWriter& out) {
    containers::WriteBlock write = [&out](std::string_view bytes) { return out.write(bytes); };
    Result<> written = co_await containers::write_logs(reply->containers, reply->container,
                                                       reply->query, std::move(write));
    if (!written && written.error().kind() != ErrorKind::cancelled) {
        std::string complaint;
        const containers::LogFormatter format(reply->query, !reply->container->record.config.tty);
        format.append_failure(complaint, failure_text(written.error()));
        if (!complaint.empty()) {
            co_return co_await out.write(complaint);
        }
    }
    co_return written;
}

/// What was logged so far, by a thread of its own.
Result<> write_past(const containers::PastLogs& plan, http::BlockingWriter& out) {
    Result<> written = containers::write_past_logs(plan, out);
    if (!written && written.error().kind() != ErrorKind::cancelled) {
        std::string complaint;
        const containers::LogFormatter format(plan.query, plan.framed);
        format.append_failure(complaint, failure_text(written.error()));
        if (!complaint.empty()) {
            return out.write(complaint);
        }
    }
    return written;
}

}  // namespace

Task<Result<http::Response>> container_logs(Call& call) {
    containers::Containers& containers = call.engine.containers();
    CO_TRY(auto container, containers.get(call.param(0)));
    CO_TRY(auto query, log_query(call));
    CO_TRY(std::string type, json_type(call));
    if (!type.empty()) {
        query.form = type == "application/json-seq" ? containers::LogForm::json_sequence
                                                    : containers::LogForm::json_lines;
    } else {
        type = stream_content_type(container->record.config.tty, call.version);
    }
    if (query.follow) {
        CO_CHECK_OK(co_await container->restored.wait());
    } else {
        CO_CHECK_OK(co_await containers.settled(container));
    }
    CO_CHECK_OK(containers::check_allowed(containers::Operation::logs, container->status(),
                                          container->named(call.param(0))));
    CO_TRY(auto past, containers::plan_past_logs(containers, *container, query));
    if (!query.follow || !container->state.running) {
        auto write = [plan = std::move(past)](http::BlockingWriter& out) {
            return write_past(plan, out);
        };
        co_return stream_reply(std::move(type),
                               http::blocking_body(containers.bulk_pool(), std::move(write)));
    }
    const auto reply =
        std::make_shared<LogReply>(LogReply{containers, std::move(container), query});
    co_return stream_reply(std::move(type),
                           [reply](http::BodyWriter& out) { return write_body(reply, out); });
}

}  // namespace wherry::server
