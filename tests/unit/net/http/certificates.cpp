#include "certificates.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <functional>

#include "base/id.hpp"
#include "os/file.hpp"

namespace wherry::http {

struct TestCertificates::Ca {
    X509* certificate;
    EVP_PKEY* key;
};

namespace {

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = ::X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    ASSERT_NE(extension, nullptr) << value;
    ::X509_add_ext(certificate, extension, -1);
    ::X509_EXTENSION_free(extension);
}

X509* make(const std::string& name, EVP_PKEY* key, int days) {
    X509* const certificate = ::X509_new();
    ::X509_set_version(certificate, 2);
    static long serial = 1;
    ::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), serial++);
    ::X509_gmtime_adj(::X509_getm_notBefore(certificate), -172800);
    ::X509_gmtime_adj(::X509_getm_notAfter(certificate), 86400L * days);
    ::X509_set_pubkey(certificate, key);
    ::X509_NAME_add_entry_by_txt(::X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                                 reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

void write(const std::string& path, const std::function<void(std::FILE*)>& function) {
    std::FILE* const file = std::fopen(path.c_str(), "we");
    ASSERT_NE(file, nullptr);
    function(file);
    std::fclose(file);
}

void write_pair(const std::string& stem, X509* certificate, EVP_PKEY* key) {
    write(stem + ".crt", [&](std::FILE* file) { ::PEM_write_X509(file, certificate); });
    write(stem + ".key", [&](std::FILE* file) {
        ::PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace

TestCertificates::TestCertificates()
    : folder_(testing::TempDir() + "wherry-tls-" + random_hex(6)), ca_(new Ca) {
    EXPECT_TRUE(os::make_dirs(folder_).ok());
    ca_->key = EVP_EC_gen("P-256");
    ca_->certificate = make("test CA", ca_->key, 2);
    ::X509_set_issuer_name(ca_->certificate, ::X509_get_subject_name(ca_->certificate));
    add_extension(ca_->certificate, ca_->certificate, NID_basic_constraints, "critical,CA:TRUE");
    ::X509_sign(ca_->certificate, ca_->key, ::EVP_sha256());
    write_pair(folder_ + "/ca", ca_->certificate, ca_->key);
}

TestCertificates::~TestCertificates() {
    ::X509_free(ca_->certificate);
    ::EVP_PKEY_free(ca_->key);
    delete ca_;
    std::filesystem::remove_all(folder_);
}

void TestCertificates::issue(const std::string& name, const std::string& names, int days) {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const certificate = make(name, key, days);
    ::X509_set_issuer_name(certificate, ::X509_get_subject_name(ca_->certificate));
    if (!names.empty()) {
        add_extension(certificate, ca_->certificate, NID_subject_alt_name, names);
    }
    ::X509_sign(certificate, ca_->key, ::EVP_sha256());
    write_pair(folder_ + "/" + name, certificate, key);
    ::X509_free(certificate);
    ::EVP_PKEY_free(key);
}

std::string TestCertificates::certificate(const std::string& name) const {
    return folder_ + "/" + name + ".crt";
}
std::string TestCertificates::key(const std::string& name) const {
    return folder_ + "/" + name + ".key";
}

}  // namespace wherry::http
