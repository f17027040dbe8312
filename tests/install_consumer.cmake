cmake_minimum_required(VERSION 3.25)
# Installs a build, moves the result elsewhere, and builds and runs programs against it, as a user
# would: cmake -DBUILD=<build folder> -DWORK=<scratch folder> -DGENERATOR=... -DCOMPILER=...
#              -DFLAGS=... -DBUILD_TYPE=... -P tests/install_consumer.cmake
set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)
set(prefix ${WORK}/prefix)

# Runs a command line; what it says goes to `output`.
macro(run)
  execute_process(COMMAND ${ARGV}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output TIMEOUT 100)
endmacro()
macro(must_run)
  run(${ARGV})
  if(NOT status EQUAL 0)
    string(JOIN " " line ${ARGV})
    message("${output}")
    message(FATAL_ERROR "${line}\nended with ${status}")
  endif()
endmacro()
macro(configure source folder)
  run(${ARGN} ${CMAKE_COMMAND} -S ${source} -B ${folder} -G ${GENERATOR}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS} -DCMAKE_BUILD_TYPE=${BUILD_TYPE}
    -DCMAKE_PREFIX_PATH=${prefix})
endmacro()
macro(expect_program source name expected)
  configure(${source} ${WORK}/${name})
  if(NOT status EQUAL 0)
    message("${output}")
    message(FATAL_ERROR "${source} cannot be configured")
  endif()
  must_run(${CMAKE_COMMAND} --build ${WORK}/${name})
  must_run(${WORK}/${name}/${name})
  if(NOT output STREQUAL "${expected}")
    message("${name} printed:\n${output}but should print:\n${expected}")
    message(FATAL_ERROR "${name} printed something else")
  endif()
endmacro()

file(REMOVE_RECURSE ${WORK})
must_run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
file(RENAME ${WORK}/installed ${prefix})

expect_program(${consumer} first "fib(30) is 832040
there are 9592 primes below 100000
the job primes is completed
")
expect_program(${consumer}/indirect indirect "the sum is 333833500\n")

if(EXISTS ${prefix}/include/jackdaw/scheduler.hpp)  # one rank, without mpirun
  expect_program(${consumer}/ranks ranks "the sum is 5000050000\n")
endif()
if(EXISTS ${prefix}/include/jackdaw/kokkos/work_stealing.hpp)
  expect_program(${consumer}/kernels kernels "the sum is 499999500000\n")
endif()

# Without hwloc the package says what to do, instead of a link error later.
configure(${consumer} ${WORK}/without_hwloc
  ${CMAKE_COMMAND} -E env PKG_CONFIG_LIBDIR=${WORK} PKG_CONFIG_PATH=)
if(status EQUAL 0 OR NOT output MATCHES "libhwloc-dev")
  message("${output}")
  message(FATAL_ERROR "without hwloc, find_package(jackdaw) should name libhwloc-dev")
endif()

if(EXISTS ${BUILD}/jackdaw)
  must_run(${prefix}/bin/jackdaw --version)
endif()
file(REMOVE_RECURSE ${WORK})
