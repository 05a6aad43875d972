// What the tests of operators share: an operator call with its inputs, awkward shapes, and comparisons.
#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "octet/ops/ops.h"

namespace octet::ops::test {

struct Case {
  std::string name;
  std::vector<at::Tensor> inputs;  // those that a gradient is wanted for
  std::function<at::Tensor(const std::vector<at::Tensor>&)> call;
};

inline at::Tensor random(at::IntArrayRef sizes, at::ScalarType type) {
  return at::randn(sizes, at::TensorOptions().dtype(at::kDouble)).to(type);
}

// Every operator with a backward pass, on awkward shapes; the same numbers for the same seed.
std::vector<Case> small_cases(at::ScalarType type);
std::vector<Case> large_cases(at::ScalarType type);

struct Result {
  at::Tensor y;
  std::vector<at::Tensor> gradients;
};

// The operator's answer on the given path, and the gradients of sum(y * fixed random numbers).
Result run(const Case& c, Path path);

// |a - b| <= tolerance * (1 + the largest |b|), everywhere.
void expect_close(const at::Tensor& a, const at::Tensor& b, double tolerance, const std::string& what);

}  // namespace octet::ops::test
