target_compile_definitions(${test_target} PRIVATE
  WHERRY_RECORDINGS="${CMAKE_CURRENT_SOURCE_DIR}/api/recordings/28.5.2.txt")
