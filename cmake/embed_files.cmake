# cmake -DOUTPUT=… -DROOT=… -DLIST=… -P embed_files.cmake
# Writes a C++ file that holds the files named in LIST (one a line, relative to ROOT), byte for byte and in that order.
file(STRINGS "${LIST}" names)
set(text "// Made by cmake/embed_files.cmake.\n#include \"cli/starter_pack.h\"\n\nnamespace exhibit::cli {\n\n")
string(APPEND text "std::vector<std::pair<std::string, std::string>> embedded_files() {\n  return {\n")
foreach(name IN LISTS names)
  file(READ "${ROOT}/${name}" hex HEX)
  string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
  string(LENGTH "${hex}" digits)
  math(EXPR size "${digits} / 2")
  string(APPEND text "      {\"${name}\", std::string(\"${escaped}\", ${size})},\n")
endforeach()
string(APPEND text "  };\n}\n\n}  // namespace exhibit::cli\n")
file(WRITE "${OUTPUT}" "${text}")
