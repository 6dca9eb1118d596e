// The thread that owns the database: commits are queued, and all that wait are written together
// (group commit: one sync for many operations).
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "engine/store/database.hpp"

namespace wherry::store {

class Writer {
  public:
    explicit Writer(Database database);
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    /// Writes what is queued, then ends the thread.
    ~Writer();

    /// `done` runs on the writer's thread.
    void commit(Batch batch, Durability durability, std::function<void(Result<>)> done);
    /// Runs between commits, after those queued so far.
    void read(std::function<void(Database&)> job);

  private:
    struct Job {
        Batch batch;
        Durability durability = Durability::relaxed;
        std::function<void(Result<>)> done;
        std::function<void(Database&)> read;
    };

    void push(Job job);
    void run();
    void write(std::deque<Job>& jobs);

    Database database_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> jobs_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace wherry::store
