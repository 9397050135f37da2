# exhibit_module(<name> FLOOR n [DEPENDS ...] SOURCES ... [HEADERS ...] [PRIVATE_LIBS ...] [TESTS ...] [BENCHES ...]
#                [FUZZERS ...])
# One static library per module; configure fails when a module depends on its own floor or above.
# TESTS, BENCHES and FUZZERS are built only for developers. A test whose name ends in _heavy_test is run on an optimised
# build only (.ci/run). A fuzzer replays its corpus (tests/fuzz/corpus/<stem>/) as a
# plain test in every build that is not a fuzzing build.
add_library(exhibit_flags INTERFACE)
target_compile_options(exhibit_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wcast-align -Wcast-qual
  -Wnon-virtual-dtor -Woverloaded-virtual -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Wextra-semi -Wundef
  $<$<CXX_COMPILER_ID:GNU>:-Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wuseless-cast -Wno-restrict>
  $<$<BOOL:${EXHIBIT_DEVELOPER}>:-Werror>
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=build
  -fstack-protector-strong -fcf-protection -ftrivial-auto-var-init=zero)
# g++ 12 at -O3 finds null dereferences inside its own containers and streams, and under the thread sanitizer in what it inlined.
target_compile_options(exhibit_flags INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-Wno-null-dereference>)
if(EXHIBIT_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(exhibit_flags INTERFACE -Wno-null-dereference)
endif()
# Under clang, libstdc++ 12's own stable_sort uses what the standard deprecates.
target_compile_options(exhibit_flags INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
target_compile_definitions(exhibit_flags INTERFACE _GLIBCXX_ASSERTIONS
  $<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)
target_link_options(exhibit_flags INTERFACE -Wl,-z,relro,-z,now)
if(EXHIBIT_SANITIZE)
  target_compile_options(exhibit_flags INTERFACE -fsanitize=${EXHIBIT_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(exhibit_flags INTERFACE -fsanitize=${EXHIBIT_SANITIZE})
  target_compile_definitions(exhibit_flags INTERFACE EXHIBIT_SANITIZED)
  # g++ 12 finds uninitialised reads in its own headers once the sanitizers have rewritten them.
  target_compile_options(exhibit_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
set_property(GLOBAL PROPERTY EXHIBIT_OBJECTS "")
add_custom_target(heavy_tests)

function(exhibit_test_executable stem source)
  add_executable(${stem} ${source})
  target_include_directories(${stem} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${stem} PRIVATE EXHIBIT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${stem} PRIVATE ${ARGN} exhibit_flags)
endfunction()

# The tests named count allocations (tests/support/alloc_counter.h).
function(exhibit_counts_allocations)
  if(EXHIBIT_DEVELOPER)
    foreach(stem IN LISTS ARGN)
      target_link_libraries(${stem} PRIVATE exhibit_alloc_counter)
    endforeach()
  endif()
endfunction()

function(exhibit_module name)
  cmake_parse_arguments(M "" "FLOOR" "DEPENDS;SOURCES;HEADERS;PRIVATE_LIBS;TESTS;BENCHES;FUZZERS" ${ARGN})
  list(TRANSFORM M_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM M_HEADERS PREPEND ${PROJECT_SOURCE_DIR}/include/exhibit/)
  add_library(exhibit_${name}_objects OBJECT ${M_SOURCES})
  target_include_directories(exhibit_${name}_objects PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(exhibit_${name}_objects PRIVATE exhibit_flags ${M_PRIVATE_LIBS})
  # Tests link this archive and the floors below it, so an upward reference fails at link time too.
  add_library(exhibit_${name} STATIC $<TARGET_OBJECTS:exhibit_${name}_objects>)
  set_target_properties(exhibit_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(exhibit_${name} INTERFACE ${PROJECT_SOURCE_DIR}/include)
  target_link_libraries(exhibit_${name} PRIVATE ${M_PRIVATE_LIBS})
  set_property(GLOBAL PROPERTY EXHIBIT_FLOOR_${name} ${M_FLOOR})
  set_property(GLOBAL APPEND PROPERTY EXHIBIT_OBJECTS $<TARGET_OBJECTS:exhibit_${name}_objects>)
  set_property(GLOBAL APPEND PROPERTY EXHIBIT_LIBS ${M_PRIVATE_LIBS})
  set_property(GLOBAL APPEND PROPERTY EXHIBIT_HEADERS ${M_HEADERS})
  foreach(dep IN LISTS M_DEPENDS)
    get_property(dep_floor GLOBAL PROPERTY EXHIBIT_FLOOR_${dep})
    if(NOT dep_floor LESS M_FLOOR)
      message(FATAL_ERROR "exhibit: ${name} (floor ${M_FLOOR}) may not import ${dep} (floor ${dep_floor})")
    endif()
    target_link_libraries(exhibit_${name} PUBLIC exhibit_${dep})
  endforeach()
  if(EXHIBIT_DEVELOPER)
    foreach(src IN LISTS M_TESTS)
      cmake_path(GET src STEM stem)
      exhibit_test_executable(${stem} ${src} exhibit_${name} exhibit_test_support GTest::gtest_main)
      add_test(NAME ${name}/${stem} COMMAND ${stem})
      if(stem MATCHES "_heavy_test$")
        add_dependencies(heavy_tests ${stem})
        set_tests_properties(${name}/${stem} PROPERTIES LABELS heavy TIMEOUT 3600)
      endif()
    endforeach()
    foreach(src IN LISTS M_BENCHES)
      cmake_path(GET src STEM stem)
      exhibit_test_executable(${stem} ${src} exhibit_${name} exhibit_test_support benchmark::benchmark_main)
      add_test(NAME ${name}/${stem}/smoke COMMAND ${stem} --benchmark_min_time=0.001)
    endforeach()
    foreach(src IN LISTS M_FUZZERS)
      cmake_path(GET src STEM stem)
      set(replay $<$<NOT:$<BOOL:${EXHIBIT_FUZZ}>>:${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cpp>)
      exhibit_test_executable(${stem} "${PROJECT_SOURCE_DIR}/tests/fuzz/${src};${replay}" exhibit_${name})
      if(EXHIBIT_FUZZ)
        target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
        target_compile_options(exhibit_${name}_objects PRIVATE -fsanitize=fuzzer-no-link)
      else()
        add_test(NAME fuzz/${stem}/replay COMMAND ${stem} ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${stem})
      endif()
    endforeach()
  endif()
endfunction()

function(exhibit_finish)
  get_property(objects GLOBAL PROPERTY EXHIBIT_OBJECTS)
  get_property(libs GLOBAL PROPERTY EXHIBIT_LIBS)
  get_property(hdrs GLOBAL PROPERTY EXHIBIT_HEADERS)
  add_library(exhibit SHARED ${objects})
  target_sources(exhibit PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${hdrs})
  target_compile_features(exhibit PUBLIC cxx_std_23)
  set_target_properties(exhibit PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINKER_LANGUAGE CXX)
  target_link_libraries(exhibit PRIVATE ${libs} exhibit_flags)
  install(TARGETS exhibit EXPORT exhibitTargets FILE_SET HEADERS)
  install(EXPORT exhibitTargets NAMESPACE exhibit:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/exhibit)
endfunction()
