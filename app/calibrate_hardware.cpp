// octet calibrate-hardware: fits a GPU's constants to measurements and prints what they do not explain.
#include "app/command.h"
#include "app/explained_output.h"
#include "octet/base/file.h"
#include "octet/plan/machine/embedded.h"
#include "octet/plan/train/calibrate.h"

namespace octet::app {

namespace calibrate_hardware_command {

struct Flags {
  std::string table, out;
  ExplainedOutput output;
};

Json to_json(const plan::Calibration& constants, const std::vector<plan::Residual>& rows) {
  Json out, list = Json::array();
  out["constants"] = parse_toml(plan::to_toml(constants, ""), "calibration")["constants"];
  for (const auto& row : rows)
    list.push_back({{"name", row.measured.name},
                    {"kind", row.measured.kind},
                    {"measured", row.measured.value},
                    {"predicted", row.predicted},
                    {"error", row.error()},
                    {"fitted", row.measured.fit},
                    {"source", row.measured.source}});
  out["residuals"] = list;
  return out;
}

std::string to_text(const std::string& toml, const std::vector<plan::Residual>& rows) {
  std::string text =
      fmt::format("{}\n{:<36} {:>12} {:>12} {:>9}\n", toml, "measurement", "measured", "predicted", "error");
  for (const auto& row : rows)
    text += fmt::format("{:<36} {:>12.4g} {:>12.4g} {:>+8.1f} %  {}\n", printable(row.measured.name, 36),
                        row.measured.value, row.predicted, 100 * row.error(),
                        row.measured.fit ? "" : "not fitted: a prediction");
  return text;
}

int run(const Flags& flags) {
  Json json = flags.table.empty() ? parse_toml(plan::machine_file("microbenchmarks"), "microbenchmarks.toml")
                                  : read_toml(flags.table);
  const std::string name = flags.table.empty() ? "microbenchmarks.toml" : flags.table;
  auto table = plan::read_measurements(json, name);
  auto constants = plan::fit(table, table.gpu.measured);
  auto rows = plan::residuals(table, constants);
  std::string toml = plan::to_toml(constants, printable(name));
  if (!flags.out.empty()) replace_file(flags.out, toml);
  flags.output.print(to_text(toml, rows), to_json(constants, rows), plan::explain(constants, rows));
  return 0;
}

static Registration calibrate(planning, "calibrate-hardware", "Fit a GPU's constants to measurements",
                              [](CLI::App& command) {
                                auto flags = std::make_shared<Flags>();
                                command.add_option(
                                    "TABLE", flags->table,
                                    "TOML of measurements (default: the H800 figures that octet was calibrated with)");
                                command.add_option("--out", flags->out, "write the constants to this TOML file");
                                flags->output.add_to(command);
                                command.footer("Example:\n  octet calibrate-hardware --json");
                                return [flags] { return run(*flags); };
                              });

}  // namespace calibrate_hardware_command
}  // namespace octet::app
