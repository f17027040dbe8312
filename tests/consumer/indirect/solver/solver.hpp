#pragma once

/// 1 + 4 + 9 + ... + n * n
long sum_of_squares(long n);
