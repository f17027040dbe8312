#include "workloads/sha1.hpp"

#include <gtest/gtest.h>

#include <stdexcept>  // length_error
#include <string>     // string

namespace {

using namespace jackdaw::workloads;

TEST(Sha1, AgreesWithTheStandardsExamples) {
  // FIPS 180-1, appendix A, and what sha1sum says of others.
  EXPECT_EQ(sha1("abc"), (Sha1Digest{0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d}));
  EXPECT_EQ(sha1(""), (Sha1Digest{0xda39a3ee, 0x5e6b4b0d, 0x3255bfef, 0x95601890, 0xafd80709}));
  EXPECT_EQ(sha1(std::string(20, '\0')),
            (Sha1Digest{0x6768033e, 0x21646824, 0x7bd031a0, 0xa2d9876d, 0x79818f8f}));
  EXPECT_EQ(sha1("The quick brown fox jumps over the lazy dog"),
            (Sha1Digest{0x2fd4e1c6, 0x7a2d28fc, 0xed849ee1, 0xbb76e739, 0x1b93eb12}));
}

TEST(Sha1, TakesMessagesUpToTheLongestAndRefusesTheNext) {
  EXPECT_EQ(sha1(std::string(sha1_longest, 'a')),
            (Sha1Digest{0xc1c8bbdc, 0x22796e28, 0xc0e15163, 0xd20899b6, 0x5621d65a}));
  EXPECT_THROW((void)sha1(std::string(sha1_longest + 1, 'a')), std::length_error);
}

TEST(Sha1, HashesADigestAndANumberAsTheirTwentyFourBytes) {
  EXPECT_EQ(sha1({0x30313233, 0x34353637, 0x38394142, 0x43444546, 0x4748494a}, 0x4b4c4d4e),
            sha1("0123456789ABCDEFGHIJKLMN"));
  EXPECT_EQ(sha1("0123456789ABCDEFGHIJKLMN"),
            (Sha1Digest{0x817695c6, 0x4e267179, 0x2375477c, 0x10491307, 0x548b313b}));
  EXPECT_NE(sha1({1, 2, 3, 4, 5}, 0), sha1({1, 2, 3, 4, 5}, 1));
}

TEST(Sha1, PadsAtCompileTime) {
  constexpr Sha1Block block = sha1_pad("abc");
  static_assert(block[0] == 0x61626380 && block[1] == 0 && block[14] == 0 && block[15] == 24);
}

}  // namespace
