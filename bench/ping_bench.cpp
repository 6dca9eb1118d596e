// What a small request costs: our server against one that answers fixed bytes without parsing.
// Usage: ping_bench [seconds]. One server thread, one load thread, a unix socket.
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "net/async/loop.hpp"
#include "net/http/server.hpp"
#include "os/socket.hpp"

namespace {

using wherry::Task;
using wherry::os::UniqueFd;
using Clock = std::chrono::steady_clock;

constexpr std::string_view request =
    "GET /_ping HTTP/1.1\r\nHost: docker\r\nUser-Agent: bench/1.0\r\n\r\n";

Task<wherry::http::Response> ping(wherry::http::Request& /*request*/) {
    wherry::http::Response response;
    response.headers.add("Api-Version", "1.55");
    response.headers.add("Builder-Version", "1");
    response.headers.add("Cache-Control", "no-cache, no-store, must-revalidate");
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.headers.add("Docker-Experimental", "false");
    response.headers.add("Ostype", "linux");
    response.headers.add("Pragma", "no-cache");
    response.headers.add("Server", "Docker/29.7.0 (linux)");
    response.headers.add("Swarm", "inactive");
    response.body = "OK";
    co_return response;
}

/// Runs a server on its own thread; `cpu` is that thread's clock.
struct ServerThread {
    std::function<void()> stop;
    std::thread thread;
    clockid_t cpu{};

    ~ServerThread() {
        stop();
        thread.join();
    }
    [[nodiscard]] double cpu_us() const {
        timespec time{};
        ::clock_gettime(cpu, &time);
        return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
    }
};

void run_wherry(std::vector<UniqueFd> ends, std::promise<wherry::async::Loop*>& started) {
    wherry::async::Loop loop;
    wherry::http::Server server(loop.executor(), ping);
    for (auto& end : ends) {
        server.serve(std::move(end));
    }
    started.set_value(&loop);
    loop.run();
    wherry::async::run(loop, server.shutdown(std::chrono::seconds(0)));
}

void run_raw(const std::vector<UniqueFd>& ends) {
    constexpr std::string_view reply =
        "HTTP/1.1 200 OK\r\nApi-Version: 1.55\r\nBuilder-Version: 1\r\n"
        "Cache-Control: no-cache, no-store, must-revalidate\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nDocker-Experimental: false\r\n"
        "Ostype: linux\r\nPragma: no-cache\r\nServer: Docker/29.7.0 (linux)\r\nSwarm: inactive\r\n"
        "Date: Tue, 24 Nov 2026 10:00:00 GMT\r\nContent-Length: 2\r\n\r\nOK";
    const UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    std::size_t open = ends.size();
    for (const auto& end : ends) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = end.get();
        ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, end.get(), &event);
    }
    std::array<epoll_event, 64> events{};
    std::array<char, 4096> buffer{};
    while (open > 0) {
        const int count = ::epoll_wait(epoll.get(), events.data(), events.size(), -1);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            if (::recv(fd, buffer.data(), buffer.size(), 0) > 0) {
                (void)::send(fd, reply.data(), reply.size(), MSG_NOSIGNAL);
            } else {
                ::epoll_ctl(epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
                --open;
            }
        }
    }
}

struct Figures {
    double p50_us = 0;
    double p99_us = 0;
    double per_second = 0;
    double cpu_us = 0;
};

