# Precompiled headers (WHERRY_PCH, on in the presets): what nearly every file of a layer includes,
# compiled once a flavour and shared, with and without GoogleTest. They only save time: without them
# every file still includes what it uses (the gcc preset builds so).
option(WHERRY_PCH "Precompile the headers that most files include" OFF)
# Without CMake's -Xclang, whose paths ccache takes as they are: two checkouts could share nothing.
set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH "-Winvalid-pch;-include-pch;<PCH_FILE>")

set(WHERRY_PCH_std <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional>
    <string> <string_view> <unordered_map> <utility> <variant> <vector>)
set(WHERRY_PCH_net ${WHERRY_PCH_std} <boost/asio/awaitable.hpp>)
set(WHERRY_PCH_api ${WHERRY_PCH_net} <api/generated/container.hpp> <api/generated/network.hpp>)
set(WHERRY_PCH_sdk ${WHERRY_PCH_net} <wherry/wherry.hpp>)

# wherry_pch_flavour(LAYER OUT): which of the lists above LAYER's files see
function(wherry_pch_flavour layer out)
  if(layer MATCHES "^(sdk|embed|bin/wherry)$")
    set(${out} sdk PARENT_SCOPE)
  elseif(layer MATCHES "^(engine/containers|engine/networks|server)")
    set(${out} api PARENT_SCOPE)
  elseif(layer MATCHES "^(net|engine|bin)")
    set(${out} net PARENT_SCOPE)
  else()
    set(${out} std PARENT_SCOPE)
  endif()
endfunction()

# wherry_pch_library(NAME FLAVOUR TEST): the target whose precompiled headers others share
function(wherry_pch_library name flavour test)
  set(headers ${WHERRY_PCH_${flavour}})
  file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp "")
  add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  if(NOT flavour STREQUAL "std")
    target_link_libraries(${name} PRIVATE wherry_boost)
  endif()
  if(flavour MATCHES "api|sdk")
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src/sdk/include)
  endif()
  if(test)
    list(APPEND headers <gtest/gtest.h> <gmock/gmock.h>)
    target_link_libraries(${name} PRIVATE GTest::gtest GTest::gmock)
  endif()
  target_precompile_headers(${name} PRIVATE ${headers})
endfunction()

# wherry_precompile(TARGET LAYER [TEST]): TARGET's files see the precompiled headers of its LAYER
function(wherry_precompile target layer)
  if(NOT WHERRY_PCH)
    return()
  endif()
  wherry_pch_flavour(${layer} flavour)
  set(name wherry_pch_${flavour})
  set(test FALSE)
  if("TEST" IN_LIST ARGN)
    set(name ${name}_test)
    set(test TRUE)
  endif()
  if(NOT TARGET ${name})
    wherry_pch_library(${name} ${flavour} ${test})
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")  # -fPIE would not fit the headers, which are compiled for libraries
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${name})
endfunction()
