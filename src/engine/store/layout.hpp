// The on-disk tree of an engine, drawn where its paths are made. Nobody else joins state paths.
//
//   DATA ROOT (/var/lib/wherry)          durable
//   ├── lock                             flock: one engine a folder
//   ├── state.db                         SQLite (WAL): every record and event
//   ├── images/                          an OCI image layout: oci-layout, index.json
//   │   ├── blobs/sha256/HEX             indexes, manifests, configs, compressed layers
//   │   └── ingest/                      blobs that are still arriving
//   ├── layers/NAME/diff                 an unpacked layer; NAME is short (overlay options are few)
//   ├── layers/NAME/entries              what was unpacked, for `verify`
//   ├── init/                            the layer below every image
//   ├── containers/ID/                   hostname, hosts, resolv.conf, ID-json.log
//   │   └── rw/{upper,work,view}         the container's own layer
//   ├── volumes/NAME/_data
//   └── trash/, trash.work/              renamed here by a removal, emptied in the background
//
//   EXEC ROOT (/run/wherry)              gone after a reboot
//   ├── c/SHORT/                         a run of a container: config.json, rootfs/ (mount point),
//                                        control (the monitor's socket), exit (the exit record),
//                                        pid
//   ├── c/runtime/ID/                    what the OCI runtime keeps of a container that runs
//   └── c/trash/, c/trash.work/          folders of runs that have ended
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::store {

class Layout {
  public:
    Layout(std::string data_root, std::string exec_root)
        : data_root_(std::move(data_root)), exec_root_(std::move(exec_root)) {}

    [[nodiscard]] const std::string& data_root() const noexcept { return data_root_; }
    [[nodiscard]] const std::string& exec_root() const noexcept { return exec_root_; }
    [[nodiscard]] std::string lock_file() const { return data_root_ + "/lock"; }
    [[nodiscard]] std::string database() const { return data_root_ + "/state.db"; }

    [[nodiscard]] std::string images() const { return data_root_ + "/images"; }
    [[nodiscard]] std::string blobs() const { return images() + "/blobs/sha256"; }
    /// `digest` is "sha256:HEX" or HEX.
    [[nodiscard]] std::string blob(std::string_view digest) const;
    [[nodiscard]] std::string ingest() const { return images() + "/ingest"; }

    [[nodiscard]] std::string layers() const { return data_root_ + "/layers"; }
    [[nodiscard]] std::string layer(std::string_view name) const;

    [[nodiscard]] std::string init_layer() const { return data_root_ + "/init"; }
    [[nodiscard]] std::string containers() const { return data_root_ + "/containers"; }
    [[nodiscard]] std::string container(std::string_view id) const;
    [[nodiscard]] std::string container_log(std::string_view id) const;
    [[nodiscard]] std::string container_upper(std::string_view id) const;
    [[nodiscard]] std::string container_work(std::string_view id) const;
    /// The work folder of overlays that the engine itself mounts over the same layer.
    [[nodiscard]] std::string container_view_work(std::string_view id) const;

    [[nodiscard]] std::string volumes() const { return data_root_ + "/volumes"; }
    [[nodiscard]] std::string volume(std::string_view name) const;
    [[nodiscard]] std::string volume_data(std::string_view name) const;
    [[nodiscard]] std::string trash() const { return data_root_ + "/trash"; }

    /// The folder of a container's run; short, since a unix socket's path holds 107 bytes.
    [[nodiscard]] std::string run(std::string_view container_id) const;
    [[nodiscard]] std::string runs() const { return exec_root_ + "/c"; }
    /// Where the OCI runtime keeps its state: on the mount of the runs, so that a run's is renamed
    /// into its folder at the end.
    [[nodiscard]] std::string runtime_root() const { return runs() + "/runtime"; }
    /// The trash of runs: renamed to within their own file system.
    [[nodiscard]] std::string runs_trash() const { return runs() + "/trash"; }

    /// Makes the folders that are missing, private to root (0700 and 0711 as containers need).
    [[nodiscard]] Result<> create() const;

  private:
    std::string data_root_;
    std::string exec_root_;
};

}  // namespace wherry::store
