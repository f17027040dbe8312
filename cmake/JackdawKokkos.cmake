# Finds Kokkos, which is optional: Kokkos::kokkos afterwards. Included by the build and by the
# installed package.
#
# No version is asked for: Kokkos answers to its own major version alone, and our headers take any
# from 3.4 to 5.x.
if(NOT TARGET Kokkos::kokkos)
  # Else Kokkos 3 warns, and changes the cache. Whoever includes this may have chosen otherwise, or
  # nothing.
  set(jackdaw_kokkos_extensions "${CMAKE_CXX_EXTENSIONS}")
  set(CMAKE_CXX_EXTENSIONS OFF)
  find_package(Kokkos CONFIG QUIET)
  if(jackdaw_kokkos_extensions STREQUAL "")
    unset(CMAKE_CXX_EXTENSIONS)
  else()
    set(CMAKE_CXX_EXTENSIONS "${jackdaw_kokkos_extensions}")
  endif()
endif()
# That of Debian's libtrilinos-kokkos-dev names a folder that does not exist.
if(TARGET Kokkos::kokkos)
  get_target_property(jackdaw_kokkos_folders Kokkos::kokkos INTERFACE_INCLUDE_DIRECTORIES)
  foreach(jackdaw_kokkos_folder IN LISTS jackdaw_kokkos_folders)
    if(IS_ABSOLUTE "${jackdaw_kokkos_folder}" AND NOT EXISTS "${jackdaw_kokkos_folder}"
        AND Kokkos_INCLUDE_DIRS)
      set_target_properties(Kokkos::kokkos PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${Kokkos_INCLUDE_DIRS}")
    endif()
  endforeach()
endif()
