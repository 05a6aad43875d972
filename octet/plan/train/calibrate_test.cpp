#include "octet/plan/train/calibrate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "octet/base/testing_sanitized.h"
#include "octet/plan/machine/embedded.h"

namespace octet::plan {
namespace {

MeasurementTable shipped() {
  return read_measurements(parse_toml(machine_file("microbenchmarks"), "microbenchmarks.toml"), "microbenchmarks.toml");
}

TEST(Calibration, TheShippedConstantsAreTheFit) {
  OCTET_LONG_IF_SANITIZED();
  Calibration here = gpu("h800").measured, again = fit(shipped(), here);
  for (auto constant :
       {&Calibration::gemm_bf16, &Calibration::gemm_fp8, &Calibration::gemm_fp8_weight, &Calibration::attention,
        &Calibration::hbm, &Calibration::nvlink, &Calibration::nic, &Calibration::kernel_seconds})
    EXPECT_NEAR(again.*constant / here.*constant, 1, 0.01);
}

TEST(Calibration, ExplainsWhatItSawAndPredictsWhatItDidNot) {
  for (const Residual& row : residuals(shipped(), gpu("h800").measured)) {
    double bound = row.measured.kind == "step_seconds" ? (row.measured.row == "whole"    ? 0.03
                                                          : row.measured.row == "bubble" ? 0.25
                                                                                         : 0.15)
                                                       : 0.12;
    EXPECT_LE(std::abs(row.error()), bound)
        << row.measured.name << ": " << row.predicted << ", measured " << row.measured.value;
  }
}

TEST(Calibration, RecoversConstantsFromATableMadeWithThem) {
  MeasurementTable table = shipped();
  std::erase_if(table.rows, [](const Measurement& m) { return m.kind == "step_seconds"; });
  Calibration truth = gpu("h800").measured;
  truth.hbm = 0.7, truth.nic = 0.8, truth.nvlink = 0.6, truth.gemm_fp8 = 0.6, truth.kernel_seconds = 8e-6;
  auto made = residuals(table, truth);
  for (size_t i = 0; i < made.size(); ++i) table.rows[i].value = made[i].predicted;
  Calibration found = fit(table, gpu("h800").measured);
  EXPECT_NEAR(found.hbm, 0.7, 1e-3);
  EXPECT_NEAR(found.nic, 0.8, 1e-3);
  EXPECT_NEAR(found.nvlink, 0.6, 1e-3);
  EXPECT_NEAR(found.gemm_fp8, 0.6, 1e-3);
  EXPECT_NEAR(found.kernel_seconds * 1e6, 8, 0.05);
}

TEST(Calibration, RefusesABadTable) {
  auto refused = [](const char* text) { EXPECT_THROW(read_measurements(parse_toml(text, "t"), "t"), Error) << text; };
  refused("date = \"x\"\n");
  refused("[[measurement]]\nname = \"a\"\nkind = \"nothing\"\nvalue = 1\nsource = \"s\"\n");
  refused("[[measurement]]\nname = \"a\"\nkind = \"hbm_gbps\"\nvalue = -1\nsource = \"s\"\n");
  refused("[[measurement]]\nname = \"a\"\nkind = \"hbm_gbps\"\nvalue = 1\n");
  refused("[[measurement]]\nname = \"a\"\nkind = \"step_seconds\"\nrow = \"whole\"\nvalue = 1\nsource = \"s\"\n");
}

}  // namespace
}  // namespace octet::plan
