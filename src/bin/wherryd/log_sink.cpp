#include "bin/wherryd/log_sink.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/log.hpp"

namespace wherry::daemon {

namespace {

void write_line(log::Level level, std::string_view line) {
    const auto to = [&] {
        switch (level) {
            case log::Level::debug:
                return spdlog::level::debug;
            case log::Level::info:
                return spdlog::level::info;
            case log::Level::warn:
                return spdlog::level::warn;
            case log::Level::error:
                return spdlog::level::err;
        }
        return spdlog::level::err;
    }();
    spdlog::default_logger_raw()->log(to, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void start_logging(std::string_view level) {
    auto logger = spdlog::stderr_logger_mt("wherryd");
    logger->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
    logger->set_level(spdlog::level::trace);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
    log::set_sink(write_line);
    log::set_level(level == "debug"  ? log::Level::debug
                   : level == "info" ? log::Level::info
                   : level == "warn" ? log::Level::warn
                                     : log::Level::error);
}

}  // namespace wherry::daemon
