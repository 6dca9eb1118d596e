# Copies the SDK's headers and those of the layers below that they include to WHERRY_INCLUDE. There,
# "base/…" becomes "wherry/base/…", and the TRY macros, which are the project's own, are left out.
file(GLOB_RECURSE public RELATIVE ${WHERRY_SOURCE}/sdk/include/wherry
     ${WHERRY_SOURCE}/sdk/include/wherry/*.hpp)
file(GLOB generated RELATIVE ${WHERRY_SOURCE} ${WHERRY_SOURCE}/api/generated/*.hpp)
set(lower base/error.hpp base/result.hpp base/text.hpp api/list.hpp ${generated}
    codec/json/containers.hpp codec/json/unknown.hpp codec/json/value.hpp net/async/task.hpp)

function(wherry_install_header from to)
  file(READ ${from} text)
  string(REGEX REPLACE "#include \"(base|api|codec|net)/" "#include \"wherry/\\1/" text "${text}")
  string(REGEX REPLACE "\n// The macros below are the project[^\n]*\n.*$" "" text "${text}")
  file(WRITE ${to}.new "${text}")
  file(COPY_FILE ${to}.new ${to} ONLY_IF_DIFFERENT)
  file(REMOVE ${to}.new)
endfunction()

foreach(header IN LISTS public)
  wherry_install_header(${WHERRY_SOURCE}/sdk/include/wherry/${header} ${WHERRY_INCLUDE}/${header})
endforeach()
foreach(header IN LISTS lower)
  wherry_install_header(${WHERRY_SOURCE}/${header} ${WHERRY_INCLUDE}/${header})
endforeach()
message(STATUS "Installed headers: ${WHERRY_INCLUDE}")
