// How the image configuration is read and written. Names and omissions as Docker writes them.
#pragma once

#include "codec/json/json.hpp"
#include "engine/images/oci.hpp"

namespace wherry::images::oci {

template <class Io>
void fields(Io& io, Healthcheck& s) {
    io.field("Test", s.test, json::Empty::omit);
    io.field("Interval", s.interval, json::Empty::omit);
    io.field("Timeout", s.timeout, json::Empty::omit);
    io.field("StartPeriod", s.start_period, json::Empty::omit);
    io.field("StartInterval", s.start_interval, json::Empty::omit);
    io.field("Retries", s.retries, json::Empty::omit);
}

template <class Io>
void fields(Io& io, RunConfig& s) {
    io.field("User", s.user, json::Empty::omit);
    io.field("ExposedPorts", s.exposed_ports, json::Empty::omit);
    io.field("Env", s.env, json::Empty::omit);
    io.field("Entrypoint", s.entrypoint, json::Empty::omit);
    io.field("Cmd", s.cmd, json::Empty::omit);
    io.field("Healthcheck", s.healthcheck, json::Empty::omit);
    io.field("ArgsEscaped", s.args_escaped, json::Empty::omit);
    io.field("Volumes", s.volumes, json::Empty::omit);
    io.field("WorkingDir", s.working_dir, json::Empty::omit);
    io.field("Labels", s.labels, json::Empty::omit);
    io.field("StopSignal", s.stop_signal, json::Empty::omit);
    io.field("OnBuild", s.on_build, json::Empty::omit);
    io.field("Shell", s.shell, json::Empty::omit);
}

template <class Io>
void fields(Io& io, History& s) {
    io.field("created", s.created, json::Empty::omit);
    io.field("created_by", s.created_by, json::Empty::omit);
    io.field("author", s.author, json::Empty::omit);
    io.field("comment", s.comment, json::Empty::omit);
    io.field("empty_layer", s.empty_layer, json::Empty::omit);
}

template <class Io>
void fields(Io& io, RootFsDiffs& s) {
    io.field("type", s.type);
    io.field("diff_ids", s.diff_ids);
}

template <class Io>
void fields(Io& io, ImageConfig& s) {
    io.field("architecture", s.architecture);
    io.field("variant", s.variant, json::Empty::omit);
    io.field("os", s.os);
    io.field("os.version", s.os_version, json::Empty::omit);
    io.field("created", s.created, json::Empty::omit);
    io.field("author", s.author, json::Empty::omit);
    io.field("comment", s.comment, json::Empty::omit);
    io.field("docker_version", s.docker_version, json::Empty::omit);
    io.field("config", s.config);
    io.field("rootfs", s.rootfs);
    io.field("history", s.history, json::Empty::omit);
}

}  // namespace wherry::images::oci
