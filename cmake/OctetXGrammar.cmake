# octet_xgrammar: the C++ core of XGrammar 0.2.8 as a static library, from the unpacked sources that ./run fetches.
#
# Built as a target of our own rather than by its CMakeLists.txt, which asks for -O3 -flto -Werror. What turns JSON Schema,
# Lark and structural tags into grammars is left out, near half of its code: octet writes its grammars itself
# (octet/text/grammar). xgrammar_octet.cc stands in for it, and for one function that is wrong, which is renamed where it
# is defined.
#
# Sets OCTET_HAS_XGRAMMAR and OCTET_XGRAMMAR_INCLUDES. Sanitized builds go without: its code is not ours to test.
set(OCTET_XGRAMMAR "AUTO" CACHE STRING "Folder of XGrammar 0.2.8's sources; AUTO: in .cache/xgrammar, if there; OFF: no structured output")
set(OCTET_HAS_XGRAMMAR FALSE)
if(OCTET_XGRAMMAR STREQUAL "OFF" OR OCTET_SANITIZE)
  return()
endif()
set(xgrammar_dir "${OCTET_XGRAMMAR}")
if(xgrammar_dir STREQUAL "AUTO")
  set(xgrammar_dir "${CMAKE_SOURCE_DIR}/.cache/xgrammar/xgrammar-0.2.8")
  if(NOT EXISTS "${xgrammar_dir}/include/xgrammar/xgrammar.h")
    message(STATUS "XGrammar not found in .cache/xgrammar: structured output is left out; ./run build fetches it")
    return()
  endif()
endif()
if(NOT EXISTS "${xgrammar_dir}/include/xgrammar/xgrammar.h")
  message(FATAL_ERROR "OCTET_XGRAMMAR=${xgrammar_dir}: expected include/xgrammar/xgrammar.h there; point it at XGrammar 0.2.8's sources")
endif()

set(xgrammar_parts compiled_grammar config earley_parser fsm fsm_builder grammar grammar_builder grammar_compiler
    grammar_functor grammar_matcher grammar_parser grammar_printer regex_converter suffix_automata support/logging
    support/recursion_guard testing tokenizer_info)
list(TRANSFORM xgrammar_parts PREPEND "${xgrammar_dir}/cpp/")
list(TRANSFORM xgrammar_parts APPEND ".cc")
add_library(octet_xgrammar STATIC EXCLUDE_FROM_ALL ${xgrammar_parts} "${CMAKE_CURRENT_LIST_DIR}/xgrammar_octet.cc")
set(OCTET_XGRAMMAR_INCLUDES "${xgrammar_dir}/include" "${xgrammar_dir}/3rdparty/dlpack/include")
target_include_directories(octet_xgrammar SYSTEM PRIVATE "${xgrammar_dir}/cpp" "${xgrammar_dir}/3rdparty/picojson"
                           ${OCTET_XGRAMMAR_INCLUDES})
# LOG_CUSTOMIZE: it reports through octet/text/grammar/backend_xgrammar.cpp rather than to stderr.
target_compile_definitions(octet_xgrammar PRIVATE XGRAMMAR_ENABLE_CPPTRACE=0 XGRAMMAR_ENABLE_INTERNAL_CHECK=0 XGRAMMAR_LOG_CUSTOMIZE=1)
target_compile_options(octet_xgrammar PRIVATE -w)
set_target_properties(octet_xgrammar PROPERTIES CXX_STANDARD 17 UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 9)
set_source_files_properties("${xgrammar_dir}/cpp/fsm.cc" PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
                            COMPILE_DEFINITIONS MergeEquivalentStates=MergeEquivalentStatesAsWritten)
set(OCTET_HAS_XGRAMMAR TRUE)
