// The files of an image archive, taken apart as it streams by. Blocks; for pool threads.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/archive/source.hpp"
#include "engine/images/ingest.hpp"
#include "engine/store/layout.hpp"

namespace wherry::images {

class ImageArchive {
  public:
    /// Every file becomes an ingest file: which of them are layers is known at the end only.
    [[nodiscard]] static Result<ImageArchive> read(archive::ByteSource& source,
                                                   const store::Layout& layout);

    /// By its path, through links of the archive; null where there is none.
    [[nodiscard]] std::shared_ptr<Ingest> find(std::string_view path) const;
    /// A small file as a text.
    [[nodiscard]] Result<std::string> text(std::string_view path) const;
    [[nodiscard]] bool has(std::string_view path) const { return find(path) != nullptr; }

  private:
    std::map<std::string, std::shared_ptr<Ingest>, std::less<>> files_;  // shared with pool jobs
    std::map<std::string, std::string, std::less<>> links_;
};

}  // namespace wherry::images