/// Keeps one request in flight on each connection.
Figures load(std::vector<UniqueFd>& clients, const ServerThread& server, double seconds) {
    const UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    std::vector<Clock::time_point> sent(clients.size());
    std::vector<float> latencies;
    std::array<char, 4096> buffer{};
    const auto send = [&](std::size_t i) {
        sent[i] = Clock::now();
        (void)::send(clients[i].get(), request.data(), request.size(), MSG_NOSIGNAL);
    };
    for (std::size_t i = 0; i < clients.size(); ++i) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = i;
        ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, clients[i].get(), &event);
        send(i);
    }
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(seconds);
    const double cpu_before = server.cpu_us();
    auto now = begin;
    std::array<epoll_event, 64> events{};
    while (now < end) {
        const int count = ::epoll_wait(epoll.get(), events.data(), events.size(), 1000);
        for (int e = 0; e < count; ++e) {
            const auto i = events[static_cast<std::size_t>(e)].data.u64;
            if (::recv(clients[i].get(), buffer.data(), buffer.size(), 0) <= 0) {
                std::abort();
            }
            now = Clock::now();
            latencies.push_back(std::chrono::duration<float, std::micro>(now - sent[i]).count());
            send(i);
        }
    }
    Figures figures;
    figures.cpu_us = (server.cpu_us() - cpu_before) / static_cast<double>(latencies.size());
    figures.per_second = static_cast<double>(latencies.size()) / seconds;
    std::ranges::sort(latencies);
    figures.p50_us = static_cast<double>(latencies[latencies.size() / 2]);
    figures.p99_us = static_cast<double>(latencies[latencies.size() * 99 / 100]);
    return figures;
}

void measure(bool raw, std::size_t connections, double seconds) {
    std::vector<UniqueFd> clients;
    std::vector<UniqueFd> ends;
    for (std::size_t i = 0; i < connections; ++i) {
        auto pair = wherry::os::socket_pair();
        clients.push_back(std::move(pair->first));
        ends.push_back(std::move(pair->second));
    }
    std::promise<wherry::async::Loop*> started;
    Figures figures;
    {
        ServerThread server;
        if (raw) {
            server.thread = std::thread([&] { run_raw(ends); });
            server.stop = [&] { clients.clear(); };
        } else {
            server.thread = std::thread([&] { run_wherry(std::move(ends), started); });
            server.stop = [loop = started.get_future().get()] { loop->stop(); };
        }
        ::pthread_getcpuclockid(server.thread.native_handle(), &server.cpu);
        figures = load(clients, server, seconds);
    }
    std::printf(
        "%-8s %4zu connections: p50 %6.1f us, p99 %6.1f us, %7.0f /s, server %5.2f us CPU each\n",
        raw ? "raw" : "wherry", connections, figures.p50_us, figures.p99_us, figures.per_second,
        figures.cpu_us);
}

/// Resident pages of this process, in KB.
double resident_kb() {
    std::FILE* const file = std::fopen("/proc/self/statm", "re");
    long whole = 0;
    long resident = 0;
    if (file == nullptr || std::fscanf(file, "%ld %ld", &whole, &resident) != 2) {
        std::abort();
    }
    std::fclose(file);
    return static_cast<double>(resident * ::sysconf(_SC_PAGESIZE)) / 1024;
}

/// What connections cost that have asked once and are kept.
void measure_idle(std::size_t connections) {
    wherry::async::Loop loop;
    wherry::http::Server server(loop.executor(), ping);
    std::vector<UniqueFd> clients;
    std::array<char, 4096> buffer{};
    const double before = resident_kb();
    for (std::size_t i = 0; i < connections; ++i) {
        auto pair = wherry::os::socket_pair();
        clients.push_back(std::move(pair->first));
        server.serve(std::move(pair->second));
        (void)::send(clients.back().get(), request.data(), request.size(), MSG_NOSIGNAL);
        loop.poll();
        if (::recv(clients.back().get(), buffer.data(), buffer.size(), 0) <= 0) {
            std::abort();
        }
    }
    std::printf("%zu idle connections: %.1f KB each\n", connections,
                (resident_kb() - before) / static_cast<double>(connections));
    wherry::async::run(loop, server.shutdown(std::chrono::seconds(0)));
}

}  // namespace

int main(int count, char** arguments) {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 2.0;
    for (const std::size_t connections : {std::size_t{1}, std::size_t{32}}) {
        measure(true, connections, seconds);
        measure(false, connections, seconds);
    }
    measure_idle(1000);
    return 0;
}
