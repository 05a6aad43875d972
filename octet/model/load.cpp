// Weights from a folder in Hugging Face layout, and back.
#include <ATen/core/grad_mode.h>

#include <memory>

#include "octet/arch/check.h"
#include "octet/base/error.h"
#include "octet/base/file.h"
#include "octet/io/safetensors.h"
#include "octet/model/transformer.h"

namespace octet::model {

namespace {

at::ScalarType torch_dtype(io::Dtype dtype, const std::string& place) {
  switch (dtype) {
    case io::Dtype::F32:
      return at::kFloat;
    case io::Dtype::F16:
      return at::kHalf;
    case io::Dtype::BF16:
      return at::kBFloat16;
    case io::Dtype::F8_E4M3:
      return at::kFloat8_e4m3fn;
    case io::Dtype::F8_E8M0:
      return at::kFloat8_e8m0fnu;
    default:
      throw Error(ErrorKind::unsupported, fmt::format("{}: weights in {}", place, io::name(dtype)));
  }
}

// A folder being read: the mapped files stay open as long as a tensor made from them.
class Source {
 public:
  // Checks that the files hold the tensors that the configuration asks for, and no others.
  Source(const std::filesystem::path& folder, const arch::Config& config)
      : files_(std::make_shared<io::Checkpoint>(folder)), config_(config) {
    std::vector<arch::FoundTensor> found;
    for (const auto& name : files_->names()) {
      const auto& view = files_->at(name);
      found.push_back({name, view.shape, io::name(view.dtype), files_->file_of(name)});
    }
    arch::check_tensors(config, found, folder.string());
  }

  // A weight with FP8 blocks resolved, else as it is stored, without a copy; undefined if absent.
  at::Tensor weight(const std::string& published) const {
    std::string name = config_.tensor_prefix + published;
    at::Tensor t = stored(name);
    return t.defined() && t.scalar_type() == at::kFloat8_e4m3fn ? dequantised(name, t) : t;
  }

  std::string place_of(const std::string& published) const { return place(config_.tensor_prefix + published); }

 private:
  std::shared_ptr<io::Checkpoint> files_;
  const arch::Config& config_;

  // From here on names are those in the file.
  std::string place(const std::string& name) const { return files_->file_of(name) + ": " + name; }

  at::Tensor stored(const std::string& name) const {
    const io::TensorView* view = files_->find(name);
    if (!view) return {};
    auto keep = files_;
    return at::from_blob(
        const_cast<std::byte*>(view->bytes.data()), view->shape, [keep](void*) {},
        at::TensorOptions().dtype(torch_dtype(view->dtype, place(name))));
  }

  // value = e4m3(code) * weight_scale_inv[row / block_rows][col / block_cols], in float32.
  at::Tensor dequantised(const std::string& name, const at::Tensor& codes) const {
    int64_t rows = codes.size(0), cols = codes.size(1);
    at::Tensor scale = stored(name + "_scale_inv").to(at::kFloat);
    at::Tensor by_row = scale.repeat_interleave(config_.fp8->block_rows, 0).narrow(0, 0, rows);
    return codes.to(at::kFloat).mul_(by_row.repeat_interleave(config_.fp8->block_cols, 1).narrow(1, 0, cols));
  }
};

// As at::equal, but what is not a number equals itself: a damaged copy is a copy.
bool same(const at::Tensor& a, const at::Tensor& b) {
  if (at::equal(a, b)) return true;
  return a.sizes() == b.sizes() && at::eq(a, b).logical_or_(at::isnan(a).logical_and_(at::isnan(b))).all().item<bool>();
}

// MTP's own embedding and head are copies of the main model's in every release, and octet keeps them once.
void check_copies(const Source& source, Transformer& model) {
  for (auto& p : model.published()) {
    if (!p.copy) continue;
    at::Tensor t = source.weight(p.name);
    if (t.defined() && !same(t.to(p.view.scalar_type()), p.view.cpu()))
      throw Error(
          ErrorKind::unsupported,
          fmt::format("{}: expected a copy of the main model's tensor, found other values", source.place_of(p.name)));
  }
}

}  // namespace

at::ScalarType default_dtype(const arch::Config& config) {
  switch (config.dtype) {
    case arch::Dtype::f32:
      return at::kFloat;
    case arch::Dtype::f16:
      return at::kHalf;
    default:
      return at::kBFloat16;
  }
}

Transformer load(const std::filesystem::path& folder, at::ScalarType dtype, Use use, at::Device device) {
  at::NoGradGuard no_grad;
  arch::Config config = arch::read_config(folder);
  Source source(folder, config);
  Transformer model = make_transformer(config, dtype, device);
  for (auto& p : model.published()) {
    if (p.copy) continue;
    at::Tensor t = source.weight(p.name);
    // A mapped tensor serves as it is, but a trainer writes into its own.
    if (p.whole && use == Use::inference && t.scalar_type() == dtype && device.is_cpu())
      *p.whole = t;
    else
      p.view.copy_(t);
  }
  if (config.tie_word_embeddings) model.head_VD.data = model.embed_VD;
  check_copies(source, model);
  return model;
}

void save(const Transformer& model, const std::filesystem::path& folder, at::ScalarType dtype) {
  at::NoGradGuard no_grad;
  Transformer handles = model;
  std::vector<at::Tensor> keep;
  std::vector<io::TensorToWrite> list;
  for (const auto& p : handles.published()) {
    bool is_bias = p.name.ends_with("e_score_correction_bias");
    at::ScalarType kind = is_bias ? at::kFloat : dtype;
    at::Tensor t = p.view.detach().to(at::kCPU, kind).contiguous();
    keep.push_back(t);
    io::Dtype stored = kind == at::kFloat ? io::Dtype::F32 : kind == at::kHalf ? io::Dtype::F16 : io::Dtype::BF16;
    list.push_back({p.name, stored, t.sizes().vec(), {static_cast<const std::byte*>(t.const_data_ptr()), t.nbytes()}});
  }
  arch::Config config = model.config;
  config.dtype = dtype == at::kFloat ? arch::Dtype::f32 : dtype == at::kHalf ? arch::Dtype::f16 : arch::Dtype::bf16;
  config.fp8.reset();
  io::write_checkpoint(folder, list);
  replace_file(folder / "config.json", dump(arch::to_json(config), 2) + "\n");
}

}  // namespace octet::model
