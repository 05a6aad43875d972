# `cmake --install`: the program with what it needs at run time, and octet as a C++ library (find_package(octet)).
#
#   PREFIX/bin/octet, PREFIX/bin/octet-engine (app/engine.h)
#   PREFIX/lib/octet/         libtorch's shared libraries, which the program finds beside itself; octet's static libraries
#   PREFIX/share/octet/       what OCTET_HOME holds: the bundled model, recipes, price books, claims, deploy files
#   PREFIX/include/octet/     headers, and PREFIX/lib/cmake/octet/ for find_package
#
# Components: program (all that a machine which serves needs; the .deb holds this one) and development.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the octet authors")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${OCTET_TORCH_DIR}/lib")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME octet)
set(CPACK_COMPONENTS_ALL program)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

include(GNUInstallDirs)
set(program_libraries "${CMAKE_INSTALL_LIBDIR}/octet")
set_target_properties(octet-engine PROPERTIES INSTALL_RPATH "$ORIGIN/../${program_libraries}")
install(TARGETS octet octet-engine RUNTIME COMPONENT program)
install(DIRECTORY models recipes prices claims deploy DESTINATION "${CMAKE_INSTALL_DATADIR}/octet" COMPONENT program)
install(FILES LICENSE NOTICE DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/octet" COMPONENT program)
install(FILES deploy/octet.bash-completion DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME octet
        COMPONENT program OPTIONAL)
if(OCTET_HAS_TORCH)
  file(GLOB torch_libraries "${OCTET_TORCH_DIR}/lib/libtorch_cpu.so" "${OCTET_TORCH_DIR}/lib/libc10.so"
       "${OCTET_TORCH_DIR}/lib/libgomp*.so*" "${OCTET_TORCH_DIR}/lib/libtorch_cuda.so" "${OCTET_TORCH_DIR}/lib/libc10_cuda.so")
  install(PROGRAMS ${torch_libraries} DESTINATION "${program_libraries}" COMPONENT program)
endif()

# The library. octet::torch and the other packages are found again where the program that uses octet is built.
get_property(folders GLOBAL PROPERTY octet_folders)
set(libraries ${folders})
list(TRANSFORM libraries PREPEND octet_)
foreach(extra octet_xgrammar octet_serve_page)
  if(TARGET ${extra})
    list(APPEND libraries ${extra})
  endif()
endforeach()
foreach(folder ${folders})
  set_target_properties(octet_${folder} PROPERTIES EXPORT_NAME ${folder})
endforeach()
install(TARGETS ${libraries} EXPORT octet ARCHIVE DESTINATION "${program_libraries}" COMPONENT development EXCLUDE_FROM_ALL)
install(DIRECTORY octet DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT development EXCLUDE_FROM_ALL
        FILES_MATCHING PATTERN "*.h")
set(package "${CMAKE_INSTALL_LIBDIR}/cmake/octet")
install(EXPORT octet NAMESPACE octet:: FILE octetTargets.cmake DESTINATION "${package}" COMPONENT development EXCLUDE_FROM_ALL)
configure_file(cmake/octetConfig.cmake.in "${CMAKE_BINARY_DIR}/octetConfig.cmake" @ONLY)
include(CMakePackageConfigHelpers)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/octetConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_BINARY_DIR}/octetConfig.cmake" "${CMAKE_BINARY_DIR}/octetConfigVersion.cmake" cmake/OctetTorch.cmake
        DESTINATION "${package}" COMPONENT development EXCLUDE_FROM_ALL)
include(CPack)
