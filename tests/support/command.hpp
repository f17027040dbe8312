#pragma once
/// \file
/// The command jackdaw, run as a user runs it. JACKDAW_COMMAND says where it is.

#include <gtest/gtest.h>
#include <sys/wait.h>  // WEXITSTATUS
#include <unistd.h>    // getpid

#include <array>    // array
#include <cstdio>   // fgets, popen, remove
#include <fstream>  // ifstream
#include <sstream>  // ostringstream
#include <string>   // string

#include <nlohmann/json.hpp>

namespace jackdaw::testing {

struct Outcome {
  int status = -1;
  std::string out;
  std::string error;
};

/// \param before  the command line's first words: variables of the environment
inline Outcome run(const std::string& arguments, const std::string& before = "") {
  const std::string file =
      ::testing::TempDir() + "jackdaw_command_" + std::to_string(getpid()) + ".err";
  const std::string command = before + " " JACKDAW_COMMAND " " + arguments + " 2>" + file;
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) outcome.out += buffer.data();
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.status = WEXITSTATUS(status);
  std::ostringstream error;
  error << std::ifstream(file).rdbuf();
  outcome.error = error.str();
  std::remove(file.c_str());
  return outcome;
}

/// Runs with --json, and reads what comes.
inline nlohmann::json json_of(const std::string& arguments, const std::string& before = "") {
  const Outcome outcome = run(arguments + " --json", before);
  EXPECT_EQ(outcome.status, 0) << outcome.error;
  return nlohmann::json::parse(outcome.out);
}

}  // namespace jackdaw::testing
