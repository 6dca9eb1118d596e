# The libraries the project stands on, all Debian 12 packages (docs/dependencies.md).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Boost 1.81 REQUIRED)
pkg_check_modules(LIBARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
if(NOT WHERRY_SDK_ONLY)
  pkg_check_modules(FMT REQUIRED IMPORTED_TARGET fmt)
  pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
  pkg_check_modules(LIBNL REQUIRED IMPORTED_TARGET libnl-route-3.0)
  pkg_check_modules(LIBMNL REQUIRED IMPORTED_TARGET libmnl)
  pkg_check_modules(ISAL IMPORTED_TARGET libisal)
endif()

# Asio and Beast are compiled once, in src/net/boost.cpp; all others see declarations only.
add_library(wherry_boost INTERFACE)
target_include_directories(wherry_boost SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(wherry_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION
  BOOST_ASIO_NO_DEPRECATED BOOST_ALL_NO_LIB)
target_link_libraries(wherry_boost INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
