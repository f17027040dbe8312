cmake_minimum_required(VERSION 3.25)
# Writes which commit a tree is at to a source file, unless that says so already:
# cmake -DTREE=<source folder> -DFILE=<file> -P cmake/commit.cmake
set(ENV{GIT_OPTIONAL_LOCKS} 0)  # whoever works in the tree meanwhile is not disturbed
execute_process(COMMAND git describe --always --dirty WORKING_DIRECTORY ${TREE}
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status STREQUAL "0")
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${FILE} CONTENT [[
#include "commit.hpp"

namespace jackdaw::apps {
const char* const commit = "@commit@";
}  // namespace jackdaw::apps
]] @ONLY)
