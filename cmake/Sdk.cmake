# libwherry as others use it: one library with the layers below it inside, headers below wherry/,
# a CMake package and a pkg-config file. `cmake --install` puts them in place.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

option(WHERRY_SHARED "Make libwherry a shared library" OFF)
set(sdk_layers base os codec/frame codec/json net/async net/http api sdk)

set(objects "")
foreach(layer IN LISTS sdk_layers)
  wherry_target_name(${layer} target)
  list(APPEND objects $<TARGET_OBJECTS:${target}>)
endforeach()
if(WHERRY_SHARED)
  add_library(libwherry SHARED ${objects})
else()
  add_library(libwherry STATIC ${objects})
endif()
set_target_properties(libwherry PROPERTIES
  OUTPUT_NAME wherry EXPORT_NAME wherry LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
target_compile_features(libwherry INTERFACE cxx_std_20)
target_include_directories(libwherry INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(libwherry PUBLIC OpenSSL::SSL OpenSSL::Crypto Threads::Threads)

# The coroutine side names Boost.Asio in its headers. Programs use it header-only, as they would
# without us: what they instantiate and what libwherry holds compiled are the same, and either
# compiler will do (with BOOST_ASIO_SEPARATE_COMPILATION, GCC and clang mangle some names differently).
add_library(libwherry_async INTERFACE)
set_target_properties(libwherry_async PROPERTIES EXPORT_NAME async)
target_link_libraries(libwherry_async INTERFACE libwherry)

install(TARGETS libwherry libwherry_async EXPORT wherryTargets COMPONENT sdk)
install(EXPORT wherryTargets NAMESPACE wherry:: COMPONENT sdk
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wherry)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/wherryConfig.cmake.in
  ${CMAKE_BINARY_DIR}/wherryConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wherry)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/wherryConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/wherryConfig.cmake ${CMAKE_BINARY_DIR}/wherryConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wherry COMPONENT sdk)
foreach(name wherry wherry-async)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in ${CMAKE_BINARY_DIR}/${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/${name}.pc
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT sdk)
endforeach()
install(CODE "
  set(WHERRY_SOURCE \"${CMAKE_SOURCE_DIR}/src\")
  set(WHERRY_INCLUDE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_INCLUDEDIR}/wherry\")
  include(\"${CMAKE_CURRENT_LIST_DIR}/InstallHeaders.cmake\")
" COMPONENT sdk)
if(TARGET wherry)
  install(TARGETS wherry COMPONENT command)
endif()
