target_compile_definitions(${test_target} PRIVATE
  WHERRY_MONITOR="$<TARGET_FILE:wherry-monitor>" WHERRYD="${CMAKE_BINARY_DIR}/bin/wherryd")
add_dependencies(${test_target} wherry-monitor)
