// A device for tests whose memory this processor can't read: "far", torch's PrivateUse1. What runs there runs on any
// device that torch knows: it makes its tensors where its inputs are, mixes no devices, and reads no number but through
// torch. Values are true, for each ATen operator is computed by the CPU, on copies.
#pragma once
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/boxing/KernelFunction.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/as_strided_native.h>
#include <ATen/ops/view_native.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

namespace octet::ops::test {

namespace far {

constexpr at::DeviceType type = at::kPrivateUse1;
inline const at::Device device{type, 0};

// Addresses are handed out with a bit set that makes them no address at all on x86-64: to follow one is a crash.
constexpr uintptr_t out_of_reach = uintptr_t{1} << 62;

inline void* reach(void* address) {
  return reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) & ~out_of_reach);
}

struct Allocator final : c10::Allocator {
  static void release(void* address) { std::free(reach(address)); }
  c10::DataPtr allocate(size_t bytes) override {
    void* address = std::malloc(std::max<size_t>(bytes, 1));
    TORCH_CHECK(address, "no memory for a test");
    void* shown = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(address) | out_of_reach);
    return {shown, shown, &release, device};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, size_t bytes) const override {
    std::memcpy(reach(to), reach(const_cast<void*>(from)), bytes);
  }
};

// One device with one stream.
struct Guard final : c10::impl::DeviceGuardImplInterface {
  c10::DeviceType type() const override { return far::type; }
  c10::Device exchangeDevice(c10::Device) const override { return device; }
  c10::Device getDevice() const override { return device; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
  c10::Stream getDefaultStream(c10::Device) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
  c10::Stream exchangeStream(c10::Stream) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
  c10::DeviceIndex deviceCount() const noexcept override { return 1; }
};

struct Hooks final : at::PrivateUse1HooksInterface {
  bool isBuilt() const override { return true; }
  bool isAvailable() const override { return true; }
  bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  c10::DeviceIndex deviceCount() const override { return 1; }
  c10::DeviceIndex getCurrentDevice() const override { return 0; }
  void setCurrentDevice(c10::DeviceIndex) const override {}
  c10::DeviceIndex exchangeDevice(c10::DeviceIndex) const override { return 0; }
  const at::Generator& getDefaultGenerator(c10::DeviceIndex) const override {  // at::manual_seed seeds it too
    static const at::Generator generator = at::detail::createCPUGenerator();
    return generator;
  }
  c10::DeviceIndex maybeExchangeDevice(c10::DeviceIndex) const override { return 0; }
};

inline Allocator allocator;

inline at::Tensor empty_strided(c10::IntArrayRef sizes, c10::IntArrayRef strides, std::optional<at::ScalarType> dtype,
                                std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
  at::ScalarType scalar = dtype.value_or(at::kFloat);
  size_t bytes = at::detail::computeStorageNbytes(sizes, strides, at::elementSize(scalar));
  auto storage = c10::make_intrusive<c10::StorageImpl>(c10::StorageImpl::use_byte_size_t(), bytes,
                                                       allocator.allocate(bytes), &allocator, false);
  at::Tensor tensor = at::detail::make_tensor<c10::TensorImpl>(
      std::move(storage), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), at::scalarTypeToTypeMeta(scalar));
  tensor.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return tensor;
}

inline std::vector<int64_t> contiguous(c10::IntArrayRef sizes) {
  std::vector<int64_t> strides(sizes.size());
  int64_t stride = 1;
  for (size_t i = sizes.size(); i-- > 0; stride *= std::max<int64_t>(sizes[i], 1)) strides[i] = stride;
  return strides;
}

inline at::Tensor empty(c10::IntArrayRef sizes, std::optional<at::ScalarType> dtype, std::optional<at::Layout> layout,
                        std::optional<at::Device> where, std::optional<bool> pinned, std::optional<at::MemoryFormat>) {
  return empty_strided(sizes, contiguous(sizes), dtype, layout, where, pinned);
}

// As for results that are written into a tensor without numbers.
inline const at::Tensor& grow(const at::Tensor& x, c10::IntArrayRef sizes, std::optional<at::MemoryFormat>) {
  c10::StorageImpl* storage = x.storage().unsafeGetStorageImpl();
  std::vector<int64_t> strides = contiguous(sizes);
  size_t bytes = at::detail::computeStorageNbytes(sizes, strides, x.itemsize(), x.storage_offset());
  if (bytes > storage->nbytes()) {
    c10::DataPtr memory = allocator.allocate(bytes);
    allocator.copy_data(memory.get(), storage->data(), storage->nbytes());
    storage->set_data_ptr_noswap(std::move(memory));
    storage->set_nbytes(bytes);
  }
  x.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
  return x;
}

// The same memory as a tensor of the CPU.
inline at::Tensor near(const at::Tensor& x) {
  if (!x.is_privateuseone()) return x;
  void* address = static_cast<char*>(reach(x.storage().mutable_data())) + x.storage_offset() * x.itemsize();
  return at::from_blob(address, x.sizes(), x.strides(), at::TensorOptions().dtype(x.scalar_type()));
}

inline at::Tensor copy_from(const at::Tensor& from, const at::Tensor& to, bool) {
  near(to).copy_(near(from));
  return to;
}

inline at::Tensor copy_from_and_resize(const at::Tensor& from, const at::Tensor& to) {
  if (from.sizes() != to.sizes()) grow(to, from.sizes(), std::nullopt);
  return copy_from(from, to, false);
}

// Computed by the CPU; but, as on other devices, not with the CPU's own tensors, unless they are single numbers.
inline void compute(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  auto expect_here = [&](const at::Tensor& x) {
    TORCH_CHECK(!x.defined() || !x.is_cpu() || x.dim() == 0, toString(op.operator_name()), " mixes devices");
  };
  for (const c10::IValue& value : torch::jit::last(*stack, op.schema().arguments().size())) {
    if (value.isTensor()) expect_here(value.toTensor());
    if (value.isTensorList())
      for (const at::Tensor& x : value.toTensorVector()) expect_here(x);
  }
  at::native::cpu_fallback(op, stack, true);
}

// Before main(): the first backward pass of a program, on whatever device, counts the devices.
inline const bool registered = [] {
  c10::register_privateuse1_backend("far");
  c10::SetAllocator(type, &allocator);
  // Both outlive the threads that torch keeps.
  c10::impl::device_guard_impl_registry[static_cast<size_t>(type)].store(new Guard);
  at::RegisterPrivateUse1HooksInterface(new Hooks);
  static torch::Library all(torch::Library::IMPL, "_", c10::DispatchKey::PrivateUse1, __FILE__, __LINE__);
  all.fallback(torch::CppFunction::makeFromBoxedFunction<&compute>());
  static torch::Library aten(torch::Library::IMPL, "aten", c10::DispatchKey::PrivateUse1, __FILE__, __LINE__);
  aten.impl("empty.memory_format", &empty);
  aten.impl("empty_strided", &empty_strided);
  aten.impl("_copy_from", &copy_from);
  aten.impl("_copy_from_and_resize", &copy_from_and_resize);
  aten.impl("resize_", &grow);
  aten.impl("view", &at::native::view);
  aten.impl("_reshape_alias", &at::native::_reshape_alias);
  aten.impl("as_strided", &at::native::as_strided_tensorimpl);
  return true;
}();

}  // namespace far

inline at::Device far_device() { return far::device; }

}  // namespace octet::ops::test
