# The fast engine's files, its tests and its benchmark.
set(fast_sources gram_counts.cpp literal_filter.cpp matcher.cpp value_cache.cpp regex_literals.cpp fast_text.cpp fast_glob.cpp
  fast_terms.cpp fast_witness.cpp fast_program.cpp fast_regexes.cpp fast_routes.cpp fast_field.cpp fast_group.cpp fast_rules.cpp
  fast_engine.cpp)
set(fast_tests literal_filter_test.cpp matcher_test.cpp value_cache_test.cpp fast_glob_test.cpp fast_text_test.cpp fast_generated_test.cpp
  fast_small_world_test.cpp fast_rules_test.cpp fast_rival_test.cpp fast_alloc_test.cpp)
set(fast_benches fast_bench.cpp)
