# Precompiled headers (WHERRY_PCH, on in the presets): what nearly every file includes, compiled four
# times and shared: with and without Asio's coroutine type, with and without GoogleTest. They only save
# time: without them every file still includes what it uses (the gcc preset builds so).
option(WHERRY_PCH "Precompile the headers that most files include" OFF)

set(WHERRY_PCH_STD <algorithm> <array> <chrono> <cstdint> <functional> <map> <memory> <optional>
    <string> <string_view> <unordered_map> <utility> <variant> <vector>)

# wherry_precompile(TARGET LAYER [TEST]): TARGET's files see the precompiled headers of its LAYER
function(wherry_precompile target layer)
  if(NOT WHERRY_PCH)
    return()
  endif()
  set(name wherry_pch_std)
  set(headers ${WHERRY_PCH_STD})
  if(layer MATCHES "^(net|engine|server|sdk|embed|bin)")
    set(name wherry_pch_net)
    list(APPEND headers <boost/asio/awaitable.hpp>)
  endif()
  if("TEST" IN_LIST ARGN)
    string(APPEND name _test)
    list(APPEND headers <gtest/gtest.h> <gmock/gmock.h>)
  endif()
  if(NOT TARGET ${name})
    file(WRITE ${CMAKE_BINARY_DIR}/${name}.cpp "")
    add_library(${name} STATIC ${CMAKE_BINARY_DIR}/${name}.cpp)
    target_precompile_headers(${name} PRIVATE ${headers})
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    if(name MATCHES net)
      target_link_libraries(${name} PRIVATE wherry_boost)
    endif()
    if("TEST" IN_LIST ARGN)
      target_link_libraries(${name} PRIVATE GTest::gtest GTest::gmock)
    endif()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")  # -fPIE would not fit the headers, which are compiled for libraries
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${name})
endfunction()
