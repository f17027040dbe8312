# How we compile our own code. Users of the installed library never see these flags.
add_library(jackdaw_build INTERFACE)
target_compile_options(jackdaw_build INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast)
