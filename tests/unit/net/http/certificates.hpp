// Certificates made for one test.
#pragma once

#include <string>

namespace wherry::http {

/// PEM files in a folder of their own, removed with it: a CA, and what it has signed.
class TestCertificates {
  public:
    TestCertificates();
    TestCertificates(const TestCertificates&) = delete;
    TestCertificates& operator=(const TestCertificates&) = delete;
    ~TestCertificates();

    /// Makes NAME.crt and NAME.key; `names` is a subjectAltName ("DNS:x,IP:127.0.0.1"), "" for
    /// none.
    void issue(const std::string& name, const std::string& names, int days = 1);
    [[nodiscard]] std::string certificate(const std::string& name) const;
    [[nodiscard]] std::string key(const std::string& name) const;
    [[nodiscard]] std::string ca() const { return certificate("ca"); }

  private:
    struct Ca;
    std::string folder_;
    Ca* ca_;
};

}  // namespace wherry::http
