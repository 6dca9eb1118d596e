# libwherry-embedded: the engine as a library, on top of libwherry, with the program that owns a
# container beside it. A component of its own, so that the SDK alone stays small. In the CMake
# package it is the component "embedded": find_package(wherry COMPONENTS embedded).
if(WHERRY_SDK_ONLY)
  return()
endif()

# embed and everything below it that libwherry does not hold, as src/LAYERS has it.
wherry_layers_below(embed embedded_layers)
list(REMOVE_ITEM embedded_layers ${sdk_layers})
list(APPEND embedded_layers embed)
set(objects "")
foreach(layer IN LISTS embedded_layers)
  wherry_target_name(${layer} target)
  get_target_property(type ${target} TYPE)
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    list(APPEND objects $<TARGET_OBJECTS:${target}>)
  endif()
endforeach()
if(WHERRY_SHARED)
  add_library(libwherry_embedded SHARED ${objects})
else()
  add_library(libwherry_embedded STATIC ${objects})
endif()
set_target_properties(libwherry_embedded PROPERTIES
  OUTPUT_NAME wherry-embedded EXPORT_NAME embedded LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(embedded_packages libarchive libzstd zlib sqlite3 libseccomp libnl-route-3.0 libmnl)
target_link_libraries(libwherry_embedded PUBLIC libwherry PkgConfig::LIBARCHIVE PkgConfig::ZSTD
  PkgConfig::ZLIB PkgConfig::SQLITE PkgConfig::SECCOMP PkgConfig::LIBNL PkgConfig::LIBMNL)
set(WHERRY_EMBEDDED_ISAL OFF)
if(TARGET PkgConfig::ISAL)
  set(WHERRY_EMBEDDED_ISAL ON)
  list(APPEND embedded_packages libisal)
  target_link_libraries(libwherry_embedded PUBLIC PkgConfig::ISAL)
endif()
list(JOIN embedded_packages " " WHERRY_EMBEDDED_PACKAGES)

install(TARGETS libwherry_embedded EXPORT wherryEmbeddedTargets COMPONENT embedded)
install(EXPORT wherryEmbeddedTargets NAMESPACE wherry:: COMPONENT embedded
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wherry)
install(TARGETS wherry-monitor COMPONENT embedded)
install(FILES ${CMAKE_SOURCE_DIR}/src/embed/include/wherry/embedded.hpp
              ${CMAKE_SOURCE_DIR}/src/embed/include/wherry/async_embedded.hpp
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wherry COMPONENT embedded)
configure_file(${CMAKE_CURRENT_LIST_DIR}/wherryEmbeddedDependencies.cmake.in
               ${CMAKE_BINARY_DIR}/wherryEmbeddedDependencies.cmake @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/wherryEmbeddedDependencies.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/wherry COMPONENT embedded)
configure_file(${CMAKE_CURRENT_LIST_DIR}/wherry-embedded.pc.in
               ${CMAKE_BINARY_DIR}/wherry-embedded.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/wherry-embedded.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT embedded)
