cmake_minimum_required(VERSION 3.25)
# The first program of the README and its CMakeLists.txt are those which install/consumer builds and
# runs: cmake -P tests/readme_program.cmake
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
file(READ ${root}/README.md readme)

# The text between the first ```<language> and the next ```.
function(read_block language out)
  string(FIND "${readme}" "\n```${language}\n" begin)
  if(begin EQUAL -1)
    message(FATAL_ERROR "README.md has no block of ${language}")
  endif()
  string(LENGTH "\n```${language}\n" mark)
  math(EXPR begin "${begin} + ${mark}")
  string(SUBSTRING "${readme}" ${begin} -1 rest)
  string(FIND "${rest}" "```" end)
  string(SUBSTRING "${rest}" 0 ${end} block)
  set(${out} "${block}" PARENT_SCOPE)
endfunction()

foreach(pair cpp:main.cpp cmake:CMakeLists.txt)
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 language)
  list(GET pair 1 file)
  read_block(${language} shown)
  file(READ ${root}/tests/consumer/${file} built)
  if(NOT shown STREQUAL built)
    message("${shown}")
    message(FATAL_ERROR "the ${language} block of README.md differs from tests/consumer/${file}")
  endif()
endforeach()

# The program for many ranks, somewhere below.
file(READ ${root}/tests/consumer/ranks/main.cpp built)
string(FIND "${readme}" "\n```cpp\n${built}```" found)
if(found EQUAL -1)
  message(FATAL_ERROR "README.md does not show tests/consumer/ranks/main.cpp")
endif()
