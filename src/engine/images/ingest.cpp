#include "engine/images/ingest.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "base/id.hpp"
#include "base/text.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"

namespace wherry::images {

Result<Ingest> Ingest::begin(const store::Layout& layout) {
    std::string path = text::format("{}/{}", layout.ingest(), random_hex(8));
    TRY(auto fd, os::open(path, O_WRONLY | O_CREAT | O_EXCL, 0600));
    return Ingest(std::move(path), std::move(fd));
}

Ingest::Ingest(Ingest&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      fd_(std::move(other.fd_)),
      sha_(std::move(other.sha_)),
      digest_(std::move(other.digest_)),
      size_(other.size_) {}

Ingest& Ingest::operator=(Ingest&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(fd_, other.fd_);
    std::swap(sha_, other.sha_);
    std::swap(digest_, other.digest_);
    std::swap(size_, other.size_);
    return *this;
}

Ingest::~Ingest() {
    if (!path_.empty()) {
        (void)os::remove_file(path_);
    }
}

Result<> Ingest::write(std::string_view bytes) {
    CHECK_OK(os::write_at(fd_.get(), size_, bytes));
    sha_.update(bytes);
    size_ += bytes.size();
    return {};
}

Result<> Ingest::restart() {
    CHECK_OK(os::set_size(fd_.get(), 0));
    sha_ = Sha256();
    size_ = 0;
    return {};
}

const std::string& Ingest::digest() {
    if (digest_.empty()) {
        digest_ = sha_.finish();
        fd_.reset();  // an archive may hold many files
    }
    return digest_;
}

Result<os::UniqueFd> Ingest::open() const {
    return os::open(path_, O_RDONLY);
}

Result<> Ingest::commit(const store::Layout& layout) {
    CHECK_OK(os::rename_entry(AT_FDCWD, path_, AT_FDCWD, layout.blob(digest())));
    path_.clear();
    return {};
}

}  // namespace wherry::images
