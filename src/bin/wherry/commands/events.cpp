#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/format.hpp"
#include "bin/wherry/words.hpp"
#include "codec/json/json.hpp"

namespace wherry::command {

namespace {

constexpr int bad_format = 64;

std::string line_of(const api::EventMessage& event) {
    std::string line;
    const std::int64_t second = 1'000'000'000;
    const std::int64_t time = event.time_nano != 0 ? event.time_nano : event.time * second;
    if (time != 0) {
        line = local_time(time) + " ";
    }
    line += text::format("{} {} {}", event.type, event.action, event.actor.id);
    std::vector<std::string> attributes;
    for (const auto& [name, value] : event.actor.attributes) {
        attributes.push_back(name + "=" + value);
    }
    if (!attributes.empty()) {
        line += " (" + text::join(attributes, ", ") + ")";
    }
    return line;
}

Result<std::string> formatted(const api::EventMessage& event, const Format& format) {
    TRY(const auto object, json::Value::parse(json::encode(event)));
    return format.apply(object);
}

Result<> set_time(std::string& option, const std::string& given, Time now) {
    if (!given.empty()) {
        TRY(option, time_text(given, now));
    }
    return {};
}

int show(Stream<api::EventMessage> stream, const Format* format) {
    while (true) {
        const auto event = stream.next();
        if (!event) {
            return report(event.error());
        }
        if (!event->has_value()) {
            return 0;
        }
        if (format == nullptr) {
            print(line_of(**event) + "\n");
            continue;
        }
        const auto line = formatted(**event, *format);
        if (!line) {
            return report(line.error());
        }
        print(*line + "\n");
    }
}

}  // namespace

int events(const Context& context) {
    Flags flags;
    std::string since;
    std::string until;
    std::string wanted;
    SystemEventsOptions options;
    flags.value("since", 0, since);
    flags.value("until", 0, until);
    flags.value("format", 0, wanted);
    flags.filters("filter", 'f', options.filters);
    const auto parsed = parse(context, flags, {.least = 0, .most = 0});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    const auto format = Format::parse(wanted);
    if (!format) {
        print_error("Error parsing format: " + format.error().message() + "\n");
        return bad_format;
    }
    const Time now = wherry::now();
    for (const auto& set :
         {set_time(options.since, since, now), set_time(options.until, until, now)}) {
        if (!set) {
            return report(set.error());
        }
    }
    auto stream = context.connect().events(options);
    if (!stream) {
        return report(stream.error());
    }
    return show(std::move(*stream), wanted.empty() ? nullptr : &*format);
}

}  // namespace wherry::command
