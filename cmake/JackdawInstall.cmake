# What `cmake --install` lays down: the libraries, their headers, and the package file that
# find_package(jackdaw) reads. jackdaw::pool is one rank, without MPI; jackdaw::jackdaw, many ranks,
# is its component mpi; jackdaw::kokkos, kernels on a pool, its component kokkos.
include(CMakePackageConfigHelpers)

set_target_properties(jackdaw_pool PROPERTIES EXPORT_NAME pool)
set_target_properties(jackdaw_topology PROPERTIES EXPORT_NAME topology)
install(TARGETS jackdaw_pool jackdaw_topology EXPORT jackdaw_targets FILE_SET HEADERS)
install(EXPORT jackdaw_targets NAMESPACE jackdaw::
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw FILE jackdaw-targets.cmake)
if(TARGET jackdaw_jackdaw)
  set_target_properties(jackdaw_jackdaw PROPERTIES EXPORT_NAME jackdaw)
  install(TARGETS jackdaw_jackdaw EXPORT jackdaw_mpi_targets FILE_SET HEADERS)
  install(EXPORT jackdaw_mpi_targets NAMESPACE jackdaw::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw FILE jackdaw-mpi-targets.cmake)
endif()
if(TARGET jackdaw_kokkos)
  set_target_properties(jackdaw_kokkos PROPERTIES EXPORT_NAME kokkos)
  install(TARGETS jackdaw_kokkos EXPORT jackdaw_kokkos_targets FILE_SET HEADERS)
  install(EXPORT jackdaw_kokkos_targets NAMESPACE jackdaw::
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw FILE jackdaw-kokkos-targets.cmake)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/JackdawKokkos.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw)
endif()

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/jackdaw-config.cmake.in
  ${PROJECT_BINARY_DIR}/jackdaw-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/jackdaw-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/jackdaw-config.cmake
  ${PROJECT_BINARY_DIR}/jackdaw-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/jackdaw)
