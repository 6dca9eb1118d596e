#include "engine/store/writer.hpp"

#include <pthread.h>
#include <csignal>

namespace wherry::store {

Writer::Writer(Database database) : database_(std::move(database)), thread_([this] { run(); }) {}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::push(Job job) {
    {
        const std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
}

void Writer::commit(Batch batch, Durability durability, std::function<void(Result<>)> done) {
    push({std::move(batch), durability, std::move(done), nullptr});
}

void Writer::read(std::function<void(Database&)> job) {
    push({{}, Durability::relaxed, nullptr, std::move(job)});
}

void Writer::run() {
    // Signals belong to the thread that the program chose for them.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) {
            return;
        }
        std::deque<Job> jobs = std::move(jobs_);
        jobs_.clear();
        lock.unlock();
        while (!jobs.empty()) {
            if (jobs.front().read) {
                jobs.front().read(database_);
                jobs.pop_front();
            } else {
                write(jobs);
            }
        }
        lock.lock();
    }
}

/// Takes the commits up to the next read job and writes them in one transaction.
void Writer::write(std::deque<Job>& jobs) {
    std::vector<Job> group;
    std::vector<Batch*> batches;
    Durability durability = Durability::relaxed;
    while (!jobs.empty() && !jobs.front().read) {
        group.push_back(std::move(jobs.front()));
        jobs.pop_front();
    }
    for (Job& job : group) {
        batches.push_back(&job.batch);
        if (job.durability == Durability::synced) {
            durability = Durability::synced;
        }
    }
    const Result<> written = database_.apply(batches, durability);
    for (const Job& job : group) {
        job.done(written);
    }
    database_.tidy();
}

}  // namespace wherry::store
