target_sources(${test_target} PRIVATE ${dir}/generated/request_table.cpp)
