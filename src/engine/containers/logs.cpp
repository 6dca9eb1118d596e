#include "engine/containers/logs.hpp"

#include "base/text.hpp"
#include "codec/frame/frame.hpp"
#include "engine/containers/containers.hpp"
#include "net/async/pool.hpp"
#include "net/async/socket.hpp"
#include "os/watch.hpp"

namespace wherry::containers {

namespace {

constexpr std::size_t block_bytes = 256 << 10;

struct Block {
    std::string bytes;
    bool caught_up = false;  ///< nothing more now
    bool ended = false;      ///< nothing more ever
};

/// Records until the block is full or there are none for now. Blocks.
Result<Block> read_block(logfile::Reader& reader, const LogFormatter& format) {
    Block block;
    logfile::Record record;
    while (block.bytes.size() < block_bytes) {
        TRY(const bool found, reader.next(record));
        if (!found) {
            block.ended = reader.ended();
            block.caught_up = !block.ended;
            break;
        }
        format.append(block.bytes, record);
    }
    return block;
}

unsigned max_file_of(const Container& container) {
    const auto& options = container.record.host.log_config.config;
    const auto at = options.find("max-file");
    return at == options.end() ? 1 : text::parse_int<unsigned>(at->second).value_or(1);
}

/// Waits until the log has grown or the container's state has changed.
class Growth {
  public:
    Growth(const async::Executor& executor, Container& container, os::UniqueFd watch)
        : watch_(std::move(watch)), group_(executor) {
        if (watch_) {
            group_.spawn(watch_file());
        }
        group_.spawn(watch_container(container));
    }
    Task<Result<>> wait() {
        Result<> woken = co_await happened_.wait();
        happened_.reset();
        co_return woken;
    }
    Task<> close() {
        group_.cancel();
        co_await group_.join();
    }

  private:
    Task<> watch_file() {
        while (true) {
            const Result<> readable = co_await async::wait_readable(watch_.get());
            if (!readable) {
                co_return;
            }
            os::drain_watch(watch_.get());
            happened_.set();
        }
    }
    Task<> watch_container(Container& container) {
        while (true) {
            const Result<> changed = co_await container.changed.wait();
            if (!changed) {
                co_return;
            }
            happened_.set();
        }
    }

    os::UniqueFd watch_;
    async::Event happened_;
    async::TaskGroup group_;
};

Task<Result<>> pump_log(Containers& containers, ContainerPtr container, const LogQuery& query,
                        const WriteBlock& write, Growth* growth) {
    logfile::ReadOptions options{.tail = query.tail,
                                 .since = query.since,
                                 .until = query.until,
                                 .max_file = max_file_of(*container)};
    const auto open = [path = containers.log_path(*container), options = std::move(options)] {
        auto made = logfile::Reader::open(path, options);
        return made ? Result<std::unique_ptr<logfile::Reader>>(
                          std::make_unique<logfile::Reader>(std::move(*made)))
                    : Result<std::unique_ptr<logfile::Reader>>(std::move(made).error());
    };
    CO_TRY(const auto reader, co_await async::blocking(containers.log_pool(), open));
    const LogFormatter format(query, !container->record.config.tty && !query.raw);
    const auto read = [&reader, &format] { return read_block(*reader, format); };
    while (true) {
        // Asked first: what is written before the end is seen is read after it.
        const bool over = !container->state.running || container->removed;
        CO_TRY(const Block block, co_await async::blocking(containers.log_pool(), read));
        if (!block.bytes.empty()) {
            CO_CHECK_OK(co_await write(block.bytes));
        }
        if (block.ended || (block.caught_up && (growth == nullptr || over))) {
            co_return Result<>();
        }
        if (block.caught_up) {
            CO_CHECK_OK(co_await growth->wait());
        }
    }
}

}  // namespace

Result<> check_log_readable(const Container& container) {
    const std::string& driver = container.record.host.log_config.type;
    if (driver == "none") {
        return Error(ErrorKind::unsupported, "configured logging driver does not support reading");
    }
    return {};
}

PastLogs plan_past_logs(const Containers& containers, const Container& container, LogQuery query) {
    return {.path = containers.log_path(container),
            .query = query,
            .framed = !container.record.config.tty,
            .max_file = max_file_of(container)};
}

Result<> write_past_logs(const PastLogs& plan, http::BlockingWriter& out) {
    TRY(auto reader, logfile::Reader::open(plan.path, {.tail = plan.query.tail,
                                                       .since = plan.query.since,
                                                       .until = plan.query.until,
                                                       .max_file = plan.max_file}));
    const LogFormatter format(plan.query, plan.framed);
    while (true) {
        TRY(const Block block, read_block(reader, format));
        if (!block.bytes.empty()) {
            CHECK_OK(out.write(block.bytes));
        }
        if (block.ended || block.caught_up) {
            return {};
        }
    }
}

Task<Result<>> write_logs(Containers& containers, ContainerPtr container, LogQuery query,
                          WriteBlock write) {
    CO_CHECK_OK(check_log_readable(*container));
    if (!query.follow || !container->state.running) {
        co_return co_await pump_log(containers, container, query, write, nullptr);
    }
    auto watch = os::watch_folder(containers.log_folder(*container));
    Growth growth(containers.executor(), *container, watch ? std::move(*watch) : os::UniqueFd());
    Result<> pumped = co_await pump_log(containers, container, query, write, &growth);
    co_await growth.close();
    co_return pumped;
}

Task<Result<>> replay_logs(Containers& containers, ContainerPtr container, LogQuery query,
                           async::Stream& stream) {
    query.follow = false;
    WriteBlock write = [&stream](std::string_view bytes) { return stream.write(bytes); };
    co_return co_await write_logs(containers, std::move(container), query, std::move(write));
}

}  // namespace wherry::containers
