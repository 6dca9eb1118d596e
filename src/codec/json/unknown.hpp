// Members of an object that its struct does not know, kept for a round trip. Eight bytes when
// empty.
#pragma once

#include <map>
#include <memory>
#include <string>

namespace wherry::json {

class Unknown {
  public:
    using Members = std::map<std::string, std::string, std::less<>>;  ///< name to JSON text

    Unknown() = default;
    Unknown(Unknown&&) noexcept = default;
    Unknown& operator=(Unknown&&) noexcept = default;
    Unknown(const Unknown& other)
        : members_(other.members_ ? std::make_unique<Members>(*other.members_) : nullptr) {}
    Unknown& operator=(const Unknown& other) {
        if (this != &other) {
            members_ = other.members_ ? std::make_unique<Members>(*other.members_) : nullptr;
        }
        return *this;
    }
    ~Unknown() = default;

    void put(std::string name, std::string json) {
        if (!members_) {
            members_ = std::make_unique<Members>();
        }
        members_->insert_or_assign(std::move(name), std::move(json));
    }
    /// Null when there are none.
    [[nodiscard]] const Members* members() const noexcept { return members_.get(); }

  private:
    std::unique_ptr<Members> members_;
};

}  // namespace wherry::json
