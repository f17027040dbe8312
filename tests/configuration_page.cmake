cmake_minimum_required(VERSION 3.25)
# docs/configuration.md has a row for each environment variable that config.hpp names, and for no
# other: cmake -P tests/configuration_page.cmake
get_filename_component(root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
set(header ${root}/lib/include/jackdaw/config.hpp)
set(page ${root}/docs/configuration.md)

file(READ ${header} text)
string(REGEX MATCHALL "JACKDAW_[A-Z_]+" in_header "${text}")
file(READ ${page} text)
string(REGEX MATCHALL "\n\\| `[a-z_]+` [^\n]*`JACKDAW_[A-Z_]+`" rows "${text}")
string(REGEX MATCHALL "JACKDAW_[A-Z_]+" in_page "${rows}")
list(REMOVE_DUPLICATES in_header)
list(SORT in_header)
list(SORT in_page)
if(in_header STREQUAL "" OR NOT in_header STREQUAL in_page)
  message("${header} names\n${in_header}\n${page} has rows for\n${in_page}")
  message(FATAL_ERROR "the two differ")
endif()
