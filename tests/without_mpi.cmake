cmake_minimum_required(VERSION 3.25)
# The library can be configured where there is no MPI, nor anything that the command alone needs:
# cmake -DWORK=<scratch folder> -DGENERATOR=... -DCOMPILER=... -P tests/without_mpi.cmake
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(absent "")
foreach(package MPI CLI11 fmt nlohmann_json)
  list(APPEND absent -DCMAKE_DISABLE_FIND_PACKAGE_${package}=ON)
endforeach()

file(REMOVE_RECURSE ${WORK})
# Asked for explicitly, too: MPI decides.
foreach(apps "" -DJACKDAW_BUILD_APPS=ON)
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${root} -B ${WORK} -G ${GENERATOR}
      -DCMAKE_CXX_COMPILER=${COMPILER} -DJACKDAW_BUILD_MPI=OFF ${apps} ${absent}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0 OR NOT output MATCHES "neither jackdaw::jackdaw nor the jackdaw command")
    message("${output}")
    message(FATAL_ERROR "with JACKDAW_BUILD_MPI=OFF, the library should be built, without the command")
  endif()
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK} --target help
  RESULT_VARIABLE status OUTPUT_VARIABLE targets)
foreach(target jackdaw_pool lib_pool_test)
  if(NOT targets MATCHES "${target}")
    message(FATAL_ERROR "there is no target ${target}")
  endif()
endforeach()
if(targets MATCHES "jackdaw_command")
  message(FATAL_ERROR "there is a target jackdaw_command, which cannot be linked")
endif()
file(REMOVE_RECURSE ${WORK})
