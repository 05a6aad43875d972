# Compiler settings that hold for every target.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(OCTET_CCACHE ccache)
if(OCTET_CCACHE)
  # A precompiled header carries macros and times that ccache must be told not to care about.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${OCTET_CCACHE})
endif()

# The same -fPIC for libraries and programs, so that both can share precompiled headers.
add_compile_options(-fPIC)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(-g1)
endif()

set(OCTET_GCC_FALSE_POSITIVES -Wno-stringop-overread)
add_library(octet_options INTERFACE)
target_compile_options(octet_options INTERFACE -Wall -Wextra -Werror -fno-math-errno)
target_include_directories(octet_options INTERFACE ${CMAKE_SOURCE_DIR})
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC looks for garbage at 128 MB and again and again beyond it; from 1 GB on is soon enough, and a twentieth faster.
  add_compile_options("SHELL:--param ggc-min-heapsize=1048576")
  # GCC 12 reports false positives of these inside its own std::string and std::vector at -O2 and above.
  target_compile_options(octet_options INTERFACE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds
                         -Wno-maybe-uninitialized -Wno-dangling-pointer)
endif()
if(OCTET_SANITIZE)
  # A report is a failure. Not optimised: compiling takes longer than running does, and -O1 would make it take three times as
  # long.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options(-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignore.txt)
  endif()
  add_link_options(-fsanitize=address,undefined)
  # Spans, views, optionals and vectors look at their indices.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
