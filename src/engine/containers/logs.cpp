#include "engine/containers/logs.hpp"

#include "base/text.hpp"
#include "codec/frame/frame.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/log_compress.hpp"
#include "engine/containers/log_growth.hpp"
#include "net/async/pool.hpp"
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
        if (reader.take_gap()) {
            format.append_gap(block.bytes);
        }
        if (!found) {
            block.ended = reader.ended();
            block.caught_up = !block.ended;
            break;
        }
        format.append(block.bytes, record);
    }
    return block;
}

logfile::ReadOptions read_options(const LogSource& source, const LogQuery& query) {
    logfile::ReadOptions options{.tail = query.tail,
                                 .since = query.since,
                                 .until = query.until,
                                 .max_file = source.max_file,
                                 .framing = source.framing};
    if (source.compressed) {
        options.open_compressed = open_compressed_log;
    }
    return options;
}

Task<Result<>> pump_log(Containers& containers, ContainerPtr container, const LogQuery& query,
                        const WriteBlock& write, Growth* growth) {
    CO_TRY(const LogSource source, log_source(container->record, containers.layout()));
    const auto open = [path = source.path, options = read_options(source, query)] {
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

Result<PastLogs> plan_past_logs(const Containers& containers, const Container& container,
                                LogQuery query) {
    TRY(auto source, log_source(container.record, containers.layout()));
    return PastLogs{
        .source = std::move(source), .query = query, .framed = !container.record.config.tty};
}

Result<> write_past_logs(const PastLogs& plan, http::BlockingWriter& out) {
    TRY(auto reader,
        logfile::Reader::open(plan.source.path, read_options(plan.source, plan.query)));
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
    CO_TRY(const LogSource source, log_source(container->record, containers.layout()));
    if (!query.follow || !container->state.running) {
        co_return co_await pump_log(containers, container, query, write, nullptr);
    }
    auto watch = os::watch_folder(source.path.substr(0, source.path.rfind('/')));
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
