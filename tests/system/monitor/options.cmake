target_link_libraries(${test_target} PRIVATE wherry_engine_containers)
target_compile_definitions(${test_target} PRIVATE
  WHERRY_MONITOR="$<TARGET_FILE:wherry-monitor>" WHERRY_GUEST="$<TARGET_FILE:wherry-guest>")
add_dependencies(${test_target} wherry-monitor wherry-guest)
