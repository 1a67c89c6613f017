# cmake -DOUT=FILE -DSOURCES=LIST_FILE -P version.cmake: writes the definition of model_version(), a
# hash of the contents of the files that LIST_FILE names, one a line.
file(STRINGS "${SOURCES}" files)
list(SORT files)
set(hashes "")
foreach(file IN LISTS files)
  file(SHA256 "${file}" hash)
  get_filename_component(name "${file}" NAME)
  string(APPEND hashes "${name} ${hash}\n")
endforeach()
string(SHA256 all "${hashes}")
string(SUBSTRING "${all}" 0 16 short)
file(WRITE "${OUT}" "#include \"models/version.hpp\"

namespace drdrill {

std::string_view model_version() {
  return \"${short}\";
}

}  // namespace drdrill
")
