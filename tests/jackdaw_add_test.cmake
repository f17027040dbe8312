# With a sanitizer, optimising what is instantiated in a test takes longer than it saves.
function(jackdaw_compile_test_quickly target)
  if(CMAKE_CXX_FLAGS MATCHES "fsanitize")
    target_compile_options(${target} PRIVATE -O0)
  endif()
endfunction()

# jackdaw_add_test(<room>/<name> LINK <target>... [MAIN <file>] [LABELS <label>...]
#                  [TIMEOUT <seconds>])
# Builds tests/<room>/<name>_test.cpp and registers it under the name <room>/<name>. A test may walk
# into the private headers of its room. Its main is tests/support/<file>, else GoogleTest's.
function(jackdaw_add_test path)
  cmake_parse_arguments(arg "" "TIMEOUT;MAIN" "LINK;LABELS" ${ARGN})
  string(REPLACE "/" "_" target "${path}_test")
  get_filename_component(room ${path} DIRECTORY)
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${path}_test.cpp)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/${room} ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE ${arg_LINK} jackdaw_build)
  jackdaw_compile_test_quickly(${target})
  if(arg_MAIN)
    target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/support/${arg_MAIN})
    target_link_libraries(${target} PRIVATE GTest::gtest)
  else()
    target_link_libraries(${target} PRIVATE GTest::gtest_main)
  endif()
  add_test(NAME ${path} COMMAND ${target})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  set_tests_properties(${path} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()

# jackdaw_add_mpi_test(<room>/<name> RANKS <n>... [LEVELS <level>...] [FABRICS <fabric>...]
#                      [SWITCHES <variable>...] [LINK <target>...] [MAIN <file>] [TIMEOUT <seconds>])
# The same for a test that several ranks run at once: <room>/<name>@<n> for each number of ranks,
# <room>/<name>@2_<level> for each level of threads, <room>/<name>@3_<fabric> for each fabric, and
# <room>/<name>@2_<variable> for each variable of the environment that its main looks for.
function(jackdaw_add_mpi_test path)
  cmake_parse_arguments(arg "" "TIMEOUT;MAIN" "RANKS;LEVELS;FABRICS;SWITCHES;LINK" ${ARGN})
  string(REPLACE "/" "_" target "${path}_test")
  set(support ${PROJECT_SOURCE_DIR}/tests/support)
  if(NOT arg_MAIN)
    set(arg_MAIN mpi_main.cpp)
  endif()
  add_executable(${target} ${PROJECT_SOURCE_DIR}/tests/${path}_test.cpp ${support}/${arg_MAIN})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/mpi ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${target} PRIVATE
    jackdaw::jackdaw jackdaw::topology ${arg_LINK} jackdaw_build GTest::gtest)
  jackdaw_compile_test_quickly(${target})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)  # beside other programs that keep the cores, ranks that wait are slow
  endif()
  math(EXPR patience "${arg_TIMEOUT} + 20")  # mpirun.sh ends it earlier, and cleans up
  macro(run_with name ranks environment)
    add_test(NAME ${name}
      COMMAND bash ${support}/mpirun.sh ${ranks} ${arg_TIMEOUT} $<TARGET_FILE:${target}>)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${patience} PROCESSORS ${ranks}
      ENVIRONMENT "${environment}")
  endmacro()
  foreach(ranks IN LISTS arg_RANKS)
    run_with(${path}@${ranks} ${ranks} "")
  endforeach()
  foreach(level IN LISTS arg_LEVELS)
    run_with(${path}@2_${level} 2 "JACKDAW_TEST_MPI_LEVEL=${level}")
  endforeach()
  foreach(switch IN LISTS arg_SWITCHES)
    run_with(${path}@2_${switch} 2 "${switch}=1")
  endforeach()
  foreach(fabric IN LISTS arg_FABRICS)
    run_with(${path}@3_${fabric} 3 "JACKDAW_FABRIC=${fabric}")
  endforeach()
endfunction()
