// What every user of libarchive here needs: owners of its handles, its errors as ours, a fixed
// character type. Nothing outside this folder includes it.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "codec/archive/source.hpp"

namespace wherry::archive::detail {

struct FreeReader {
    void operator()(::archive* handle) const noexcept { archive_read_free(handle); }
};
struct FreeWriter {
    void operator()(::archive* handle) const noexcept { archive_write_free(handle); }
};
struct FreeEntry {
    void operator()(::archive_entry* entry) const noexcept { archive_entry_free(entry); }
};
using Reader = std::unique_ptr<::archive, FreeReader>;
using Writer = std::unique_ptr<::archive, FreeWriter>;
using EntryHandle = std::unique_ptr<::archive_entry, FreeEntry>;

/// libarchive converts names by the locale: with UTF-8 it composes characters (a name of "u" and a
/// combining diaeresis comes out as another name), with "C" it gives up and leaves the bytes alone.
/// Names are bytes here, so this gives the thread, and nobody else, the "C" character type for the
/// length of a scope, whatever the program around us has set.
class BytesScope {
  public:
    BytesScope() noexcept;
    BytesScope(const BytesScope&) = delete;
    BytesScope& operator=(const BytesScope&) = delete;
    BytesScope(BytesScope&&) = delete;
    BytesScope& operator=(BytesScope&&) = delete;
    ~BytesScope();

  private:
    locale_t before_;
};

/// libarchive's last error, as `invalid`.
[[nodiscard]] Error failure(::archive* handle, std::string_view what);

/// A ByteSource as libarchive's read callback; keeps the source's own error.
class Feed {
  public:
    explicit Feed(ByteSource& source);
    [[nodiscard]] int open(::archive* reader);
    /// The source's error where it has one, else libarchive's.
    [[nodiscard]] Error error(::archive* handle, std::string_view what) const;

  private:
    static la_ssize_t read(::archive* handle, void* self, const void** buffer);

    ByteSource& source_;
    std::vector<char> buffer_;
    std::optional<Error> error_;
};

}  // namespace wherry::archive::detail
