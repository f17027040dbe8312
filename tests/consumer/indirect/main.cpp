#include <cstdio>

#include "solver.hpp"

int main() { std::printf("the sum is %ld\n", sum_of_squares(1000)); }
