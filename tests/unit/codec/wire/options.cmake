target_compile_definitions(${test_target} PRIVATE WHERRY_GOLDEN="${CMAKE_SOURCE_DIR}/tests/golden")
