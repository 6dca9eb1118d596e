#include "engine/images/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <new>

#include "base/text.hpp"

namespace wherry::images {

struct Sha256::State {
    State() : context(EVP_MD_CTX_new()) {
        if (context == nullptr || EVP_DigestInit_ex(context, EVP_sha256(), nullptr) != 1) {
            throw std::bad_alloc();
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;
    ~State() { EVP_MD_CTX_free(context); }
    EVP_MD_CTX* context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(state_->context, digest.data(), &size);
    return "sha256:" + text::hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string sha256(std::string_view bytes) {
    Sha256 sha;
    sha.update(bytes);
    return sha.finish();
}

Result<std::size_t> DigestSource::read(std::span<char> buffer) {
    TRY(const std::size_t got, source_.read(buffer));
    sha_.update({buffer.data(), got});
    size_ += got;
    return got;
}

}  // namespace wherry::images
