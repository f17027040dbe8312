cmake_minimum_required(VERSION 3.25)
# Breaks each house rule once, in a small tree of its own, and looks whether house_rules.cmake says
# so: cmake -DWORK=<scratch folder> -P tests/house_rules_mutants.cmake
set(rules ${CMAKE_CURRENT_LIST_DIR}/house_rules.cmake)
set(failures 0)

# A tree that breaks nothing, and goes up to the limit where there is one.
function(write_sound_tree)
  file(REMOVE_RECURSE ${WORK})
  string(REPEAT "// [0, 1); é\n" 400 longest_file)  # 400 lines
  string(REPEAT "x" 100 widest)
  string(REPEAT "é" 97 foreign_letters)
  string(REPEAT "  call()\n" 38 longest_body)  # of a function of 40 lines
  string(REPEAT "  int member\n" 50 long_type)
  file(WRITE ${WORK}/topology/CMakeLists.txt "FILES\n  include/jackdaw/topology/place.hpp)\n")
  file(WRITE ${WORK}/topology/include/jackdaw/topology/place.hpp "#pragma once\n#include <vector>\n")
  file(WRITE ${WORK}/topology/place.cpp
    "#include \"jackdaw/topology/place.hpp\"\n#include <hwloc.h>\n#include <hwloc/linux.h>\n")
  file(WRITE ${WORK}/lib/CMakeLists.txt
    "FILES\n  include/jackdaw/cereal.hpp\n  include/jackdaw/detail/deque.hpp\n  include/jackdaw/pool.hpp
  include/jackdaw/kokkos/version.hpp)\n")
  file(WRITE ${WORK}/lib/include/jackdaw/cereal.hpp "#include <cereal/types/map.hpp>\n")
  file(WRITE ${WORK}/lib/include/jackdaw/kokkos/version.hpp "#include <Kokkos_Core.hpp>\n")
  file(WRITE ${WORK}/lib/include/jackdaw/pool.hpp "#include \"jackdaw/detail/deque.hpp\"\n")
  file(WRITE ${WORK}/lib/include/jackdaw/detail/deque.hpp "// no atomic_thread_fence\n")
  file(WRITE ${WORK}/lib/pool.cpp "#include \"jackdaw/topology/place.hpp\"\n#include \"pool_room.hpp\"\n")
  file(WRITE ${WORK}/lib/pool_room.hpp "${longest_file}")
  file(WRITE ${WORK}/mpi/window.cpp "#include <mpi.h>\n#include \"jackdaw/pool.hpp\"\n")
  file(WRITE ${WORK}/apps/main.cpp
    "#include <iostream>\n#include \"jackdaw/pool.hpp\"\n#include \"parts/tree.hpp\"\n")
  file(WRITE ${WORK}/apps/bench/peer_tbb.cpp "#include <tbb/task_group.h>\n")
  file(WRITE ${WORK}/apps/bench/peer_openmp.cpp "#include <omp.h>\n")
  file(WRITE ${WORK}/apps/bench/png.cpp "#include <png.h>\n")
  file(WRITE ${WORK}/apps/report.cpp "#include <fmt/format.h>\n#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>\nvoid f() {\n${longest_body}}\nstruct Type {\n${long_type}}\;\n")
  file(WRITE ${WORK}/apps/parts/tree.hpp "${widest}\n// ${foreign_letters}\n")
  file(WRITE ${WORK}/tests/lib/pool_test.cpp "#include \"jackdaw/detail/deque.hpp\"\n")
endfunction()

