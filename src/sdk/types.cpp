#include "wherry/types.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <memory>

#include "codec/json/value.hpp"
#include "os/file.hpp"

namespace wherry {

namespace {

std::string base64_url(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       reinterpret_cast<const unsigned char*>(bytes.data()),
                                       static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    for (char& c : out) {
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return out;
}

/// Reads a file that is opened at the first piece.
class FileSource {
  public:
    explicit FileSource(std::string path) : path_(std::move(path)) {}
    Result<std::size_t> read(std::span<char> buffer) {
        if (!file_) {
            TRY(auto opened, os::open(path_, O_RDONLY));
            file_ = std::make_unique<os::UniqueFd>(std::move(opened));
        }
        while (true) {
            const ssize_t count = ::read(file_->get(), buffer.data(), buffer.size());
            if (count >= 0) {
                return static_cast<std::size_t>(count);
            }
            if (errno != EINTR) {
                return os_failure("read", path_, errno);
            }
        }
    }

  private:
    std::string path_;
    std::unique_ptr<os::UniqueFd> file_;
};

}  // namespace

std::string Filters::encode() const {
    json::Value filters{json::Object()};
    for (const auto& [name, values] : values_) {
        json::Value wanted{json::Object()};
        for (const auto& value : values) {
            wanted.set(value, true);
        }
        filters.set(name, std::move(wanted));
    }
    return filters.dump();
}

std::string RegistryAuth::encode() const {
    json::Value value{json::Object()};
    const auto put = [&](const char* name, const std::string& content) {
        if (!content.empty()) {
            value.set(name, content);
        }
    };
    put("username", username);
    put("password", password);
    put("serveraddress", server_address);
    put("identitytoken", identity_token);
    put("registrytoken", registry_token);
    return base64_url(value.dump());
}

Upload Upload::bytes(std::string content) {
    Upload upload;
    upload.content_ = std::move(content);
    return upload;
}

Upload Upload::file(std::string path) {
    auto source = std::make_shared<FileSource>(std::move(path));  // a Source must be copyable
    return from([source](std::span<char> buffer) { return source->read(buffer); });
}

Upload Upload::from(Source source, std::optional<std::uint64_t> length) {
    Upload upload;
    upload.source_ = std::move(source);
    upload.length_ = length;
    return upload;
}

}  // namespace wherry
