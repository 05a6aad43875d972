// From a request to the endpoint that answers it: who asks, whether they may, and what is said when they may not.
#pragma once
#include "octet/serve/service.h"

namespace octet::serve {

class Routes : public http::Application {
 public:
  explicit Routes(Service& service) : service_(service) {}
  http::Answer handle(http::Request request) override;
  http::Response refuse(int status, std::string_view message) override;

 private:
  Service& service_;
  http::Answer answer(const http::Request& request, const std::string& id, const std::string& address);
  std::string client_of(const http::Request& request, const std::string& address) const;
  std::string address_of(const http::Request& request) const;
  void check_host(const http::Request& request) const;
  void check_origin(const http::Request& request) const;
  std::string id_of(const http::Request& request);
  http::Response preflight(const http::Request& request) const;
};

}  // namespace octet::serve