function(run_rules)
  execute_process(COMMAND ${CMAKE_COMMAND} -DROOT=${WORK} -P ${rules}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  set(status ${status} PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

# Adds `text` to one file of the sound tree; exactly one complaint, which contains `complaint`.
macro(expect_complaint file text complaint)
  write_sound_tree()
  file(APPEND ${WORK}/${file} "${text}\n")
  run_rules()
  string(FIND "${output}" "${complaint}" place)
  if(status EQUAL 0 OR place EQUAL -1 OR NOT output MATCHES "[^0-9]1 house rules broken")
    message(STATUS "${file} with ${text}\n   expected: ${complaint}\n   got: ${output}")
    math(EXPR failures "${failures} + 1")
  endif()
endmacro()

write_sound_tree()
run_rules()
if(NOT status EQUAL 0)
  message(STATUS "the sound tree: ${output}")
  math(EXPR failures "${failures} + 1")
endif()

string(REPEAT "x" 101 too_wide)
expect_complaint(lib/pool_room.hpp "//" "lib/pool_room.hpp: 401 lines, more than 400")
expect_complaint(apps/main.cpp "${too_wide}" "apps/main.cpp:4: 101 columns, more than 100")
expect_complaint(tests/lib/pool_test.cpp "${too_wide}" "pool_test.cpp:2: 101 columns")
expect_complaint(lib/pool.cpp "std::atomic_thread_fence(order);" "lib/pool.cpp:3: a fence")

string(REPEAT "    call()\n" 37 body)
expect_complaint(apps/report.cpp "void g(int a,\n       int b) {\n  if (a) {\n${body}  }\n}"
  "apps/report.cpp:96: a block of 42 lines, more than 40")
expect_complaint(tests/lib/pool_test.cpp "TEST(Pool, IsLong) {\n\n// why\n${body}}"
  "pool_test.cpp:2: a block of 41 lines")

expect_complaint(lib/pool.cpp "#include <hwloc.h>" "lib/pool.cpp: <hwloc.h> may be included by")
expect_complaint(lib/pool.cpp "#include <hwloc/linux.h>" "<hwloc/linux.h> may be included by")
expect_complaint(topology/include/jackdaw/topology/place.hpp "#include <hwloc.h>"
  "place.hpp: <hwloc.h> may be included by")
expect_complaint(lib/pool.cpp "# include <mpi.h>" "lib/pool.cpp: <mpi.h> may be included by ^mpi/")
expect_complaint(apps/main.cpp "#include <mpi.h>" "apps/main.cpp: <mpi.h> may be included by ^mpi/")
expect_complaint(lib/pool.cpp "#include <iostream>" "<iostream> may be included by ^apps/")
expect_complaint(lib/include/jackdaw/pool.hpp "#include <cereal/cereal.hpp>"
  "pool.hpp: <cereal/cereal.hpp> may be included by")
expect_complaint(apps/main.cpp "#include <Kokkos_Core.hpp>" "main.cpp: <Kokkos_Core.hpp> may be")
expect_complaint(lib/include/jackdaw/pool.hpp "#include <impl/Kokkos_Tools.hpp>"
  "<impl/Kokkos_Tools.hpp> may be included by")
foreach(header fmt/core.h CLI/App.hpp nlohmann/json_fwd.hpp tbb/task.h oneapi/tbb/task.h omp.h png.h
    gtest/gtest.h gmock/gmock.h benchmark/benchmark.h)
  expect_complaint(mpi/window.cpp "#include <${header}>" "window.cpp: <${header}> may be included by")
endforeach()
expect_complaint(apps/main.cpp "#include <tbb/task.h>" "main.cpp: <tbb/task.h> may be included by")
expect_complaint(apps/bench/peer_tbb.cpp "#include <omp.h>" "peer_tbb.cpp: <omp.h> may be")
expect_complaint(apps/main.cpp "#include <gtest/gtest.h>" "main.cpp: <gtest/gtest.h> may be")
expect_complaint(apps/main.cpp "#include <jackdaw/pool.hpp>" "<jackdaw/pool.hpp> is ours")

expect_complaint(topology/place.cpp "#include \"jackdaw/pool.hpp\""
  "topology/ stands below lib/ and may not look up")
expect_complaint(apps/main.cpp "#include \"jackdaw/detail/deque.hpp\""
  "\"jackdaw/detail/deque.hpp\" is private to lib/")
expect_complaint(apps/main.cpp "#include \"jackdaw/nowhere.hpp\""
  "no room has a \"jackdaw/nowhere.hpp\"")
expect_complaint(apps/main.cpp "#include \"../lib/pool_room.hpp\""
  "\"../lib/pool_room.hpp\" is not a header of apps/")
expect_complaint(apps/main.cpp "#include \"pool_room.hpp\"" "is not a header of apps/")
expect_complaint(lib/include/jackdaw/pool.hpp "#include \"../../pool_room.hpp\""
  "is public, and may not include the private \"../../pool_room.hpp\"")
expect_complaint(lib/include/jackdaw/fork.hpp "#pragma once"
  "lib/include/jackdaw/fork.hpp: is not in the FILE_SET HEADERS")

file(REMOVE_RECURSE ${WORK})
if(failures)
  message(FATAL_ERROR "${failures} planted violations were not reported as they should be")
endif()
