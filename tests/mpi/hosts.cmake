# The scheduler across hosts joined by TCP. Each test makes hosts of its own and no other sees them,
# so any number may run at once. Skipped where hosts cannot be made.
set(hosts bash ${PROJECT_SOURCE_DIR}/tests/support/hosts.sh)

# jackdaw_add_hosts_test(<name> <hosts> [BEFORE <command>...] [OSC <value>] COMMAND <command>...)
# Four ranks of the command, spread over the hosts. OSC is what the user has told Open MPI about its
# windows, in place of the site's settings; BEFORE runs all of it, and judges how it ended.
function(jackdaw_add_hosts_test name count)
  cmake_parse_arguments(arg "" "OSC" "BEFORE;COMMAND" ${ARGN})
  add_test(NAME ${name} COMMAND ${arg_BEFORE}
    ${hosts} ${count} 100 ${hosts} mpirun 4 ${arg_COMMAND})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 PROCESSORS 2 SKIP_RETURN_CODE 77)
  if(arg_OSC)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "OMPI_MCA_osc=${arg_OSC}")
  endif()
endfunction()

add_test(NAME mpi/hosts_leave_nothing
  COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/hosts_leave_nothing.sh ${hosts})
set_tests_properties(mpi/hosts_leave_nothing PROPERTIES TIMEOUT 60 SKIP_RETURN_CODE 77)

foreach(count 2 4)
  set(scheduler $<TARGET_FILE:mpi_scheduler_test>)
  jackdaw_add_hosts_test(mpi/scheduler@${count}_hosts ${count} COMMAND ${scheduler})
  jackdaw_add_hosts_test(mpi/scheduler@${count}_hosts_pt2pt ${count} OSC sm,pt2pt
    COMMAND ${scheduler})
  if(test_command)
    set(uts $<TARGET_FILE:jackdaw_command> uts --tree T1 --check)
    jackdaw_add_hosts_test(mpi/uts_T1@${count}_hosts ${count} COMMAND ${uts})
    jackdaw_add_hosts_test(mpi/uts_T1@${count}_hosts_pt2pt ${count} OSC sm,pt2pt
      COMMAND ${uts} --fabric windows)
  endif()
endforeach()

# What only one host sees is no place for checkpoints.
if(test_command)
  jackdaw_add_hosts_test(mpi/checkpoints_not_shared@2_hosts 2
    COMMAND ${uts} --checkpoint /dev/shm/tmp/kept
    BEFORE bash ${CMAKE_CURRENT_LIST_DIR}/refused.sh "does not see it as rank 0 does")
endif()

# Where no window can be had between hosts, messages do; and who insists is told why not.
if(test_command)
  jackdaw_add_hosts_test(mpi/uts_T1@2_hosts_no_windows 2 OSC sm COMMAND ${uts})
  jackdaw_add_hosts_test(mpi/uts_T1@2_hosts_refused 2 OSC sm COMMAND ${uts} --fabric windows
    BEFORE bash ${CMAKE_CURRENT_LIST_DIR}/refused.sh "set OMPI_MCA_osc=sm,pt2pt")
endif()
